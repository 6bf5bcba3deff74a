"""What every job does: set up its log lines, call its commands in turn, say how it ended.

A job has one or more parts, most of them commands of the command line. Its exit status is the gravest of theirs: 4, 2,
1, 3, 5, 0 (design.md section 8). A part that ends with 2 or 4 is the last one: neither what was said nor our own memory
is to be trusted then. So is the part under way when SIGTERM, SIGINT or SIGHUP asks the job to stop.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from structlog.contextvars import bound_contextvars

from retention import config, events, logconfig
from retention.cli import main
from retention.cli.schedule import next_start
from retention.cli.stop import stop_asked
from retention.config import Settings
from retention.errors import RetentionError
from retention.notices.after import after as tell_people
from retention.watch.after import job_ended

GRAVEST: Final = (4, 2, 1, 3, 5, 0)
"""Exit statuses, the gravest first (design.md section 8)."""
_LAST: Final = {2, 4}  # no further part is begun after one of these
_FAILED: Final = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One step of a job."""

    name: str  # as log lines call it
    work: Callable[[], int]  # returns its exit status


def run(job: str, *parts: Part) -> int:
    """Run the parts of a job in turn; its exit status."""
    settings = settings_found()
    if settings is not None:
        logconfig.configure(settings.logging.format)
    log = structlog.get_logger()
    statuses: set[int] = set()
    with bound_contextvars(job=job), stop_asked(tell=False) as stop:
        log.info(events.JOB_STARTED)
        for part in parts:
            if stop():
                statuses.add(_FAILED)  # what is left out was to be done
                break
            statuses.add(status := part.work())
            log.info(events.PART_ENDED, part=part.name, exit_status=status)
            if statuses & _LAST:
                break
        status = gravest(statuses)
        (log.info if status == 0 else log.warning)(events.JOB_ENDED, exit_status=status)
        after(job, status, settings)
    return status


def command(name: str, arguments: Sequence[str]) -> Part:
    """A command as it is typed after `retention`, as a part of a job."""
    return Part(name, partial(typed, arguments))


def typed(arguments: Sequence[str]) -> int:
    """Run a command of the command line; its exit status."""
    try:
        main(list(arguments), prog_name="retention")
    except SystemExit as ended:  # how a command says it
        return ended.code if isinstance(ended.code, int) else 0 if ended.code is None else _FAILED
    return _FAILED


def gravest(statuses: set[int]) -> int:
    """The one that a job ends with; an exit status that is not documented counts as a failure."""
    known = {status if status in GRAVEST else _FAILED for status in statuses}
    return next((status for status in GRAVEST if status in known), _FAILED)


def after(job: str, status: int, settings: Settings | None) -> None:
    """Tell others that a job ended; `settings` None: the configuration could not be read.

    The one place for notices, metrics and signs of life. What fails in here changes no exit status.
    """
    if settings is not None:
        tell_people(settings, job, status)
        job_ended(settings, job, status, lambda: next_start(settings, "sweep", datetime.now(UTC)))


def settings_found() -> Settings | None:
    """The configuration; None when it cannot be read, which the command itself reports."""
    try:
        return config.load(config.find(None, os.environ, Path.cwd()), os.environ)
    except RetentionError:
        return None


def today(settings: Settings | None) -> date | None:
    """The organisation's day; None without a configuration."""
    return None if settings is None else datetime.now(settings.zone).date()


def report_folder(settings: Settings | None, arguments: Sequence[str] = (), *names: str) -> list[str]:
    """Where a report goes: to the folder that the arguments name, else to one of the day beside the configuration.

    `names` are folders within that of the day. Without a configuration there is none: the command says what is wrong.
    """
    options = ArgumentParser(add_help=False, allow_abbrev=False)
    options.add_argument("--out")
    given: str | None = options.parse_known_args(list(arguments))[0].out
    if given is not None:
        return ["--out", given]
    return (
        [] if settings is None else ["--out", str(settings.file.parent.joinpath("out", str(today(settings)), *names))]
    )
