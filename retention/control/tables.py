"""What the parts of a control transaction share: one open connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, insert

from retention.control.interface import EventKind
from retention.control.schema import EVENTS
from retention.errors import ControlError


class Tables:
    """One open transaction; it reads everything anew, but for holds that nobody changed (`sql_holds`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver = _driver(connection)

    def _rows(self, statement: Executable) -> Sequence[RowMapping]:
        return self._connection.execute(statement).mappings().all()

    def _row(self, statement: Executable) -> RowMapping | None:
        return self._connection.execute(statement).mappings().first()

    def _value(self, statement: Executable) -> Any:
        return self._connection.execute(statement).scalar()

    def _asked(self, statement: str, *values: object) -> list[Any]:
        """Rows, as tuples, of a constant statement: what every batch asks goes straight to the driver."""
        return self._driver.execute(statement, values).fetchall()

    def _each(self, statement: str, *values: object) -> Iterator[Any]:
        """The same, read one by one."""
        with closing(self._driver.execute(statement, values)) as found:
            yield from found

    def _first(self, statement: str, *values: object) -> Any:
        """The first value of a constant statement; None: no row, or nothing in it."""
        row = self._driver.execute(statement, values).fetchone()
        return None if row is None else row[0]

    def _said(self, statement: str, *values: object) -> int:
        """Execute a constant statement, and count the rows it changed."""
        return self._driver.execute(statement, values).rowcount

    def _said_of_each(self, statement: str, lines: Iterable[tuple[object, ...]]) -> None:
        """Execute a constant statement for each line of values."""
        self._driver.executemany(statement, lines)

    def _change(self, statement: Executable) -> int:
        """Execute, and count the rows it changed."""
        return self._connection.execute(statement).rowcount

    def _add(self, statement: Executable) -> int:
        """Execute an insert, and return the number of its row."""
        return self._connection.execute(statement).lastrowid

    def _change_one(self, statement: Executable, refusal: str) -> None:
        """Execute what must change exactly one row.

        Raises:
            ControlError: it changed none, or several.

        """
        if self._change(statement) != 1:
            raise ControlError(refusal)

    def _add_event(self, kind: EventKind, at: str, *, hold: str | None = None, approval: int | None = None) -> None:
        self._add(insert(EVENTS).values(kind=kind.value, at=at, hold=hold, approval=approval))


def _driver(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection, in whose transaction everything happens."""
    found = connection.connection.driver_connection
    if not isinstance(found, sqlite3.Connection):
        raise ControlError("The control store is not SQLite's, as it must be.")
    return found
