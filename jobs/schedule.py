"""Our own clock: each job once a day at its time in the organisation's zone, caught up on its own day, never twice.

The only importer of the scheduler. Each job is a process of its own, so that nothing of one run is left in the next.
SIGTERM, SIGINT and SIGHUP end the schedule: the job under way is told, ends after its batch, and is waited for.

Where clocks change: a time that does not exist comes as long after midnight as it would (02:30 at 03:30), and of a time
that comes twice the first counts. What was missed is caught up on its own local day, no later than the grace says; what
an earlier day missed is not, since a night executes the newest plan anyway.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from threading import Event
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_SCHEDULER_STARTED, JobSubmissionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers import SchedulerNotRunningError
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from retention import events
from retention.config import Settings
from retention.config.cron import parse
from retention.errors import RetentionError

from .claiming import do_once, last_claim
from .processes import JOBS, Processes, Start
from .stopping import heard
from .watched import watched

_LOOK_AGAIN: Final = 1.0  # seconds between two looks whether somebody else is done
_ON_TIME: Final = timedelta(minutes=1)  # later than this is caught up
_ASLEEP: Final = timedelta(minutes=5)  # a clock that has not taken a turn by then does not live


class OnceADay(BaseTrigger):  # type: ignore[misc]  # ships no types
    """A cron trigger's times of day as they come in a zone: at most once on any local date."""

    def __init__(self, cron: CronTrigger, zone: ZoneInfo) -> None:
        self._cron = cron  # on a clock that never changes: it skips or doubles what falls into a change
        self._zone = zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The next instant, in the zone."""
        begin = (previous_fire_time or now).astimezone(UTC)
        day = begin.astimezone(self._zone).date() - timedelta(days=1)
        while (time_of_day := self._next(day)) is not None:
            found = self._here(time_of_day)
            if found > begin or (found == begin and previous_fire_time is None):
                return found
            day = time_of_day.date() + timedelta(days=1)
        return None

    def on(self, day: date) -> datetime | None:
        """The instant of a local day; None: it has none."""
        found = self._next(day)
        return self._here(found) if found is not None and found.date() == day else None

    def _next(self, day: date) -> datetime | None:
        """The first time of day from a day on, without a zone."""
        found: datetime | None = self._cron.get_next_fire_time(None, datetime.combine(day, time(), UTC))
        return found

    def _here(self, time_of_day: datetime) -> datetime:
        """In the zone: the first of two such times, or as long after midnight where there is none."""
        return time_of_day.replace(tzinfo=self._zone).astimezone(UTC).astimezone(self._zone)


def triggers(settings: Settings) -> dict[str, OnceADay]:
    """When each job runs; a job without a time is left out."""
    return {name: _trigger(cron, settings) for name in JOBS if (cron := str(getattr(settings.schedule, name)))}


def next_runs(settings: Settings, count: int, now: datetime | None = None) -> list[tuple[str, list[datetime]]]:
    """The next few times of each job, in the organisation's zone; `now` is the clock's unless given."""
    begin = datetime.now(settings.zone) if now is None else now.astimezone(settings.zone)
    return [(name, [*_times(trigger, begin, count)]) for name, trigger in triggers(settings).items()]


def run(settings: Settings, start: Start | None = None, scheduler: BlockingScheduler | None = None) -> int:
    """Run the jobs at their times until a signal asks to stop; then 0.

    Raises:
        ControlError: the control store cannot be read.
        ConfigError: nobody can listen where [metrics] says.

    """
    processes = Processes(settings)
    pool = ThreadPoolExecutor(len(JOBS))
    clock = scheduler or BlockingScheduler(timezone=settings.zone, executors={"default": pool})
    turns = Turns(settings, triggers(settings), start or processes.start)
    for name, trigger in turns.triggers.items():
        # How late is too late is decided in `Turns`, by the day; the scheduler itself never drops a turn.
        how: dict[str, Any] = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        if turns.left_undone(name):
            how["next_run_time"] = datetime.now(settings.zone)
        clock.add_job(turns.take, trigger, args=(name,), id=name, **how)
    clock.add_listener(_missed, EVENT_JOB_MAX_INSTANCES)

    def stop(number: signal.Signals) -> None:
        structlog.get_logger().warning(events.RUN_STOPPING, signal=number.name)
        turns.stopping.set()
        processes.stop()
        _end(clock)

    def started(_: object) -> None:
        structlog.get_logger().info(events.SCHEDULE_STARTED, jobs=[*turns.triggers])
        if turns.stopping.is_set():  # asked before it began
            _end(clock)

    clock.add_listener(started, EVENT_SCHEDULER_STARTED)
    with watched(settings, lambda: _lives(clock), lambda: _next_night(settings)), heard(stop):
        clock.start()
        pool.shutdown(wait=True)  # the job under way ends after its batch
    structlog.get_logger().info(events.SCHEDULE_STOPPED)
    return 0


@dataclass(frozen=True, slots=True)
class Turns:
    """Whose turn it is, and what is left of today."""

    settings: Settings
    triggers: Mapping[str, OnceADay]
    start: Start
    stopping: Event = field(default_factory=Event)

    def take(self, job: str) -> None:
        """Do a job's work of today if its time has come; the scheduler calls this, at times late."""
        now, log = datetime.now(self.settings.zone), structlog.get_logger()
        due = self._due(job, now)
        if due is None:
            log.warning(events.JOB_MISSED, job=job)
            return
        if now - due > _ON_TIME:
            log.warning(events.JOB_CAUGHT_UP, job=job, day=due.date().isoformat())
        try:
            do_once(self.settings, job, due.date(), lambda lock: self._work(job, lock), lambda: self._wait(job))
        except (RetentionError, OSError) as error:
            log.exception(events.JOB_UNCLAIMED, job=job, day=due.date().isoformat(), error=str(error))

    def left_undone(self, job: str) -> bool:
        """Whether today's time passed while no scheduler ran; never before the first was kept."""
        now = datetime.now(self.settings.zone)
        due, last = self._due(job, now), last_claim(self.settings, job)
        if due is None or last is None:
            return False
        return last.day < due.date() or (last.day == due.date() and last.ended is None)

    def _due(self, job: str, now: datetime) -> datetime | None:
        """Today's time, if it has come and the grace has not passed."""
        due = self.triggers[job].on(now.date())
        grace = timedelta(seconds=self.settings.schedule.misfire_grace_seconds)
        return due if due is not None and due <= now <= due + grace else None

    def _work(self, job: str, lock: int) -> int | None:
        return None if self.stopping.is_set() else self.start(job, lock)

    def _wait(self, job: str) -> bool:
        """Pass some time while another scheduler is at it; False when that is over."""
        return not self.stopping.wait(_LOOK_AGAIN) and self._due(job, datetime.now(self.settings.zone)) is not None


