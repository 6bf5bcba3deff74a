"""From facts to a status: what counts as a good night, what as open, and which exit status is the gravest."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from retention.control.interface import Flight, Run, RunStatus
from retention.run_summary import DatasetRun, RunSummary
from retention.status.assess import status_of
from retention.status.code import Code, Level
from retention.status.facts import Facts, KeyKind, LostKey, Memory, Thresholds, ToldRun
from retention.text import Text

NOW = datetime(2026, 7, 2, 6, 0, tzinfo=UTC)
TODAY = date(2026, 7, 2)
NIGHT = datetime(2026, 7, 2, 0, 5, tzinfo=UTC)


def run(at=NIGHT, status=RunStatus.DONE, *datasets, planned=None, same_day=False):
    """A run that began at a time; one without a status has not ended."""
    ended = None if status is None else at + timedelta(minutes=5)
    made = Run(
        id=f"{at:%Y%m%dT%H%M%SZ}-00000000",
        started=at,
        reference_date=at.date(),
        actor="beheer",
        plan="d" * 64,
        status=status,
        ended=ended,
    )
    told = RunSummary(
        run=made.id,
        status="",
        exit_status=0,
        started=at,
        ended=ended or at,
        reference_date=at.date(),
        plan=made.plan,
        plan_reference_date=planned or at.date() - timedelta(days=1),
        same_day=same_day,
        datasets=datasets,
    )
    return ToldRun(made, None if status is None else told)


def facts(*runs, flights=(), **more):
    memory = Memory(
        began=NOW - timedelta(days=400),
        runs=runs,
        plans=(),
        datasets=(),
        unjudged=(),
        expiring=(),
        holds=(),
        flights=flights,
        unlogged=0,
    )
    limits = Thresholds(late_after=timedelta(hours=30), anchor_after=None)
    return Facts(**({"now": NOW, "today": TODAY, "thresholds": limits, "memory": memory} | more))


def flight(of, registered):
    return Flight(
        intent=7,
        run=of.run.id,
        plan="d" * 64,
        dataset="a.b",
        action="delete",
        fields=(),
        ref_key="k",
        records=b"",
        members={},
        subjects={},
        purposes=(),
        registered=registered,
    )


def codes(found):
    return [alarm.code for alarm in found.alarms]


@pytest.mark.parametrize("status", [RunStatus.DONE, RunStatus.WAITING])
def test_a_night_that_ended_well_is_good_also_when_something_waits(status):
    assert status_of(facts(run(NIGHT, status))).last_good == NIGHT + timedelta(minutes=5)


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.REFUSED, RunStatus.AT_RISK, RunStatus.ABORTED, None])
def test_any_other_end_is_no_good_night(status):
    found = status_of(facts(run(NIGHT, status), run(NIGHT - timedelta(days=2))))
    assert found.last_good == NIGHT - timedelta(days=2) + timedelta(minutes=5)
    assert Code.NIGHT_MISSED in codes(found)


def test_the_second_run_of_a_night_does_not_hide_that_the_first_failed():
    first = run(NIGHT, RunStatus.FAILED, DatasetRun(id="a.b", planned=2, failed={"FAIL_STORE": 2}))
    second = run(NIGHT + timedelta(minutes=10), RunStatus.DONE, planned=TODAY, same_day=True)
    found = status_of(facts(second, first))
    assert (found.last_good, codes(found)) == (None, [Code.NIGHT_MISSED, Code.DATASET_FAILED])


def test_an_evening_with_nothing_to_do_whose_plan_is_of_its_own_day_is_a_night():
    evening = run(NIGHT, RunStatus.DONE, planned=NIGHT.date())
    found = status_of(facts(evening, run(NIGHT - timedelta(days=2))))
    assert (found.last_good, codes(found)) == (NIGHT + timedelta(minutes=5), [])


def test_a_second_run_that_failed_is_red_after_a_good_first():
    second = run(
        NIGHT + timedelta(minutes=10), RunStatus.FAILED, DatasetRun(id="a.log", planned=2, late=2), same_day=True
    )
    found = status_of(facts(second, run()))
    assert [(one.code, one.dataset, one.count) for one in found.alarms] == [(Code.DATASET_FAILED, "a.log", 2)]


def test_a_number_that_nobody_could_count_is_said_to_be_unknown():
    why = Text(nl="weg", en="gone")
    found = status_of(facts(run(NIGHT, RunStatus.FAILED, DatasetRun(id="a.b", planned=0, late=None, why=why))))
    assert next(one for one in found.alarms if one.code is Code.DATASET_FAILED).count is None


def test_a_night_that_failed_without_a_dataset_to_blame_is_red():
    found = status_of(facts(run(NIGHT, RunStatus.FAILED), run(NIGHT - timedelta(days=1))))
    assert codes(found) == [Code.NIGHT_FAILED]


def test_a_batch_of_a_run_at_work_is_not_open_until_far_too_long():
    at_work = run(NOW - timedelta(hours=1), None)
    young, old = flight(at_work, NOW - timedelta(minutes=14)), flight(at_work, NOW - timedelta(minutes=16))
    assert status_of(facts(at_work, run(), flights=(young,))).open_intents == ()
    assert codes(status_of(facts(at_work, run(), flights=(old,)))) == [Code.OPEN_INTENTS]


def test_a_batch_of_a_run_that_ended_is_open_at_once():
    ended = run()
    assert status_of(facts(ended, flights=(flight(ended, NOW),))).open_intents == (7,)


def test_proof_at_risk_comes_first_and_is_the_exit_status():
    ended = run(NIGHT - timedelta(days=3))
    found = status_of(facts(ended, flights=(flight(ended, NIGHT),), log="no signature"))
    assert codes(found) == [Code.LOG_UNVERIFIABLE, Code.NIGHT_MISSED, Code.OPEN_INTENTS]
    assert found.exit_status == 4


def test_what_failed_outweighs_what_waits():
    ended = run(NIGHT - timedelta(days=3))
    assert status_of(facts(ended, flights=(flight(ended, NIGHT),))).exit_status == 1
    assert status_of(facts(run(), flights=(flight(run(), NIGHT),))).exit_status == 5
    assert status_of(facts(run())).exit_status == 0


def test_without_our_own_memory_the_rest_is_still_said():
    found = status_of(replace(facts(), memory="is missing", log="no signature"))
    assert (found.readable, codes(found)) == (False, [Code.CONTROL_UNREADABLE, Code.LOG_UNVERIFIABLE])


def test_every_code_is_red_or_waits_and_says_so_by_its_exit_status():
    assert {code.exit_status for code in Code if code.level is Level.RED} == {1, 4}
    assert {code.exit_status for code in Code if code.level is Level.WAITS} == {5}


def test_a_night_that_had_no_time_for_anything_is_no_good_night():
    shut = run(NIGHT, RunStatus.WAITING, DatasetRun(id="a.b", planned=9, postponed=9))
    found = status_of(facts(shut, run(NIGHT - timedelta(days=2))))
    assert (found.last_good, codes(found)) == (NIGHT - timedelta(days=2) + timedelta(minutes=5), [Code.NIGHT_MISSED])


def test_a_night_that_had_time_for_some_is_good():
    short = run(NIGHT, RunStatus.DONE, DatasetRun(id="a.b", planned=9, destroyed=1, postponed=8))
    assert codes(status_of(facts(short, run(NIGHT - timedelta(days=2))))) == []


def test_a_night_that_ended_in_the_future_is_no_proof_that_all_is_well():
    ahead = run(NOW + timedelta(days=300))
    found = status_of(facts(ahead, run(NIGHT - timedelta(days=2))))
    assert codes(found) == [Code.NIGHT_MISSED]
    assert "by the clock of then" in found.alarms[0].what.en


def test_what_the_last_night_had_no_time_for_is_told_with_the_nights_it_takes():
    before = run(NIGHT - timedelta(days=1), RunStatus.DONE, DatasetRun(id="a.b", planned=9, postponed=9, nights=5))
    night = DatasetRun(id="a.b", planned=9, postponed=7, nights=3), DatasetRun(id="a.c", planned=2, postponed=1)
    found = status_of(facts(run(NIGHT, RunStatus.DONE, *night), before))
    assert (found.postponed, found.nights) == (8, 3)
    assert found.exit_status == 0  # nobody has to act
    assert (status_of(facts()).postponed, status_of(facts()).nights) == (0, None)


def test_many_lost_keys_are_one_line_that_is_about_no_dataset():
    lost = LostKey(kind=KeyKind.REFERENCE, path=Path("keys/a.b-2026.key"), why=None, dataset="a.b", more=3)
    found = status_of(facts(run(), lost=(lost,)))
    [alarm] = found.alarms
    assert (alarm.code, alarm.dataset, found.exit_status) == (Code.KEY_UNUSABLE, None, 4)
    assert alarm.what == Text(
        nl="sleutel keys/a.b-2026.key ontbreekt, en nog 3", en="key keys/a.b-2026.key is missing, and 3 more"
    )
