"""A record with thousands of children is judged in the time that they take, not in its square."""

from datetime import UTC, date, datetime

from retention.audit.reference import ReferenceKey
from retention.dataset import Dataset, Day
from retention.disposition import Child, Delete
from retention.period import years
from retention.policy import Register, Rule
from retention.scan import Scanner
from retention.start import Day as Today
from retention.stores.memory import MemoryStore
from tests.estate import ZONE
from tests.integration.review.organisation import NEW, NOBODY, OLD, policy


def test_siblings_share_what_holds_can_see_of_their_family():
    dates = {"op": Day()}
    contact = Dataset(id="cvs.contact", key=("id",), subjects=NOBODY, dates=dates)
    client = Dataset(
        id="cvs.client",
        key=("id",),
        subjects=NOBODY,
        dates=dates,
        then=Delete(children=(Child(contact, on={"client": "id"}),)),
    )
    register = Register(
        policies=(policy("hulp", *(Rule(of, starts_on="op", keep_for=years(5)) for of in (client, contact))),)
    )
    old, new = date.fromisoformat(OLD), date.fromisoformat(NEW)
    contacts = [{"id": number, "client": 1, "op": old} for number in range(100)]
    store = MemoryStore("cvs", {"client": [{"id": 1, "op": new}], "contact": contacts})
    keys = {"cvs.contact": ReferenceKey("cvs.contact-2026", bytes(32))}
    day = Today(date(2026, 7, 1), ZONE)
    scanner = Scanner(register, day, (), datetime(2026, 7, 1, tzinfo=UTC), keys)
    [page] = scanner.scan(contact, {"cvs": store})
    assert [len(page), len({id(one.candidate.family) for one in page})] == [100, 1]
