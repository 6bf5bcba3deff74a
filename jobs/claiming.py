"""One claim for each job and local day, so that two schedulers do a day's work once (docs/adr/0029).

The claim is a row in the control store; beside it a lock that only the death of its holder frees tells a day that is
under way from one whose process died. The job's process inherits the lock: it holds until that has ended, also when
the scheduler that started it is gone. In order: take the lock, or wait for it; look whether the day is done; claim it;
work; note the end; let go.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from retention import events, opening
from retention.config import Settings
from retention.control.claims import Claim
from retention.errors import ControlError, RetentionError

Work = Callable[[int], int | None]
"""Does a day's work, holding the descriptor it is given; its exit status, or None when it was cut off."""


class JobLock:
    """A job's lock in the state directory; held from `take` until left, or until who inherited it has ended."""

    def __init__(self, state: Path, job: str) -> None:
        self._path = state / f"{job}.job.lock"
        self.descriptor = -1

    def __enter__(self) -> Self:
        """Open it.

        Raises:
            ControlError: the state directory cannot be written.

        """
        try:
            self.descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ControlError(f"The lock {self._path} cannot be opened: {error.strerror}. Check [state].") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.descriptor)  # never unlocked in so many words: a job that inherited it goes on holding it

    def take(self) -> bool:
        """Whether it is ours now."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def do_once(settings: Settings, job: str, day: date, work: Work, wait: Callable[[], bool]) -> None:
    """Do a day's work of a job, unless somebody did.

    While somebody else is at it `wait` is called again and again; it passes some time and returns whether to go on.
    """
    log = structlog.get_logger().bind(job=job, day=day.isoformat())
    with JobLock(settings.state.directory, job) as lock:
        while not lock.take():
            if not wait():
                return
        try:
            before = _claim(settings, job, day)
        except RetentionError as error:
            # The job says what is wrong, with its status and to whom it concerns; it can destroy nothing either.
            log.exception(events.JOB_UNCLAIMED, error=str(error))
            work(lock.descriptor)
            return
        if before is not None and before.ended is not None:
            log.info(events.JOB_DONE_ELSEWHERE)
            return
        if before is not None:
            log.warning(events.JOB_TAKEN_OVER)
        status = work(lock.descriptor)
        if status is not None:
            _end(settings, job, day, status)


def last_claim(settings: Settings, job: str) -> Claim | None:
    """The newest day that a schedule began; None: none ever did.

    Raises:
        ControlError: the control store cannot be read.

    """
    with opening.open_control(settings) as control, control.reading() as view:
        return view.last_claim(job)


def _claim(settings: Settings, job: str, day: date) -> Claim | None:
    with opening.open_control(settings) as control, control.transaction() as tx:
        return tx.claim(job, day, datetime.now(UTC))


def _end(settings: Settings, job: str, day: date, status: int) -> None:
    try:
        with opening.open_control(settings) as control, control.transaction() as tx:
            tx.end_claim(job, day, datetime.now(UTC), status)
    except RetentionError as error:  # whoever claims next finds it not ended, and does what is left of it
        structlog.get_logger().exception(events.JOB_UNCLAIMED, job=job, day=day.isoformat(), error=str(error))
