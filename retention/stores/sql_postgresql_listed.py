"""What PostgreSQL is asked for as a list or as a range: in one parameter for each column, of the column's own type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, all_, and_, any_, bindparam, cast, collate, func, literal, select, tuple_
from sqlalchemy.types import NullType

from retention.stores.sql_decode import Raw
from retention.stores.sql_postgresql_types import Native
from retention.stores.sql_sought import Span

_NUMBERS: Final = frozenset({int})
_WIDTHS: Final = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}  # the first number that is too large


def lenient(column: ColumnElement[Any]) -> bool:
    """Whether the engine equates texts that differ: citext, or a nondeterministic collation."""
    return isinstance(column.type, Native) and column.type.lenient


def exactly(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A text by its code points; anything else as it is."""
    return collate(cast(column, Native("text")), "C") if lenient(column) else column


def among(columns: Sequence[ColumnElement[Any]], rows: Sequence[tuple[Raw, ...]]) -> ColumnElement[bool]:
    """Whether a row has one of these rows of values."""
    arrays = [array_of(column, [row[n] for row in rows]) for n, column in enumerate(columns)]
    if len(columns) == 1:
        return columns[0] == any_(arrays[0])
    names = [f"c{n}" for n in range(len(columns))]
    each = func.unnest(*arrays).table_valued(*names).render_derived()
    return tuple_(*columns).in_(select(*(each.c[name] for name in names)))


def array_of(column: ColumnElement[Any], values: Sequence[Raw]) -> ColumnElement[Any]:
    """One parameter for all values, of the column's type; whole numbers as the text that the driver makes of a list."""
    name = column.type.name if isinstance(column.type, Native) else "text"
    whole = _NUMBERS.issuperset(map(type, values))
    sent = f"{{{','.join(map(str, values))}}}" if whole else values  # the driver escapes them one by one
    return cast(bindparam("keys", sent, type_=NullType(), unique=True), Native(f"{name}[]"))


def within(column: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    """In a range, and in no gap of it: an end may be too wide for the column, and of such a gap it can hold nothing.

    A list of the column's own type is hashed; one of another would be looked through for every row.
    """
    first, last = (cast(literal(end, NullType()), Native("bigint")) for end in (span.first, span.last))
    name = column.type.name if isinstance(column.type, Native) and column.type.name in _WIDTHS else "bigint"
    gaps = ",".join(str(gap) for gap in span.gaps if -_WIDTHS[name] <= gap < _WIDTHS[name])
    return and_(
        column.between(first, last), column != all_(cast(literal(f"{{{gaps}}}", NullType()), Native(f"{name}[]")))
    )
