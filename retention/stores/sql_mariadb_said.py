"""Techniques as MariaDB says them, each with the values for which it says exactly what `retention.erase` does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, String, and_, case, func, literal, null
from sqlalchemy.sql.expression import ColumnClause

from retention.dataset import DateKind, Day
from retention.stores.sql_dialect import Said
from retention.technique import Band, DateToMonth, DateToYear, FixedText, Nullify, Technique, Truncate

_WIDE = 2**62  # beyond it, the arithmetic could leave 64 bits


def said(technique: Technique, column: ColumnClause[Any], kind: DateKind | None) -> Said | None:
    """A technique as an expression over a column; None when Python must apply it."""
    match technique:
        case Nullify():
            return Said(becomes=null(), exact=None)
        case FixedText(text) if isinstance(column.type, String):
            return Said(becomes=case((column.is_not(None), literal(text, String))), exact=None)
        case Truncate(length) if kind is None and isinstance(column.type, String):  # a character is a code point
            return Said(becomes=func.substr(column, 1, length), exact=None)
        case Band(width) if kind is None and isinstance(column.type, Integer):
            lower = column - func.mod(func.mod(column, width) + width, width)  # a remainder has the value's sign
            return Said(becomes=lower, exact=column.between(-_WIDE, _WIDE))
        case DateToYear() if _is_date(column, kind):
            return Said(becomes=func.date_format(column, "%Y-01-01"), exact=_exists(column))
        case DateToMonth() if _is_date(column, kind):
            return Said(becomes=func.date_format(column, "%Y-%m-01"), exact=_exists(column))
        case _:
            return None


def _is_date(column: ColumnClause[Any], kind: DateKind | None) -> bool:
    return isinstance(column.type, Date) and (kind is None or isinstance(kind, Day))


def _exists(column: ColumnClause[Any]) -> ColumnElement[bool]:
    """A date that exists: MariaDB can hold zeros in each part, and a 31 February."""
    day = func.dayofmonth(column)
    return and_(func.year(column) > 0, func.month(column) > 0, day > 0, day <= func.dayofmonth(func.last_day(column)))
