"""The control store in memory, for tests: the same tables, the same promises within one process.

Readers see the last committed image; the writer lock is a lock of ours.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from retention.control.engine import engine, translated
from retention.control.interface import Control
from retention.control.sqlite import LOCK_WAIT, SqlControl, begun, migrate
from retention.errors import ControlError

_NAME: Final = "in memory"


class MemoryControlStore:
    """A control store that is gone with the process."""

    def __init__(self, *, lock_wait: float = LOCK_WAIT) -> None:
        self._lock = Lock()
        self._lock_wait = lock_wait  # seconds
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._writer = engine(lambda: self._database, writes=True, pooled=False)
        with translated(_NAME):
            migrate(self._writer)
        self._image = self._database.serialize()

    @contextmanager
    def transaction(self) -> Iterator[Control]:
        """Take the writer lock; commit, or roll back when an exception leaves."""
        if not self._lock.acquire(timeout=self._lock_wait):
            raise ControlError(
                f"The control store {_NAME} is locked by another transaction. Nothing more is destroyed."
            )
        try:
            with translated(_NAME), begun(self._writer, "IMMEDIATE") as connection:
                yield SqlControl(connection)
            self._image = self._database.serialize()
        finally:
            self._lock.release()

    @contextmanager
    def reading(self) -> Iterator[Control]:
        """The last committed state; never waits for the writer."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        copy.deserialize(self._image)
        reader = engine(lambda: copy, writes=False, pooled=False)
        try:
            with translated(_NAME), begun(reader, "DEFERRED") as connection:
                yield SqlControl(connection)
        finally:
            reader.dispose()

    def close(self) -> None:
        """Let go of the database, and with it of everything in it."""
        self._writer.dispose()
