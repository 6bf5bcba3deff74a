"""Until when a record stays, and how late one is: by every period that runs, and by no doubt."""

from datetime import date, timedelta

import pytest

from retention.disposition import Action
from retention.judge import Judgement, RuleReading, State
from retention.outlook import Outlook, until
from retention.reason import Reason
from retention.record import Record
from retention.scan import Judged
from tests.integration.run.world import declare

TODAY = date(2026, 7, 1)
WORLD = declare()
POLICIES = {policy.purpose: policy for policy in WORLD.policies}


def reading(last: date | None, state: State = State.RUNNING, purpose: str = "schuldhulp") -> RuleReading:
    policy = POLICIES[purpose]
    return RuleReading(policy, policy.rules[0], state, date(2020, 1, 1), last)


def judged(*readings: RuleReading, reason: Reason = Reason.KEEP_RUNNING, action: Action | None = None) -> Judged:
    record = Record(WORLD.dossier, (1,), {})
    return Judged(record, Judgement(WORLD.dossier, reason, readings, action, decider=readings[0]), reason)


def test_a_record_goes_after_the_longest_period_that_runs_whoever_decides():
    statutory, longer = reading(date(2027, 1, 1)), reading(date(2030, 1, 1), purpose="wmo-kern")
    assert until(judged(statutory, longer, reason=Reason.KEEP_MINIMUM), TODAY) == date(2030, 1, 2)


@pytest.mark.parametrize("reason", [one for one in Reason if one.name.startswith("REVIEW_")])
def test_nobody_can_tell_until_when_a_record_in_doubt_stays(reason: Reason):
    assert until(judged(reading(date(2027, 1, 1)), reason=reason), TODAY) is None


def test_a_record_that_refers_to_no_day_has_none():
    assert until(judged(reading(None, State.REFERENCED), reason=Reason.KEEP_OTHER_PURPOSE), TODAY) is None


@pytest.mark.parametrize(("late", "band"), [(0, "0"), (6, "0"), (7, "7"), (365, "92"), (366, "366"), (9999, "1827")])
def test_a_band_begins_on_its_day(late: int, band: str):
    outlook = Outlook(TODAY)
    last = TODAY - timedelta(days=late + 1)  # so that the first day destructible is that many days ago
    outlook.add(judged(reading(last, State.EXPIRED), reason=Reason.DUE_EXPIRED, action=Action.DELETE))
    assert outlook.overdue() == {band: 1}


def test_what_has_no_day_is_late_without_one():
    outlook = Outlook(TODAY)
    outlook.add(judged(reading(None, State.EXPIRED), reason=Reason.DUE_EXPIRED, action=Action.DELETE))
    assert outlook.overdue() == {"-1": 1}


@pytest.mark.parametrize(("first", "since"), [(date(2026, 6, 30), 0), (date(2026, 7, 1), 1)])
def test_a_period_ended_since_the_plan_before_when_its_first_day_came_after_it(first: date, since: int):
    outlook = Outlook(TODAY, before=date(2026, 6, 30))
    last = first - timedelta(days=1)
    outlook.add(judged(reading(last, State.EXPIRED), reason=Reason.DUE_EXPIRED, action=Action.DELETE))
    assert outlook.ended == since


def test_the_coming_year_ends_on_the_day_before_this_one_next_year():
    outlook = Outlook(TODAY)
    for first in (date(2026, 7, 2), date(2027, 6, 30), date(2027, 7, 1)):
        outlook.add(judged(reading(first - timedelta(days=1))))
    assert outlook.coming() == {"2026-07": 1, "2027-06": 1}


def test_a_purpose_counts_a_record_once_however_many_of_its_rules_apply():
    outlook = Outlook(TODAY)
    outlook.add(judged(reading(date(2027, 1, 1)), reading(date(2028, 1, 1))))
    assert outlook.reasons("schuldhulp") == {"KEEP_RUNNING": 1}
    assert outlook.reasons("wmo-kern") is None
