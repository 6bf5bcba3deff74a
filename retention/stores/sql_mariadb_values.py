"""What MariaDB's columns hold, as canonical values and back: by the type that the column has, not by its value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from uuid import UUID

from msgspec.structs import replace

from retention.dataset import Dataset, Day, Timestamp, TimeText
from retention.errors import PolicyError
from retention.record import UNREADABLE, Unreadable, Value
from retention.stores.schema import SchemaColumn
from retention.stores.sql_decode import REMEMBERED, Codec, Raw
from retention.stores.sql_decode import codec as codec_of_text
from retention.stores.sql_time import upper_bound

INTEGERS = {"tinyint", "smallint", "mediumint", "int", "bigint", "year"}
TEXTS = {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"}
BYTES = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"}
_TYPES: dict[str, type] = {
    **dict.fromkeys(INTEGERS, int),
    **dict.fromkeys(TEXTS, str),
    **dict.fromkeys(BYTES, bytes),
    **dict.fromkeys(("decimal", "numeric"), Decimal),
    **dict.fromkeys(("float", "double"), float),
    **dict.fromkeys(("datetime", "timestamp"), datetime),
    **dict.fromkeys(("json", "inet4", "inet6"), str),
    "date": date,
    "uuid": UUID,
    "bit": int,
}
_AS_IT_IS = frozenset({int, float, str, bytes, Decimal, type(None)})  # as `_same` has it


def base(sql_type: str) -> str:
    """The first word of a type: "int" of "int(10) unsigned"."""
    return sql_type.lower().partition("(")[0].partition(" ")[0]


def python_type(sql_type: str) -> type | None:
    """What values of a column type are in Python; None: not known. A boolean is how people write tinyint(1), bit(1)."""
    if sql_type.lower() in {"tinyint(1)", "bit(1)"}:
        return bool
    return _TYPES.get(base(sql_type))


def codec(dataset: Dataset, column: SchemaColumn) -> Codec:
    """How a column's values are read, looked up and written.

    Raises:
        PolicyError: a TIMESTAMP, which is an instant, is declared as the time of some zone.

    """
    kind = base(column.sql_type)
    declared = dataset.dates.get(column.name)
    match declared:
        case Timestamp(zone=zone) if kind == "timestamp":
            if zone not in {None, "UTC"}:
                raise PolicyError(
                    f"{dataset.id}.{column.name}: a TIMESTAMP is an instant, not a time in {zone}. Declare it as UTC."
                )
            return _moments(dataset, column, replace(declared, zone="UTC", text=TimeText.SPACE))
        case Timestamp() if kind == "datetime":
            return _moments(dataset, column, replace(declared, text=TimeText.SPACE))
        case Day() | Timestamp():
            return codec_of_text(dataset, column.name, column.python_type)
        case None:
            if kind in _WHOLE and column.python_type is int:
                return _WHOLE_NUMBERS
            return _INET6 if kind == "inet6" else _by_type(column.python_type)


def _moments(dataset: Dataset, column: SchemaColumn, declared: Timestamp) -> Codec:
    """A native date and time: one raw value for each instant and each clock time that stands for it."""
    as_text = codec_of_text(replace(dataset, dates={column.name: declared}), column.name, None)

    def lookups(value: Value) -> tuple[Raw, ...]:
        found = (datetime.fromisoformat(str(raw)) for raw in as_text.lookups(value))
        return tuple(dict.fromkeys(each.isoformat(" ", "microseconds") for each in found))

    def bound(last: date, local: tzinfo) -> Raw | None:
        return upper_bound(declared, f"{dataset.id}.{column.name}", last, local)

    return Codec(decode=as_text.decode, lookups=lookups, write=as_text.write, bound=bound)


def _by_type(type_: type | None) -> Codec:
    if type_ is bool:
        return Codec(decode=_bool, lookups=_numbers, write=_plain)
    if type_ in {int, Decimal, float}:
        return Codec(decode=_same, lookups=_numbers, write=_plain, same=_AS_IT_IS, asked=frozenset({int}))
    if type_ is date:
        return Codec(decode=_date, lookups=_date_lookups, write=_plain, text=_date_of)
    if type_ is UUID:
        return Codec(decode=_uuid, lookups=lambda value: (str(value),) if isinstance(value, UUID) else (), write=_plain)
    if type_ is bytes:
        return Codec(decode=_same, lookups=_only(bytes), write=_plain)
    return Codec(decode=_same, lookups=_only(str), write=_plain, same=_AS_IT_IS)


def _same(raw: Raw) -> Value:
    return raw if raw is None or isinstance(raw, int | float | str | bytes | Decimal) else UNREADABLE


def _bool(raw: Raw) -> Value:
    return bool(raw) if isinstance(raw, int) and raw in {0, 1} else _same(raw)


def _date(raw: Raw) -> Value:
    """A date that exists; a zero date is no date."""
    return _date_of(raw) if isinstance(raw, str) else _same(raw)


@lru_cache(REMEMBERED)
def _date_of(raw: str) -> Value:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return UNREADABLE


def _uuid(raw: Raw) -> Value:
    return UUID(raw) if isinstance(raw, str) else _same(raw)


def _numbers(value: Value) -> tuple[Raw, ...]:
    match value:
        case bool():
            return (int(value),)
        case Decimal():
            return (value,) if value.is_finite() else ()
        case float():
            return (value,) if isfinite(value) else ()
        case int():
            return (value,)
        case _:
            return ()


def _date_lookups(value: Value) -> tuple[Raw, ...]:
    return (value.isoformat(),) if type(value) is date else ()


def _only(kind: type) -> Callable[[Value], tuple[Raw, ...]]:
    def lookups(value: Value) -> tuple[Raw, ...]:
        return (value,) if isinstance(value, kind) else ()

    return lookups


def _plain(value: Value) -> Raw:
    match value:
        case Unreadable():
            return None
        case int() if not -(2**63) <= value < 2**64:
            return None  # the band of a number at the very edge: there is no room for its lower bound
        case datetime():
            return value.replace(tzinfo=None).isoformat(" ")
        case date() | UUID():
            return str(value)
        case _:
            return value


def _address(raw: Raw) -> Value:
    """An address of the older family as everybody writes it; an INET6 holds it within one of the newer."""
    return raw.removeprefix(_MAPPED) if isinstance(raw, str) and "." in raw else _same(raw)


def _mapped(value: Value) -> Raw:
    return _MAPPED + value if isinstance(value, str) and ":" not in value else _plain(value)


def _address_lookups(value: Value) -> tuple[Raw, ...]:
    return (_mapped(value),) if isinstance(value, str) else ()


_WHOLE = INTEGERS - {"year"}  # which takes 26 for 2026
_WHOLE_NUMBERS = replace(_by_type(int), whole=True)
_MAPPED = "::ffff:"
_INET6 = Codec(decode=_address, lookups=_address_lookups, write=_mapped)
