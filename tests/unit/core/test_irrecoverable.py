"""What new rules would have kept, bounded by the day of its destruction."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from retention.audit.annals import LoggedDestruction
from retention.dataset import Dataset
from retention.disposition import Child, Delete
from retention.irrecoverable import Gone, irrecoverable
from retention.period import AT_ONCE, PERMANENT, KeepFor, years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.technique import Nullify
from retention.text import Text

TODAY = date(2026, 7, 1)
NOTE = Dataset(id="cvs.note", key=("id",), subjects={"client": "client"}, fields={"text": Nullify()})
FILE = Dataset(
    id="cvs.file",
    key=("id",),
    subjects={"client": "client"},
    fields={"name": Nullify(), "bsn": Nullify()},
    then=Delete(children=(Child(NOTE, "file"),)),
)
PERSON = Dataset(id="cvs.person", key=("id",), subjects={"client": "id"}, fields={"name": Nullify()})


def register(*rules: Rule) -> Register:
    return Register(
        policies=(
            Policy(
                purpose="help",
                title=Text(nl="Hulp", en="Help"),
                legal_basis=LegalBasis.CONTRACT,
                sources=(Source(status=SourceStatus.LAW, title="law"),),
                owner="team",
                prepared_by="night",
                rules=rules,
            ),
        )
    )


def kept(period: KeepFor, dataset: Dataset = FILE, **more: object) -> Rule:
    return Rule(dataset, starts_on="closed", keep_for=period, **more)  # type: ignore[arg-type]


def batch(day: date, dataset: str = "cvs.file", *, fields: tuple[str, ...] = (), known: str = "f") -> LoggedDestruction:
    return LoggedDestruction(
        intent=1,
        at=datetime(day.year, day.month, day.day, 1, tzinfo=UTC),
        run="r",
        dataset=dataset,
        action="erase-fields" if fields else "delete",
        fields=fields,
        policies=("help",),
        fingerprint=known,
        destroyed=10,
        children={},
    )


def gone(old: Register, new: Register, *log: LoggedDestruction, dataset: str = "cvs.file") -> Gone:
    found = irrecoverable(
        log,
        old,
        new,
        fingerprints={"cvs.file": "f", "cvs.person": "f"},
        zone=ZoneInfo("Europe/Amsterdam"),
        today=TODAY,
    )
    return found.get(dataset, Gone())


@pytest.mark.parametrize(
    ("day", "counted"),
    [(date(2024, 7, 1), 0), (date(2024, 7, 2), 10), (date(2026, 7, 1), 10), (date(2012, 1, 1), 0)],
)
def test_what_would_have_ended_by_now_under_the_new_period_too_is_not_counted(day: date, counted: int):
    assert gone(register(kept(years(5))), register(kept(years(7))), batch(day)).together == counted


def test_a_shorter_period_and_the_same_period_lose_nothing():
    for new in (years(3), years(5)):
        assert gone(register(kept(years(5))), register(kept(new)), batch(TODAY)) == Gone()


def test_what_is_to_be_kept_permanently_now_is_all_irrecoverable():
    assert gone(register(kept(years(5))), register(kept(PERMANENT)), batch(date(1999, 1, 1))).together == 10


def test_a_rule_from_another_start_may_have_kept_what_was_destroyed_after_its_own_cut_off():
    other = Rule(FILE, starts_on="opened", keep_for=years(2))
    assert gone(register(kept(years(5))), register(other), batch(date(2024, 7, 1))).together == 10
    assert gone(register(kept(years(5))), register(other), batch(date(2024, 6, 30))).together == 0


def test_of_erased_fields_only_those_that_the_rule_needs_count():
    old, new = (register(kept(years(period), needs=("bsn",)), kept(years(9), needs=("name",))) for period in (5, 7))
    assert gone(old, new, batch(TODAY, fields=("bsn",))).together == 10
    assert gone(old, new, batch(TODAY, fields=("name",))).together == 0


def test_what_was_destroyed_under_other_rules_is_unknown():
    found = gone(register(kept(years(5))), register(kept(years(7))), batch(TODAY, known="other"))
    assert (found.together, found.unknown) == (0, 10)


def test_a_longer_period_of_a_child_may_have_kept_its_parent():
    old, new = (register(kept(years(5)), kept(years(period), NOTE)) for period in (5, 7))
    assert gone(old, new, batch(TODAY)).together == 10


def test_a_longer_period_of_what_refers_to_a_record_may_have_kept_it():
    def both(period: int) -> Register:
        person = Rule(PERSON, keep_for=AT_ONCE, while_referenced_by=FILE, on=("person", "id"))
        return register(kept(years(period)), person)

    assert gone(both(5), both(7), batch(TODAY, "cvs.person"), dataset="cvs.person").together == 10
