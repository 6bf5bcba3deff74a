"""What becomes of one record (R1 to R4, R10): hand-made records at peildatum 2026-07-01."""

from datetime import date
from typing import Any

import pytest

from retention.condition import Equals
from retention.disposition import Action, Anonymise, Delete
from retention.judge import State
from retention.period import AT_ONCE, PERMANENT, Period, days, years
from retention.reason import Reason
from retention.record import Value
from retention.relation import Join
from retention.technique import Nullify
from retention.trigger import end_of_year, ends, open_while_empty
from tests.unit.core.judging import dataset, judge, record, register, rule, scan, utc

PLAIN = dataset()
PERSON = dataset(fields={"naam": Nullify(), "bsn": Nullify()})
GONE_OFF = dataset(then=Anonymise(), fields={"naam": Nullify()})
LONG_AGO, RECENT = date(2010, 1, 1), date(2026, 1, 1)


@pytest.mark.parametrize(
    ("keep_for", "af", "last", "due"),
    [
        (years(15), "2011-06-30", "2026-06-30", True),  # K01
        (years(15), "2011-07-01", "2026-07-01", False),  # K02
        (years(15), "2008-02-29", "2023-02-28", True),  # K21
        (years(15), "2012-02-29", "2027-02-28", False),
        (years(20), "2004-02-29", "2024-02-29", True),
        (days(28), "2026-06-02", "2026-06-30", True),  # K28
        (days(28), "2026-06-03", "2026-07-01", False),
        (Period(years=1, months=1, days=1), "2025-05-30", "2026-07-01", False),
        (Period(years=1, months=1, days=1), "2025-05-29", "2026-06-30", True),
    ],
)
def test_a_record_goes_from_the_day_after_its_last_day(keep_for: Period, af: str, last: str, due: bool):  # noqa: FBT001
    found = judge(record(PLAIN, af=date.fromisoformat(af)), rule(PLAIN, keep_for=keep_for))
    assert found.due is due
    assert found.readings[0].last_day == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("value", "last", "due"),
    [
        ("2018-12-31T12:00:00", "2025-12-31", True),  # K23
        ("2019-01-01T12:00:00", "2026-12-31", False),
        ("2018-12-31T23:30:00", "2026-12-31", False),  # K24: already 2019 in Amsterdam
    ],
)
def test_a_fiscal_period_counts_from_the_end_of_the_local_year(value: str, last: str, due: bool):  # noqa: FBT001
    found = judge(record(PLAIN, om=utc(value)), rule(PLAIN, starts_on=end_of_year("om"), keep_for=years(7)))
    assert (found.due, found.readings[0].last_day) == (due, date.fromisoformat(last))


def test_a_record_goes_only_when_no_purpose_needs_it_any_longer():
    found = judge(record(PLAIN, af=LONG_AGO, op=RECENT), rule(PLAIN), rule(PLAIN, starts_on="op"))
    assert found.reason is Reason.KEEP_OTHER_PURPOSE
    assert found.decider is found.readings[1]
    assert judge(record(PLAIN, af=LONG_AGO, op=LONG_AGO), rule(PLAIN), rule(PLAIN, starts_on="op")).due


def test_the_longest_of_several_decides():
    shorter, longer = rule(PLAIN), rule(PLAIN, keep_for=years(10))
    kept = judge(record(PLAIN, af=RECENT), longer, shorter)
    assert (kept.reason, kept.decider and kept.decider.rule) == (Reason.KEEP_RUNNING, longer)
    gone = judge(record(PLAIN, af=LONG_AGO), longer, shorter)
    assert gone.decider
    assert gone.decider.rule is longer


def test_a_statutory_minimum_is_named_as_such():
    assert judge(record(PLAIN, af=RECENT), rule(PLAIN, minimum=True)).reason is Reason.KEEP_MINIMUM


