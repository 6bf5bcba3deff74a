"""`retention schedule`: each job once a day, whoever else keeps the time and whatever was missed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from msgspec.structs import replace

from jobs import schedule
from jobs.claiming import JobLock, do_once, last_claim
from retention import bootstrap, config
from retention.config import Settings
from retention.config.cron import parse
from retention.control.lock import SweepLock
from tests.acceptance import year as world
from tests.acceptance.cli.conftest import Office, install
from tests.acceptance.cli.conftest import office as office  # noqa: PLC0414 - pytest finds fixtures by their name here
from tests.acceptance.cli.conftest import template as template  # noqa: PLC0414 - as above

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 7, 1)


@pytest.fixture
def settings(office: Office) -> Settings:
    return config.load(office.config, {})


def never() -> bool:
    raise AssertionError("nobody else is at it")


def done(settings: Settings, day: date = TODAY) -> list[int]:
    """Do a day's work of the job; one entry for each time that it was done."""
    worked: list[int] = []

    def work(lock: int) -> int:
        worked.append(lock)
        return 5

    do_once(settings, "sweep", day, work, never)
    return worked


def test_a_day_is_done_once_and_its_end_is_noted(settings: Settings):
    assert len(done(settings)) == 1
    assert done(settings) == []
    claim = last_claim(settings, "sweep")
    assert claim is not None
    assert (claim.day, claim.exit_status) == (TODAY, 5)


def test_a_day_whose_process_died_is_taken_over(settings: Settings):
    with bootstrap.open_control(settings) as control, control.transaction() as tx:
        tx.claim("sweep", TODAY, datetime.now(UTC))
    assert len(done(settings)) == 1


def test_a_day_that_was_cut_off_may_be_done_again(settings: Settings):
    do_once(settings, "sweep", TODAY, lambda _lock: None, never)
    assert len(done(settings)) == 1


def test_whoever_comes_second_waits_and_finds_it_done(settings: Settings):
    worked: list[int] = []
    with JobLock(settings.state.directory, "sweep") as first:
        assert first.take()

        def wait() -> bool:
            """Meanwhile the first one claims, works, ends, and lets go."""
            with bootstrap.open_control(settings) as control, control.transaction() as tx:
                tx.claim("sweep", TODAY, datetime.now(UTC))
                tx.end_claim("sweep", TODAY, datetime.now(UTC), 0)
            os.dup2(os.open(os.devnull, os.O_RDONLY), first.descriptor)
            return True

        do_once(settings, "sweep", TODAY, lambda lock: worked.append(lock) or 0, wait)
    assert worked == []


def test_whoever_waits_gives_up_when_asked_to(settings: Settings):
    with JobLock(settings.state.directory, "sweep") as first:
        assert first.take()
        do_once(settings, "sweep", TODAY, lambda _lock: pytest.fail("two at once"), lambda: False)


def nights(office: Office, begin: datetime, end: datetime) -> list[datetime]:
    """When the night began while the schedule was kept, on a simulated clock."""
    begun: list[datetime] = []

    def start(job: str, _lock: int) -> int:
        if job == "sweep":
            begun.append(datetime.now(world.ZONE))
        return 0

    with time_machine.travel(begin, tick=False) as clock:
        schedule.run(
            config.load(office.config, {}), start, world.Simulated(clock, end.astimezone(UTC), lambda _day: None)
        )
    return begun


def local(day: int, hour: int) -> datetime:
    return datetime(2026, 7, day, hour, tzinfo=world.ZONE)


def test_after_three_days_down_it_runs_once_for_today(office: Office):
    assert nights(office, local(1, 12), local(2, 12)) == [local(2, 2)]
    assert nights(office, local(5, 9), local(6, 12)) == [local(5, 9), local(6, 2)]


def test_a_restart_does_not_do_the_night_again(office: Office):
    assert nights(office, local(1, 12), local(2, 12)) == [local(2, 2)]
    assert nights(office, local(2, 13), local(3, 1)) == []


def test_what_was_missed_by_more_than_the_grace_waits_for_the_next_night(office: Office):
    office.change("retention.toml", 'verify = "0 7 * * *"', 'verify = "0 7 * * *"\nmisfire_grace_seconds = 3600')
    assert nights(office, local(1, 12), local(2, 12)) == [local(2, 2)]
    assert nights(office, local(5, 9), local(6, 12)) == [local(6, 2)]


def test_a_schedule_that_begins_does_not_do_what_was_never_kept(office: Office):
    assert nights(office, local(1, 12), local(1, 13)) == []


