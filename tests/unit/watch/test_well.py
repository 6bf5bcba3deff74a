"""When a sign of life is given: after a good night, and after nothing else."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from retention.control.interface import RunStatus
from retention.status.code import Alarm, Code
from retention.text import Text
from retention.watch.alive import went_well
from retention.watch.health import health_of
from retention.watch.readings import NIGHT, Readings
from tests.unit.watch.test_families import readings


@pytest.mark.parametrize("exit_status", [0, 5])
def test_a_night_that_ended_well_is_one_also_when_something_waits(exit_status: int):
    assert went_well(readings(), "sweep", exit_status)


@pytest.mark.parametrize("exit_status", [1, 2, 3, 4])
def test_a_night_that_failed_or_was_refused_is_none(exit_status: int):
    assert not went_well(readings(), "sweep", exit_status)


@pytest.mark.parametrize("job", ["plan", "verify"])
def test_another_job_is_no_night(job: str):
    assert not went_well(readings(), job, 0)


def test_where_our_memory_cannot_be_read_no_night_went_well():
    assert not went_well(replace(readings(memory=False), runs={}), "sweep", 0)


def alarmed(seen: Readings, code: Code) -> Readings:
    alarm = Alarm(code=code, what=Text(nl="x", en="x"), todo=Text(nl="x", en="x"))
    return replace(seen, status=replace(seen.status, alarms=(alarm,)))


def test_at_risk_no_night_went_well():
    assert not went_well(alarmed(readings(), Code.LOG_UNVERIFIABLE), "sweep", 0)


def test_a_good_night_of_long_ago_is_not_this_one():
    seen = readings()
    run = replace(seen.runs[NIGHT], run=replace(seen.runs[NIGHT].run, status=RunStatus.FAILED, ended=seen.status.at))
    assert seen.status.last_good == seen.status.at - timedelta(hours=3, minutes=55)
    assert not went_well(replace(seen, runs={NIGHT: run}), "sweep", 0)


@pytest.mark.parametrize(
    ("code", "clock", "healthy"),
    [
        (Code.NIGHT_FAILED, True, True),
        (Code.APPROVAL_WAITING, True, True),
        (Code.CONTROL_OLD_COPY, True, False),
        (Code.NO_NIGHT_YET, False, False),
    ],
)
def test_healthy_is_a_clock_that_lives_and_proof_that_is_not_at_risk(code: Code, clock, healthy):
    assert health_of(alarmed(readings(), code).status, clock=clock).healthy is healthy
