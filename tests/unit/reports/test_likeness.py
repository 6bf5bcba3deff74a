"""How alike anonymised records are: never said to be anonymous where that is not known."""

from datetime import date

import pytest

from retention.dataset import Dataset, NoSubject
from retention.disposition import Action, Anonymise
from retention.errors import StoreError
from retention.judge import Judgement
from retention.likeness import Likeness, remaining
from retention.reason import Reason
from retention.record import UNREADABLE, Record
from retention.scan import Judged
from retention.sifting import Sifted
from retention.stores.memory import MemoryStore
from retention.stores.schema import SchemaColumn, SchemaTable
from retention.technique import DateToYear, FixedText, Nullify, Pseudonymise, Truncate
from retention.text import Text

SIGNUP = Dataset(
    id="crm.aanmelding",
    key=("id",),
    subjects=NoSubject(Text(nl="proef", en="trial")),
    then=Anonymise(),
    fields={"naam": Nullify(), "email": FixedText("weg"), "geboren": DateToYear(), "postcode": Truncate(4)},
)


def row(number: int, **given: object) -> dict[str, object]:
    values = {"naam": f"N{number}", "email": f"{number}@x", "geboren": date(1980, 1, 1 + number % 28)}
    return {"id": number, **values, "postcode": f"2101A{number % 9}", "team": "oost", **given}


def judged(number: int, reason: Reason = Reason.DUE_EXPIRED) -> Judged:
    action = Action.ANONYMISE if reason is Reason.DUE_EXPIRED else None
    return Judged(Record(SIGNUP, (number,), {}), Judgement(SIGNUP, reason, (), action), reason)


def smallest(
    rows: list[dict[str, object]], *, most: int = 1000, columns: tuple[str, ...] = ("geboren", "postcode", "team")
):
    likeness = Likeness(SIGNUP, columns, most)
    store = MemoryStore("crm", {"aanmelding": rows})
    for start in range(0, len(rows), 3):  # a page at a time
        likeness.add(Sifted(each=[judged(int(str(one["id"]))) for one in rows[start : start + 3]]), store)
    return likeness.remains().smallest


def test_values_are_compared_as_they_will_be():
    assert smallest([row(n) for n in range(7)]) == 7


@pytest.mark.parametrize(("others", "said"), [(1, "<5"), (4, "<5"), (5, 5)])
def test_fewer_than_five_are_never_given_as_a_number(others: int, said: object):
    assert smallest([row(n, team="west" if n < others else "oost") for n in range(20)]) == said


def test_records_that_stay_as_they_are_hide_nobody():
    likeness = Likeness(SIGNUP, ("team",))
    store = MemoryStore("crm", {"aanmelding": [row(n) for n in range(20)]})
    likeness.add(
        Sifted(each=[judged(n, Reason.DUE_EXPIRED if n < 3 else Reason.KEEP_RUNNING) for n in range(20)]), store
    )
    assert (likeness.remains().records, likeness.remains().smallest) == (3, "<5")


def test_what_is_settled_counts_with_what_will_be():
    likeness = Likeness(SIGNUP, ("team",))
    store = MemoryStore("crm", {"aanmelding": [row(n) for n in range(6)]})
    likeness.add(Sifted(each=[judged(n, Reason.SETTLED if n < 4 else Reason.DUE_EXPIRED) for n in range(6)]), store)
    assert likeness.remains().smallest == 6


def test_more_groups_than_are_held_are_small_or_not_known_and_never_anonymous():
    few = [row(n, team=f"t{n}") for n in range(30)]
    assert smallest(few, most=10) == "<5"  # 30 records in more than 10 groups: some group has fewer than 5
    many = [row(n, team=f"t{n % 20}") for n in range(200)]
    assert smallest(many, most=10) is None


def test_a_value_that_cannot_be_read_is_not_taken_for_equal():
    assert smallest([row(n, team=UNREADABLE if n == 3 else "oost") for n in range(9)]) is None


def test_a_column_that_may_not_be_read_makes_it_unknown_and_stops_nothing():
    class Forbidden(MemoryStore):
        def fetch(self, *_: object) -> tuple[Record, ...]:
            raise StoreError("permission denied")

    likeness = Likeness(SIGNUP, ("team",))
    likeness.add(Sifted(each=[judged(n) for n in range(9)]), Forbidden("crm", {"aanmelding": []}))
    assert likeness.remains().smallest is None
    assert likeness.remains().singles_out


def test_a_pseudonym_still_tells_people_apart():
    marked = Dataset(
        id="crm.aanmelding",
        key=("id",),
        subjects=NoSubject(Text(nl="proef", en="trial")),
        then=Anonymise(),
        fields={"naam": Pseudonymise("hoofd")},
    )
    likeness = Likeness(marked, ("naam",))
    store = MemoryStore("crm", {"aanmelding": [row(n) for n in range(9)]})
    likeness.add(Sifted(each=[judged(n) for n in range(9)]), store)
    assert likeness.remains().smallest == "<5"


def test_what_is_emptied_computed_or_the_key_does_not_remain():
    names = ("id", "naam", "email", "geboren", "team", "volgnaam")
    columns = {
        name: SchemaColumn(name=name, sql_type="TEXT", python_type=str, nullable=True, generated=name == "volgnaam")
        for name in names
    }
    table = SchemaTable(name="aanmelding", columns=columns, primary_key=("id",))
    assert remaining(SIGNUP, table) == ("geboren", "team")
