"""One sweep at a time: a lock that only the exit or the death of its holder frees (design.md section 4)."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from retention.errors import ControlError, SweepRunning

_FILE: Final = "sweep.lock"
_HOLDER_BYTES: Final = 20  # more than any process id has digits


class SweepLock:
    """The sweep's lock on its state directory; held inside `with`, or until the process ends."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / _FILE
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        """Take the lock, at once or not at all.

        Raises:
            SweepRunning: another process holds it.
            ControlError: the state directory cannot be written.

        """
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise ControlError(f"The sweep lock {self._path} cannot be opened: {error.strerror}.") from error
        try:
            self._take(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _take(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SweepRunning(f"Another sweep is under way{_holder(descriptor)}. Wait for it to end.") from None
        except OSError as error:
            raise ControlError(f"The sweep lock {self._path} cannot be taken: {error.strerror}.") from error
        os.fchmod(descriptor, 0o600)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _holder(descriptor: int) -> str:
    """Who holds the lock and since when, as far as its file tells."""
    process = os.pread(descriptor, _HOLDER_BYTES, 0)
    if not process.isdigit():
        return ""
    since = datetime.fromtimestamp(os.fstat(descriptor).st_mtime, UTC)
    return f" (process {process.decode()}, since {since:%Y-%m-%d %H:%M:%S} UTC)"
