"""Codecs: between what a database holds and canonical values, column by column.

Decoding never raises: what is not exactly what a column is declared to hold is UNREADABLE. Encoding gives every raw
value that decodes to a canonical one, since a database is asked for raw values: none when no raw value could.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date, tzinfo
from decimal import Decimal
from functools import lru_cache
from math import isnan
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from retention.dataset import Dataset, Day, Timestamp
from retention.record import UNREADABLE, Unreadable, Value
from retention.stores.sql_time import timestamp_codec

Raw = object
"""What a driver returns and takes."""

_INT64 = 2**63
_NUMBERS: Final = frozenset({int})
_TEXTS: Final = frozenset({str})
REMEMBERED: Final = 65_536  # days: records share their few thousand
_DAY_TEXT = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Codec(Struct, frozen=True, kw_only=True):
    """How one column's values are read, looked up and written."""

    decode: Callable[[Raw], Value]
    lookups: Callable[[Value], tuple[Raw, ...]]  # every raw value that decodes to this one
    write: Callable[[Value], Raw]
    bound: Callable[[date, tzinfo], Raw | None] | None = None
    """Above every raw value whose local date is that day or earlier; None: the declaration says how to write one."""
    same: frozenset[type] = frozenset()  # of raw values that need no decoding
    asked: frozenset[type] = frozenset()  # of values that are looked up as they are; of numbers those of 64 bits
    text: Callable[[str], Value] | None = None  # decodes a raw value that is a text; None: as any other
    whole: bool = False  # whether the column can hold nothing but whole numbers, and compares them as such

    def decoded(self, column: Sequence[Raw]) -> Sequence[Any]:
        """A whole column's values: what is read as it is costs nothing for each row."""
        kinds = {*map(type, column)}
        if kinds <= self.same:
            return column
        texts: Sequence[Any] = column
        return [*map(self.text, texts)] if self.text and kinds == _TEXTS else [*map(self.decode, column)]

    def as_asked(self, column: Collection[Value]) -> bool:
        """Whether each of these is looked up as it is, and by itself."""
        kinds = {*map(type, column)}
        if not kinds <= self.asked:
            return False
        numbers: Any = column if kinds == _NUMBERS else [one for one in column if type(one) is int]
        return not numbers or (min(numbers) >= -_INT64 and max(numbers) < _INT64)


def codec(dataset: Dataset, column: str, python_type: type | None) -> Codec:
    """The codec of a column: by the dataset's declaration where there is one, else by the column's own type."""
    match dataset.dates.get(column):
        case Day():
            return _DAY
        case Timestamp() as declared:
            decode, lookups, write = timestamp_codec(declared, f"{dataset.id}.{column}")
            return Codec(decode=decode, lookups=lookups, write=write)
        case None:
            return _BY_TYPE.get(python_type, _PLAIN)


def _plain(raw: Raw) -> Value:
    match raw:
        case float() | Decimal():
            return None if isnan(raw) else raw
        case None | int() | str() | bytes() | date() | UUID():
            return raw
        case bytearray() | memoryview():
            return bytes(raw)
        case _:
            return UNREADABLE


def _plain_lookups(value: Value) -> tuple[Raw, ...]:
    if type(value) is int and -_INT64 <= value < _INT64:  # most keys are
        return (value,)
    match value:
        case bool():
            return (int(value),)
        case int() if not -_INT64 <= value < _INT64:
            return (float(value),) if abs(value) < 2**1023 and float(value) == value else ()
        case Decimal():
            return _plain_lookups(int(value)) if value.is_finite() and value == value.to_integral_value() else ()
        case int() | float() | bytes():
            return (value,)
        case str():
            return (value,) if _storable(value) else ()
        case _:
            return ()


def _storable(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _plain_write(value: Value) -> Raw:
    match value:
        case Unreadable():
            return None
        case int() if not -_INT64 <= value < _INT64:
            return None  # the band of a number at the very edge: there is no room for its lower bound
        case Decimal():
            return _decimal_write(value)
        case date() | UUID():
            return str(value)
        case _:
            return value


def day(raw: Raw) -> Value:
    """A day, from the date or the text that it is read as."""
    if raw is None or type(raw) is date:
        return raw
    return day_of(raw) if isinstance(raw, str) else UNREADABLE


@lru_cache(REMEMBERED)
def day_of(text: str) -> Value:
    """A day, from its text."""
    if _DAY_TEXT.fullmatch(text) is None:  # fromisoformat reads other forms too
        return UNREADABLE
    try:
        return date.fromisoformat(text)
    except ValueError:
        return UNREADABLE


def _day_lookups(value: Value) -> tuple[Raw, ...]:
    return (value.isoformat(),) if type(value) is date else ()


def _day_write(value: Value) -> Raw:
    return value.isoformat() if type(value) is date else _plain_write(value)


def _bool(raw: Raw) -> Value:
    return bool(raw) if isinstance(raw, int) and raw in (0, 1) else _plain(raw)


def _decimal(raw: Raw) -> Value:
    match raw:
        case bool():
            return raw
        case int():
            return Decimal(raw)
        case float() if not isnan(raw):
            return Decimal(repr(raw))
        case _:
            return _plain(raw)


def _decimal_lookups(value: Value) -> tuple[Raw, ...]:
    if isinstance(value, Decimal) and not value.is_nan():
        return _plain_lookups(value) or (float(value),)
    return _plain_lookups(value)


def _decimal_write(value: Value) -> Raw:
    if not isinstance(value, Decimal):
        return _plain_write(value)
    whole = value.is_finite() and value == value.to_integral_value() and abs(value) < _INT64
    return int(value) if whole else float(value)


_PLAIN = Codec(
    decode=_plain,
    lookups=_plain_lookups,
    write=_plain_write,
    same=frozenset({int, str, bytes, UUID, type(None)}),
    asked=frozenset({int}),
)
_DAY = Codec(decode=day, lookups=_day_lookups, write=_day_write, text=day_of)
_BY_TYPE: dict[type | None, Codec] = {
    bool: Codec(decode=_bool, lookups=_plain_lookups, write=_plain_write),
    Decimal: Codec(decode=_decimal, lookups=_decimal_lookups, write=_decimal_write),
}