def _trigger(cron: str, settings: Settings) -> OnceADay:
    said = parse(cron)
    trigger = CronTrigger(
        minute=said.minute,
        hour=said.hour,
        day=_listed(said.days),
        month=_listed(said.months),
        day_of_week=",".join(said.weekday_names),
        timezone=UTC,
    )
    return OnceADay(trigger, settings.zone)


def _listed(numbers: frozenset[int]) -> str:
    return ",".join(map(str, sorted(numbers)))


def _times(trigger: OnceADay, begin: datetime, count: int) -> Iterator[datetime]:
    before: datetime | None = None
    for _ in range(count):
        before = trigger.get_next_fire_time(before, before or begin)
        if before is None:
            return
        yield before


def _missed(event: JobSubmissionEvent) -> None:
    """Yesterday's work is still under way when today's time comes."""
    structlog.get_logger().warning(events.JOB_MISSED, job=event.job_id)


def _lives(clock: BlockingScheduler) -> bool:
    """Whether the clock runs, and takes every turn when it comes."""
    now = datetime.now(UTC)
    times = [getattr(job, "next_run_time", None) for job in clock.get_jobs()]
    return bool(clock.running) and all(time is None or now - time < _ASLEEP for time in times)


def _next_night(settings: Settings) -> datetime | None:
    return next((time for name, times in next_runs(settings, 1) if name == "sweep" for time in times), None)


def _end(clock: BlockingScheduler) -> None:
    with suppress(SchedulerNotRunningError):  # it has not begun, or ends already
        clock.shutdown(wait=False)
