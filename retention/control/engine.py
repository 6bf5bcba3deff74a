"""Connections to the control store's file: our own settings on each, every driver error translated here (P6, P7)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Engine, QueuePool, StaticPool, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from retention.errors import ControlError

_PRAGMAS: Final = (
    "foreign_keys=ON",
    "synchronous=FULL",  # NORMAL may lose the last commits on power loss: a destruction without its intent
    "secure_delete=ON",  # what is erased is overwritten
    "temp_store=MEMORY",  # no temporary file with keys in it
    "trusted_schema=OFF",
    "cell_size_check=ON",
)

_BY_CODE: Final = {
    sqlite3.SQLITE_BUSY: "is locked by another process; wait for it to end, then try again",
    sqlite3.SQLITE_LOCKED: "is locked by another transaction; wait for it to end, then try again",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full; make room, then try again",
    sqlite3.SQLITE_IOERR: "cannot be read or written: check the disk and the room on it",
    sqlite3.SQLITE_CORRUPT: "is damaged: keep the file, restore a back-up, and see what the log says before a sweep",
    sqlite3.SQLITE_NOTADB: "is no database: name the control store's own file",
    sqlite3.SQLITE_READONLY: "cannot be written: check the owner and the mode of the file and its directory",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: check the path, the owner and the mode of its directory",
    sqlite3.SQLITE_PERM: "cannot be opened: check the owner and the mode of the file and its directory",
    sqlite3.SQLITE_CONSTRAINT: "refused what contradicts what it already holds; nothing was written",
}
_PRIMARY: Final = 0xFF  # an extended result code's low byte is the primary one


def engine(connect: Callable[[], sqlite3.Connection], *, writes: bool, pooled: bool = True) -> Engine:
    """An engine of our own settings; transactions begin only when told how.

    Not pooled: one connection for everybody, as a database in memory needs.
    """
    pool = QueuePool if pooled else StaticPool
    made = create_engine("sqlite://", creator=connect, poolclass=pool, hide_parameters=True)

    @event.listens_for(made, "connect")
    def _set_up(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in (*_PRAGMAS, f"query_only={'OFF' if writes else 'ON'}"):
            connection.execute(f"PRAGMA {pragma}")

    return made


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn every driver error into a ControlError that names the store, never a value."""
    try:
        yield
    except SQLAlchemyError as error:
        raise ControlError(f"The control store {name} {_cause(error)}. Nothing more is destroyed.") from error
    except sqlite3.Error as error:
        raise ControlError(f"The control store {name} {_advice(error)}. Nothing more is destroyed.") from error


def _cause(error: SQLAlchemyError) -> str:
    return _advice(getattr(error, "orig", None))


def _advice(error: BaseException | None) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return "did not answer as it must"
    return _BY_CODE.get(code & _PRIMARY, f"did not answer as it must (SQLite error {code})")
