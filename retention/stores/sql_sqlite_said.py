"""Techniques as SQLite says them, each with the values for which it says exactly what `retention.erase` does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, LargeBinary, Text, and_, case, cast, func, literal, null, type_coerce
from sqlalchemy.sql.expression import ColumnClause

from retention.dataset import DateKind, Day
from retention.stores.sql_dialect import Said
from retention.technique import Band, DateToMonth, DateToYear, FixedText, Nullify, Technique, Truncate

_DAY_GLOB = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_WIDE = 2**62  # beyond it, the arithmetic could leave 64 bits


def said(technique: Technique, column: ColumnClause[Any], kind: DateKind | None) -> Said | None:
    """A technique as an expression over a column; None when Python must apply it."""
    match technique:
        case Nullify():
            return Said(becomes=null(), exact=None)
        case FixedText(text):
            return Said(becomes=case((column.is_not(None), literal(text, Text))), exact=None)
        case Truncate(length) if kind is None:
            return Said(becomes=func.substr(column, 1, length), exact=_is_ascii(column))
        case Band(width) if kind is None:
            value = type_coerce(column, Integer)
            lower = value - ((value % width) + width) % width  # SQLite's remainder has the sign of the value
            return Said(becomes=lower, exact=and_(func.typeof(column) == "integer", value.between(-_WIDE, _WIDE)))
        case DateToYear() if kind is None or isinstance(kind, Day):
            return Said(becomes=func.substr(column, 1, 4, type_=Text) + "-01-01", exact=_is_day(column))
        case DateToMonth() if kind is None or isinstance(kind, Day):
            return Said(becomes=func.substr(column, 1, 7, type_=Text) + "-01", exact=_is_day(column))
        case _:
            return None


def _is_ascii(column: ColumnClause[Any]) -> ColumnElement[bool]:
    """Text whose characters are its bytes: elsewhere SQLite and Python may count differently."""
    same = func.length(cast(column, LargeBinary)) == func.length(column)
    return and_(func.typeof(column) == "text", same)


def _is_day(column: ColumnClause[Any]) -> ColumnElement[bool]:
    """A date that exists, written YYYY-MM-DD; 30 February is one to `date` until it is counted from."""
    exists = and_(func.date(column, "+0 days") == column, func.substr(column, 1, 4) != "0000")
    return and_(func.typeof(column) == "text", func.glob(_DAY_GLOB, column), exists)
