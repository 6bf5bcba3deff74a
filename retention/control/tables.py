"""What the parts of a control transaction share: one open connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, insert

from retention.control.interface import EventKind
from retention.control.schema import EVENTS
from retention.errors import ControlError


class Tables:
    """One open transaction; it reads everything anew, but for holds that nobody changed (`sql_holds`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _rows(self, statement: Executable) -> Sequence[RowMapping]:
        return self._connection.execute(statement).mappings().all()

    def _row(self, statement: Executable) -> RowMapping | None:
        return self._connection.execute(statement).mappings().first()

    def _value(self, statement: Executable) -> Any:
        return self._connection.execute(statement).scalar()

    def _asked(self, statement: str, *values: object) -> Sequence[Any]:
        """Rows of a constant statement, for what every batch asks: the driver's own words are cheaper to say."""
        return self._connection.exec_driver_sql(statement, values).all()

    def _first(self, statement: str, *values: object) -> Any:
        """The first value of a constant statement; None: no row, or nothing in it."""
        return self._connection.exec_driver_sql(statement, values).scalar()

    def _said(self, statement: str, *values: object) -> int:
        """Execute a constant statement, and count the rows it changed."""
        return self._connection.exec_driver_sql(statement, values).rowcount

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