@pytest.mark.parametrize(
    ("cron", "day", "expected"),
    [
        ("30 2 * * *", date(2026, 3, 29), "2026-03-29T03:30:00+02:00"),
        ("30 2 * * *", date(2026, 10, 25), "2026-10-25T02:30:00+02:00"),
        ("0 2 * * 0", date(2026, 7, 5), "2026-07-05T02:00:00+02:00"),
        ("0 2 * * 7", date(2026, 7, 5), "2026-07-05T02:00:00+02:00"),
        ("0 2 * * mon-fri", date(2026, 7, 5), None),
        ("0 2 1,15 * *", date(2026, 7, 15), "2026-07-15T02:00:00+02:00"),
    ],
)
def test_a_cron_expression_means_what_cron_means_in_the_zone(settings: Settings, cron: str, day: date, expected: str):
    kept = replace(settings, schedule=replace(settings.schedule, sweep=cron))
    due = schedule.triggers(kept)["sweep"].on(day)
    assert (due and due.isoformat()) == expected


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/Santiago", "America/Havana", "Australia/Lord_Howe"])
@pytest.mark.parametrize("at", [time(0, 0), time(0, 30), time(1, 45), time(2, 0), time(2, 30), time(23, 30)], ids=str)
def test_every_date_of_a_year_has_exactly_one_time(zone: str, at: time):
    here = ZoneInfo(zone)
    trigger = schedule.OnceADay(schedule.CronTrigger(hour=at.hour, minute=at.minute, timezone=UTC), here)
    found: datetime | None = None
    days = []
    now = datetime(2026, 1, 1, tzinfo=here)
    for _ in range(365):
        found = trigger.get_next_fire_time(found, now)
        days.append(found.date())
    assert days == [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]


@pytest.mark.parametrize(
    ("cron", "says"),
    [
        ("0 2 * *", "five fields"),
        ("* * * * *", "once a day"),
        ("0 25 * * *", "once a day"),
        ("0 2 0 * *", "day of the month"),
        ("0 2 * foo *", "month"),
        ("0 2 * * maandag", "weekday"),
        ("0 2 * * 8", "weekday"),
        ("0 2 5-1 * *", "no range"),
        ("0 2 31 2 *", "never comes"),
        ("0 2 1 * mon", "either"),
    ],
)
def test_a_time_that_is_none_is_refused_and_says_why(cron: str, says: str):
    with pytest.raises(ValueError, match=says):
        parse(cron)


def test_a_job_that_is_named_twice_is_one_clear_line(office: Office):
    office.change("retention.toml", 'verify = "0 7 * * *"', 'verify = "0 7 * * *"\nverify = "0 8 * * *"')
    refused = office.run("schedule", "--list")
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1)
    assert "line" in refused.stderr


def test_the_list_says_what_was_done_last(office: Office, settings: Settings):
    done(settings)
    (listed, _) = office.json("schedule", "--list")
    assert (listed["job"], listed["last"]["day"], listed["last"]["exit_status"]) == ("sweep", "2026-07-01", 5)


@contextmanager
def schedulers(office: Office, number: int) -> Iterator[tuple[list[subprocess.Popen[str]], Iterator[str]]]:
    """Processes that keep one schedule, and the lines that they and their jobs write."""
    reads, writes = os.pipe()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RETENTION_")}
    environment |= {"PYTHONPATH": str(ROOT), "RETENTION_CONFIG": str(office.config)}
    command = [sys.executable, "-m", "retention", "schedule"]
    with os.fdopen(reads) as lines:
        processes = [
            subprocess.Popen(command, env=environment, text=True, stdout=subprocess.DEVNULL, stderr=writes)
            for _ in range(number)
        ]
        os.close(writes)
        try:
            yield processes, lines
        finally:
            for process in processes:
                process.kill()
                process.wait()


@pytest.fixture
def overdue(tmp_path: Path) -> Office:
    """An installation of today, whose night of last midnight nobody did, though the schedule was kept before."""
    folder = tmp_path / "today"
    folder.mkdir()
    office = install(folder)
    office.change("retention.toml", 'sweep = "0 2 * * *"', 'sweep = "0 0 * * *"')
    office.change("retention.toml", 'verify = "0 7 * * *"', 'verify = ""')
    settings = config.load(office.config, {})
    with bootstrap.open_control(settings) as control, control.transaction() as tx:
        tx.claim("sweep", date(2026, 1, 1), datetime.now(UTC))
        tx.end_claim("sweep", date(2026, 1, 1), datetime.now(UTC), 0)
    return office


def test_two_schedulers_at_once_do_the_work_once(overdue: Office):
    seen: list[str] = []
    with schedulers(overdue, 2) as (processes, lines):
        for line in lines:
            seen.append(line)
            if sum("job_done_elsewhere" in one or '"job_ended"' in one for one in seen) == 2:
                break
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert sum('"job_started"' in one for one in seen) == 1
    settings = config.load(overdue.config, {})
    with bootstrap.open_control(settings) as control, control.reading() as view:
        assert len(view.runs()) == 1


def test_a_schedule_that_is_asked_to_stop_waits_for_its_job(overdue: Office):
    seen: list[str] = []
    settings = config.load(overdue.config, {})
    with schedulers(overdue, 1) as ((process,), lines):
        with SweepLock(settings.state.directory):
            for line in lines:
                seen.append(line)
                if '"job_started"' in line:
                    break
            process.send_signal(signal.SIGHUP)
            seen += list(lines)
        assert process.wait(timeout=60) == 0
    told = [name for name in ("job_ended", "schedule_stopped") for one in seen if f'"{name}"' in one]
    assert told == ["job_ended", "schedule_stopped"]
