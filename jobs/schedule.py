"""Our own clock: cron times in the organisation's zone, one run of each job at a time, missed ones caught up once.

The only importer of the scheduler. Each job is a process of its own, so that nothing of one run is left in the next;
SIGTERM ends the scheduler at once, and the job under way after its batch.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import FrameType
from typing import Final

import structlog
from apscheduler.events import EVENT_JOB_MISSED, EVENT_SCHEDULER_STARTED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from retention import config, events
from retention.config import Settings
from retention.errors import ConfigError

JOBS: Final[Mapping[str, str]] = {"sweep": "nightly_sweep", "plan": "dry_run_report", "verify": "verify_audit"}
_PACKAGE: Final = __name__.rpartition(".")[0]  # jobs in a clone, retention_jobs where it is installed


def triggers(settings: Settings) -> dict[str, CronTrigger]:
    """When each job runs; a job without a time is left out.

    Raises:
        ConfigError: a time is no cron expression.

    """
    found: dict[str, CronTrigger] = {}
    for name in JOBS:
        cron = str(getattr(settings.schedule, name))
        try:
            if cron:
                found[name] = CronTrigger.from_crontab(cron, timezone=settings.zone)
        except ValueError as error:
            raise ConfigError(
                f'{settings.file}: schedule.{name} is no cron expression ({error}); write "0 2 * * *" for 02:00 daily.'
            ) from error
    return found


def next_runs(settings: Settings, count: int, now: datetime | None = None) -> list[tuple[str, list[datetime]]]:
    """The next few times of each job, in the organisation's zone; `now` is the clock's unless given."""
    begin = datetime.now(settings.zone) if now is None else now.astimezone(settings.zone)
    return [(name, [*_times(trigger, begin, count)]) for name, trigger in triggers(settings).items()]


def run(settings: Settings) -> int:
    """Run the jobs at their times until SIGTERM or SIGINT; then 0."""
    scheduler = BlockingScheduler(
        timezone=settings.zone,
        executors={"default": ThreadPoolExecutor(len(JOBS))},
        job_defaults={
            "max_instances": 1,
            "coalesce": True,
            "misfire_grace_time": settings.schedule.misfire_grace_seconds,
        },
    )
    under_way: dict[str, subprocess.Popen[bytes]] = {}
    for name, trigger in triggers(settings).items():
        scheduler.add_job(_start, trigger, args=(name, settings, under_way), id=name)
    scheduler.add_listener(_missed, EVENT_JOB_MISSED)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopper(scheduler, under_way))
    names = [job.id for job in scheduler.get_jobs()]
    scheduler.add_listener(
        lambda _: structlog.get_logger().info(events.SCHEDULE_STARTED, jobs=names), EVENT_SCHEDULER_STARTED
    )
    scheduler.start()
    structlog.get_logger().info(events.SCHEDULE_STOPPED)
    return 0


def _times(trigger: CronTrigger, begin: datetime, count: int) -> Iterator[datetime]:
    before: datetime | None = None
    for _ in range(count):
        before = trigger.get_next_fire_time(before, before or begin)
        if before is None:
            return
        yield before


def _start(name: str, settings: Settings, under_way: dict[str, subprocess.Popen[bytes]]) -> None:
    """One run of a job, in a process of its own; it says itself how it ended."""
    environment = os.environ | {config.VARIABLE: str(settings.file)}
    command = [sys.executable, "-m", f"{_PACKAGE}.{JOBS[name]}"]
    under_way[name] = subprocess.Popen(command, env=environment)  # noqa: S603 - our own module, no words of anybody's
    try:
        under_way[name].wait()
    finally:
        del under_way[name]


def _missed(event: JobExecutionEvent) -> None:
    structlog.get_logger().warning(events.JOB_MISSED, job=event.job_id)


def _stopper(
    scheduler: BlockingScheduler, under_way: Mapping[str, subprocess.Popen[bytes]]
) -> Callable[[int, FrameType | None], None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        for process in list(under_way.values()):
            process.terminate()
        if not scheduler.running:  # asked before it began
            sys.exit(0)
        scheduler.shutdown(wait=False)  # the executor's threads end with their processes

    return stop