def test_what_is_permanent_never_goes():
    found = judge(record(PLAIN, af=LONG_AGO), rule(PLAIN), rule(PLAIN, keep_for=PERMANENT, starts_on=None))
    assert (found.reason, found.due) == (Reason.KEEP_PERMANENT, False)


@pytest.mark.parametrize(
    ("trigger", "values", "reason"),
    [
        ("af", {}, Reason.REVIEW_NO_TRIGGER),
        ("af", {"af": date(2062, 3, 14)}, Reason.REVIEW_FUTURE),
        ("af", {"af": date(1900, 1, 1)}, Reason.REVIEW_IMPLAUSIBLE),
        (ends("tot"), {}, Reason.KEEP_RUNNING),
        (open_while_empty("af", activity="op", stale_after=years(2)), {"op": RECENT}, Reason.KEEP_OPEN_CASE),
        (open_while_empty("af", activity="op", stale_after=years(2)), {"op": LONG_AGO}, Reason.REVIEW_NO_TRIGGER),
    ],
)
def test_without_a_clock_nothing_goes(trigger: Any, values: dict[str, Value], reason: Reason):
    found = judge(record(PLAIN, **values), rule(PLAIN, starts_on=trigger))
    assert (found.reason, found.action) == (reason, None)


def test_what_a_person_must_look_at_comes_before_what_may_wait():
    found = judge(record(PLAIN, af=None, op=RECENT), rule(PLAIN), rule(PLAIN, starts_on="op"))
    assert found.reason is Reason.REVIEW_NO_TRIGGER


def test_a_record_to_which_no_rule_applies_is_a_finding_and_stays():
    found = judge(record(PLAIN, af=LONG_AGO, soort="x"), rule(PLAIN, where=Equals("soort", "wmo")))
    assert (found.reason, found.action, found.readings) == (Reason.REVIEW_UNGOVERNED, None, ())


def test_a_record_of_which_the_purposes_cannot_be_told_stays_whole():
    unknown = rule(PERSON, where=Equals("soort", "wmo"), needs=("naam",))
    found = judge(record(PERSON, af=LONG_AGO, soort=None, naam="J", bsn="1"), unknown, rule(PERSON, needs=("bsn",)))
    assert (found.reason, found.action) == (Reason.REVIEW_UNMAPPED, None)


def test_a_field_that_no_purpose_needs_any_longer_is_erased_while_its_record_stays():
    rules = rule(PERSON, needs=("bsn",)), rule(PERSON, needs=("naam",), starts_on="op")
    found = judge(record(PERSON, af=LONG_AGO, op=RECENT, naam="J", bsn="1"), *rules)
    assert (found.reason, found.action, found.fields) == (Reason.PARTIAL_PURPOSE, Action.ERASE_FIELDS, ("bsn",))
    assert found.stays is Reason.KEEP_OTHER_PURPOSE


def test_a_field_that_is_erased_is_not_found_again():
    rules = rule(PERSON, needs=("bsn",)), rule(PERSON, needs=("naam",), starts_on="op")
    found = judge(record(PERSON, af=LONG_AGO, op=RECENT, naam="J", bsn=None), *rules)
    assert (found.reason, found.action) == (Reason.KEEP_OTHER_PURPOSE, None)


def test_a_rule_that_names_no_needs_needs_every_field():
    rules = rule(PERSON, needs=("bsn",)), rule(PERSON, starts_on="op")
    assert judge(record(PERSON, af=LONG_AGO, op=RECENT, naam="J", bsn="1"), *rules).action is None


def test_a_field_that_no_applicable_rule_needs_is_never_touched():
    rules = rule(PERSON, needs=("bsn",)), rule(PERSON, needs=("bsn",), starts_on="op")
    assert judge(record(PERSON, af=LONG_AGO, op=RECENT, naam="J", bsn="1"), *rules).fields == ()


