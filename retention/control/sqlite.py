"""The control store as one SQLite file on the log host (design.md section 4, "One control store, one host").

WAL, `synchronous=FULL`, `secure_delete`, mode 0600. A transaction is BEGIN IMMEDIATE: the file's writer lock orders
holds and intents (P1). Nothing is remembered between transactions, but for the holds that a connection has read: kept
as long as SQLite itself says, in the transaction, that nobody has committed anything since (ADR 0034).
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Final, Self

from sqlalchemy import Connection, Engine

from retention.control import migrations
from retention.control.engine import engine, translated
from retention.control.interface import Control
from retention.control.schema import APPLICATION_ID
from retention.control.sql_approvals import ApprovalTables
from retention.control.sql_claims import ClaimTables
from retention.control.sql_deliveries import DeliveryTables
from retention.control.sql_holds import HoldTables
from retention.control.sql_log import LogTables
from retention.control.sql_plans import PlanTables
from retention.control.sql_runs import RunTables
from retention.errors import ControlError

LOCK_WAIT: Final = 30.0  # seconds that a transaction waits for the writer lock
_CLOSE_WAIT: Final = 0.5  # seconds that closing waits to empty the write-ahead log: whoever closes last will


class SqlControl(HoldTables, ApprovalTables, PlanTables, RunTables, ClaimTables, DeliveryTables, LogTables):
    """One transaction on the control store."""


class SqliteControlStore:
    """The control store in one file; made by `create`, opened by `open`."""

    def __init__(self, path: Path, lock_wait: float = LOCK_WAIT) -> None:
        self._path = path
        self._name = str(path)
        self._writer = engine(lambda: _connect(path, lock_wait), writes=True)
        self._reader = engine(lambda: _connect(path, lock_wait), writes=False)
        self._turn, self._lock_wait = Lock(), lock_wait

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a new, empty control store, mode 0600.

        Raises:
            ControlError: something is there already, or the disk refuses.

        """
        _make_file(path)
        store = cls(path)
        try:
            with translated(str(path)):
                _set_up(store._writer)
        except BaseException:
            store.close()
            path.unlink()
            raise
        return store

    @classmethod
    def open(cls, path: Path, *, lock_wait: float = LOCK_WAIT) -> Self:
        """Open a control store, and upgrade one that an older version made.

        Raises:
            ControlError: it is missing, others may read it, it is no control store, or a newer version made it.

        """
        _check_file(path)
        store = cls(path, lock_wait)
        try:
            with translated(str(path)):
                _check_content(store._reader, path)
                _upgrade(store)
        except BaseException:
            store.close()
            raise
        return store

    @contextmanager
    def transaction(self) -> Iterator[Control]:
        """Take the writer lock; commit, or roll back when an exception leaves.

        Raises:
            ControlError: it cannot be read or written, or the lock is not free in time.

        """
        with self._taking_turns(), translated(self._name), begun(self._writer, "IMMEDIATE") as connection:
            yield SqlControl(connection)

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        """One writer at a time among our own threads: whom SQLite has wait for its lock sleeps too long."""
        if not self._turn.acquire(timeout=self._lock_wait):
            raise ControlError(
                f"The control store {self._name} is locked by another thread. Nothing more is destroyed."
            )
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Control]:
        """A consistent view that never writes and never waits for the writer."""
        with translated(self._name), begun(self._reader, "DEFERRED") as connection:
            yield SqlControl(connection)

    def close(self) -> None:
        """Let go of every connection, and empty the write-ahead log where nobody else reads it."""
        self._reader.dispose()
        self._writer.dispose()
        with suppress(sqlite3.Error), closing(_connect(self._path, _CLOSE_WAIT)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def begun(over: Engine, how: str) -> Iterator[Connection]:
    """One transaction, begun in so many words; the driver's own beginnings are off."""
    with over.connect() as connection:
        connection.exec_driver_sql(f"BEGIN {how}")
        yield connection
        connection.commit()


def _connect(path: Path, lock_wait: float) -> sqlite3.Connection:
    # mode=rw: a store that went missing is never made anew by opening it
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=lock_wait, check_same_thread=False)


def _make_file(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except FileExistsError:
        raise ControlError(
            f"{path} exists already: a control store is never replaced. Open it, or move it away."
        ) from None
    except OSError as error:
        raise ControlError(
            f"The control store {path} cannot be made: {error.strerror}. Check its directory."
        ) from error


def _check_file(path: Path) -> None:
    try:
        found = path.stat()
    except FileNotFoundError:
        raise ControlError(
            f"There is no control store at {path}. A new installation makes one with `retention init`; an existing one "
            "is restored from its back-up, since without it holds are unknown and nothing may be destroyed."
        ) from None
    except OSError as error:
        raise ControlError(f"The control store {path} cannot be reached: {error.strerror}.") from error
    if not stat.S_ISREG(found.st_mode):
        raise ControlError(f"The control store {path} is no file. Name the control store's own file.")
    if found.st_mode & 0o077:
        mode = stat.S_IMODE(found.st_mode)
        raise ControlError(
            f"The control store {path} has mode {mode:04o}: others can read or change it. Run `chmod 600 {path}` and "
            "find out who had access."
        )


def _set_up(over: Engine) -> None:
    with over.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    migrate(over)


def migrate(over: Engine) -> None:
    """Bring the database to the newest revision, in one transaction."""
    with begun(over, "IMMEDIATE") as connection:
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        migrations.upgrade(connection)


def _check_content(over: Engine, path: Path) -> None:
    with over.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA application_id").scalar()
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    if found != APPLICATION_ID:
        raise ControlError(f"{path} is a database, but no control store. Name the control store's own file.")
    if mode != "wal":
        raise ControlError(
            f"The control store {path} is not in WAL mode: another program changed it. Restore a back-up."
        )


def _upgrade(store: SqliteControlStore) -> None:
    with begun(store._reader, "DEFERRED") as connection:  # noqa: SLF001 - our own, being opened
        current = migrations.revision(connection)
    if current != migrations.NEWEST:
        migrate(store._writer)  # noqa: SLF001 - as above
