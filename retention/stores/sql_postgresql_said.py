"""Techniques as PostgreSQL says them, each with the values for which it says exactly what `retention.erase` does."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, and_, case, cast, func, literal, null, type_coerce
from sqlalchemy.sql.expression import ColumnClause
from sqlalchemy.types import NullType

from retention.dataset import DateKind, Timestamp
from retention.stores.sql_dialect import Said
from retention.stores.sql_postgresql_types import Native
from retention.technique import Band, DateToMonth, DateToYear, FixedText, Nullify, Technique, Truncate

_WIDE = 2**62  # beyond it, the arithmetic could leave 64 bits
_TEXT = {"text", "character varying"}
_WHOLE = {"smallint", "integer", "bigint"}


def said(technique: Technique, column: ColumnClause[Any], kind: DateKind | None) -> Said | None:
    """A technique as an expression over a column; None when Python must apply it."""
    name = column.type.name if isinstance(column.type, Native) else ""
    match technique:
        case Nullify():
            return Said(becomes=null(), exact=None)
        case FixedText(text) if name in _TEXT:
            return Said(becomes=case((column.is_not(None), cast(literal(text, NullType()), column.type))), exact=None)
        case Truncate(length) if kind is None and name in _TEXT:
            return Said(becomes=func.left(column, literal(length, NullType())), exact=None)
        case Band(width) if kind is None and name in _WHOLE:
            return _band(column, width)
        case DateToYear() if name == "date" and not isinstance(kind, Timestamp):
            return _start(column, "year")
        case DateToMonth() if name == "date" and not isinstance(kind, Timestamp):
            return _start(column, "month")
        case _:
            return None


def _band(column: ColumnClause[Any], width: int) -> Said | None:
    if width >= _WIDE:
        return None
    value = type_coerce(cast(column, BigInteger), BigInteger)
    wide = cast(literal(width, NullType()), BigInteger)
    lower = value - ((value % wide) + wide) % wide  # the remainder has the sign of the value
    lowest = -_WIDE if isinstance(column.type, Native) and column.type.name == "bigint" else 0  # smaller has no room
    return Said(becomes=lower, exact=value.between(lowest, _WIDE))


def _start(column: ColumnClause[Any], of: str) -> Said:
    """The first day of a year or month; infinity and years before 1 are none of ours."""
    first = cast(func.date_trunc(of, column), column.type)
    between = and_(column >= literal(date.min, NullType()), column <= literal(date.max, NullType()))
    return Said(becomes=first, exact=between)
