"""After a job: how it ended is kept, metrics are written, and a good night gives a sign of life.

Nothing in here raises, or changes an exit status: what fails is an event, with its class and never its text.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime

import structlog

from retention import events, opening
from retention.config import Settings
from retention.watch.alive import call, host_of, went_well
from retention.watch.ends import Ended, keep
from retention.watch.readings import Readings, read


def job_ended(
    settings: Settings, job: str, exit_status: int, next_night: Callable[[], datetime | None] = lambda: None
) -> None:
    """Tell those who watch that a job ended; `next_night` is when our own clock would start the next."""
    now = opening.now()
    with _harmless():
        if settings.state.directory.is_dir():  # a lost one is not made anew
            keep(settings.state.directory, Ended(job=job, at=now, exit_status=exit_status))
    if settings.metrics.textfile is None and settings.alive.url is None:
        return
    with _harmless():
        seen = read(settings, now=now, next_night=next_night())
        with _harmless():
            _write(settings, seen)
        if settings.alive.url is not None and went_well(seen, job, exit_status):
            _call(settings)


def _write(settings: Settings, seen: Readings) -> None:
    if settings.metrics.textfile is not None:
        from retention.watch.textfile import write_textfile  # noqa: PLC0415 - the library is loaded when it is used

        write_textfile(settings.metrics.textfile, seen)


def _call(settings: Settings) -> None:
    trouble, log = call(settings.alive), structlog.get_logger()
    if trouble is None:
        log.info(events.ALIVE_CALLED, host=host_of(settings.alive))
    else:
        log.warning(events.ALIVE_FAILED, host=host_of(settings.alive), trouble=trouble.value)


@contextmanager
def _harmless() -> Generator[None]:
    try:
        yield
    except Exception:  # noqa: BLE001 - the job has ended, and as it did
        structlog.get_logger().warning(events.WATCH_FAILED, exc_info=True)
