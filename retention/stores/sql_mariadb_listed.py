"""What MariaDB is asked for as a list: rows of values, in as few parameters as the driver sends quickly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import BindParameter, Boolean, ColumnElement, bindparam, cast, func, text, tuple_, type_coerce
from sqlalchemy.types import LargeBinary, NullType, String, TupleType, TypeEngine

from retention.stores.sql_decode import Raw
from retention.stores.sql_mariadb_schema import Document

_NUMBERS: Final = frozenset({int})  # which a driver sends as they are


def any_of(columns: Sequence[ColumnElement[Any]], rows: Sequence[tuple[Raw, ...]]) -> ColumnElement[bool]:
    """Whether a row has one of these rows of values."""
    if len(columns) == 1 and _NUMBERS.issuperset(map(type, chain.from_iterable(rows))):
        return in_numbers(columns[0], chain.from_iterable(rows))
    if len(columns) == 1:
        return columns[0].in_(_parameters([row[0] for row in rows], NullType()))
    return tuple_(*columns).in_(_parameters(rows, TupleType(*(NullType() for _ in columns))))


def in_numbers(column: ColumnElement[Any], numbers: Iterable[Raw], how: str = "IN") -> ColumnElement[bool]:
    """Whether a column has one of these numbers, or with NOT IN none."""
    # One parameter for the whole list: a statement is kept for each number of parameters, a megabyte for some hundreds.
    sent = bindparam("keys", Numbers(numbers), type_=NullType(), unique=True)
    return column.op(how, return_type=Boolean())(sent)


class Numbers(tuple[Raw, ...]):
    """Whole numbers that the driver sends as one list: to escape each by itself costs more than to look it up."""

    __slots__ = ()


def sent_numbers(numbers: Numbers, _: object) -> str:
    """The list, as the driver puts it into a statement."""
    return f"({','.join(map(str, numbers))})"


def _parameters(values: Sequence[Any], kind: TypeEngine[Any]) -> BindParameter[Any]:
    return bindparam("keys", values, type_=kind, unique=True, expanding=True)


def exactly(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A text as its bytes in UTF-8; anything else as it is."""
    if not isinstance(column.type, String):
        return column
    exact = cast(func.convert(column.op("USING")(text("utf8mb4"))), LargeBinary())
    return type_coerce(exact, NullType())  # what it is compared with is sent as it is


def comparable(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A MySQL document as its text: it equals none otherwise."""
    return cast(column, String()) if isinstance(column.type, Document) else column


def as_bytes(columns: Sequence[ColumnElement[Any]], rows: Sequence[tuple[Raw, ...]]) -> list[tuple[Raw, ...]]:
    """The rows with their texts as bytes, as `exactly` compares them."""
    return [
        tuple(
            raw.encode() if isinstance(raw, str) and isinstance(column.type, String) else raw
            for column, raw in zip(columns, row, strict=True)
        )
        for row in rows
    ]


def all_sendable(rows: Iterable[tuple[Raw, ...]]) -> list[tuple[Raw, ...]]:
    """The rows that can be in the database, each once."""
    once = dict.fromkeys(rows)
    if _NUMBERS.issuperset(map(type, chain.from_iterable(once))):
        return [*once]
    return [row for row in once if all(map(_sendable, row))]


def _sendable(raw: Raw) -> bool:
    """Whether a value can be in the database at all: text there is always Unicode."""
    return not isinstance(raw, str) or raw.isascii() or not any("\ud800" <= char <= "\udfff" for char in raw)