def test_at_once_means_at_once_for_a_field_and_the_day_after_for_an_event():
    at_once = rule(PERSON, needs=("bsn",), keep_for=AT_ONCE, starts_on=None)
    kept = rule(PERSON, needs=("naam",))
    assert judge(record(PERSON, af=RECENT, naam="J", bsn="1"), at_once, kept).fields == ("bsn",)  # K04
    event = rule(PLAIN, keep_for=AT_ONCE)
    assert judge(record(PLAIN, af=date(2026, 6, 30)), event).due
    assert not judge(record(PLAIN, af=date(2026, 7, 1)), event).due


def test_anonymising_erases_every_field_and_settles_the_record():
    found = judge(record(GONE_OFF, af=LONG_AGO, naam="J"), rule(GONE_OFF))
    assert (found.action, found.fields) == (Action.ANONYMISE, ("naam",))
    settled = judge(record(GONE_OFF, af=LONG_AGO, naam=None), rule(GONE_OFF))
    assert (settled.reason, settled.action) == (Reason.SETTLED, None)


def test_a_settled_record_is_settled_whatever_became_of_its_rules():
    some = rule(GONE_OFF, where=Equals("soort", "wmo"))
    assert judge(record(GONE_OFF, naam=None, soort="x"), some).reason is Reason.SETTLED
    assert judge(record(GONE_OFF, naam="J", soort="x"), some).reason is Reason.REVIEW_UNGOVERNED
    assert judge(record(GONE_OFF, naam=None)).reason is Reason.REVIEW_UNGOVERNED  # nobody decided anything


def test_a_record_is_settled_where_every_rule_anonymises_whatever_its_dataset_says():
    anonymises = rule(PERSON, then=Anonymise())
    assert judge(record(PERSON, naam=None, bsn=None), anonymises).reason is Reason.SETTLED
    assert judge(record(PERSON, naam=None, bsn=None), anonymises, rule(PERSON)).reason is Reason.REVIEW_NO_TRIGGER


def test_where_the_last_rules_differ_delete_wins():
    deletes = rule(GONE_OFF, then=Delete())
    assert judge(record(GONE_OFF, af=LONG_AGO, naam="J"), rule(GONE_OFF), deletes).action is Action.DELETE
    later = rule(GONE_OFF, keep_for=years(6))
    assert judge(record(GONE_OFF, af=LONG_AGO, naam="J"), later, deletes).action is Action.ANONYMISE


def test_a_record_that_is_referred_to_stays_and_one_of_which_that_cannot_be_told_too():
    other = dataset("dossier2")
    protected = rule(PLAIN, while_referenced_by=other, on={"client_id": "id"})
    reg = register(protected)
    rows = [{"id": 1, "af": LONG_AGO}, {"id": 2, "af": LONG_AGO}]
    found = scan(PLAIN, reg, dossier=rows, dossier2=[{"id": 9, "client_id": 1, "soort": None}])
    assert [found[n].reason for n in (1, 2)] == [Reason.KEEP_OTHER_PURPOSE, Reason.DUE_EXPIRED]
    kind = Join((("client_id", "id"),), Equals("soort", "wmo"))
    unsure = register(rule(PLAIN, while_referenced_by=other, on=kind))
    found = scan(PLAIN, unsure, dossier=rows, dossier2=[{"id": 9, "client_id": 1, "soort": None}])
    assert found[1].judgement.readings[0].state is State.REFERENCED


def test_every_applicable_rule_explains_itself():
    found = judge(record(PLAIN, af=LONG_AGO, op=RECENT), rule(PLAIN), rule(PLAIN, starts_on="op"))
    shown = [(one.policy.purpose, one.state, one.start, one.last_day) for one in found.readings]
    assert shown == [
        ("doel0", State.EXPIRED, LONG_AGO, date(2015, 1, 1)),
        ("doel1", State.RUNNING, RECENT, date(2031, 1, 1)),
    ]
    assert found.purposes == {"doel0", "doel1"}
