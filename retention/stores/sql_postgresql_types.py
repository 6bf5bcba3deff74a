"""PostgreSQL's types: how each value is read, looked up and written.

A value that Python's types cannot hold (infinity, a year before 1) is read as the text that it is, which no
declaration takes for a date.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import partial
from math import isnan
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import Connection as Driver
from psycopg import DataError
from psycopg.types.datetime import TimestampLoader, TimestamptzLoader
from psycopg.types.string import TextLoader
from sqlalchemy.types import UserDefinedType

from retention.dataset import Dataset, Timestamp
from retention.record import UNREADABLE, Unreadable, Value
from retention.stores.schema import SchemaColumn
from retention.stores.sql_decode import Codec, Raw, day, day_of
from retention.stores.sql_time import native_instant, walls, zone_of

TIMESTAMP: Final = "timestamp without time zone"
TIMESTAMPTZ: Final = "timestamp with time zone"
_INT64 = 2**63
_AS_TEXT = ("inet", "cidr", "macaddr", "json", "jsonb", "date")  # as written: what changes shows, and days are few

_PYTHON: Final[dict[str, type]] = {
    "smallint": int, "integer": int, "bigint": int, "numeric": Decimal, "real": float, "double precision": float,
    "boolean": bool, "text": str, "character varying": str, "character": str, "name": str, "citext": str,
    "inet": str, "uuid": UUID, "bytea": bytes, "date": date, TIMESTAMP: datetime, TIMESTAMPTZ: datetime,
}  # fmt: skip


class Native(UserDefinedType[Any]):
    """A column's type by the engine's own name, without length or scale: a cast to these would change a value."""

    cache_ok = True

    def __init__(self, name: str, *, lenient: bool = False) -> None:
        self.name = name
        self.lenient = lenient  # it equates texts that differ

    def get_col_spec(self, **_: Any) -> str:
        """The name, as a cast says it."""
        return self.name


def python_type(name: str, *, enum: bool) -> type | None:
    """What values of a type are in Python; None: not known."""
    return str if enum else _PYTHON.get(name)


class _Timestamp(TimestampLoader):
    def load(self, data: Any) -> Any:
        try:
            return super().load(data)
        except DataError:
            return bytes(data).decode()


class _Timestamptz(TimestamptzLoader):
    def load(self, data: Any) -> Any:
        try:
            return super().load(data)
        except DataError:
            return bytes(data).decode()


class _Padded(TextLoader):
    """A char(n): the blanks behind it are the database's own, and count for nothing there."""

    def load(self, data: Any) -> Any:
        found = super().load(data)
        return found.rstrip(" ") if isinstance(found, str) else found


def adapt(driver: Driver[Any]) -> None:
    """Teach a connection to read what Python has no value for."""
    driver.adapters.register_loader("timestamp", _Timestamp)
    driver.adapters.register_loader("timestamptz", _Timestamptz)
    driver.adapters.register_loader("bpchar", _Padded)
    for name in _AS_TEXT:
        driver.adapters.register_loader(name, TextLoader)


def codec(dataset: Dataset, live: SchemaColumn) -> Codec | None:
    """How a column is read by its type; None: a declared date in a text or a number, as everywhere."""
    declared = dataset.dates.get(live.name)
    if live.python_type is datetime and (declared is None or isinstance(declared, Timestamp)):
        zone = None if declared is None else zone_of(declared, f"{dataset.id}.{live.name}")
        if declared is None and live.sql_type.endswith("without time zone"):
            return _NAIVE
        return _local(zone) if zone and live.sql_type.endswith("without time zone") else _AWARE
    if live.python_type is date and not isinstance(declared, Timestamp):
        return _DATE
    if declared is not None and live.python_type in (str, int):
        return None
    return _BY_TYPE.get(live.python_type, _OTHER)


def _plain(raw: Raw) -> Value:
    match raw:
        case float() | Decimal():
            return None if isnan(raw) else raw
        case None | int() | str() | bytes() | UUID():
            return raw
        case bytearray() | memoryview():
            return bytes(raw)
        case _:
            return UNREADABLE


def _write(value: Value) -> Raw:
    match value:
        case Unreadable():
            return None
        case int() if not -_INT64 <= value < _INT64:
            return None  # the band of a number at the very edge: there is no room for its lower bound
        case _:
            return value


def _whole(value: Value) -> tuple[Raw, ...]:
    match value:
        case int() | float() | Decimal():
            exact = Decimal(value)
            whole = exact.is_finite() and exact == exact.to_integral_value() and -_INT64 <= exact < _INT64
            return (int(value),) if whole else ()
        case _:
            return ()


def _numeric(value: Value) -> tuple[Raw, ...]:
    if not isinstance(value, int | float | Decimal):
        return ()
    exact = Decimal(value)
    return () if exact.is_nan() else (exact,)


def _float(value: Value) -> tuple[Raw, ...]:
    if not isinstance(value, int | float | Decimal):
        return ()
    try:
        near = float(value)
    except OverflowError:
        return ()
    return (near,) if near == value else ()


def _text(value: Value) -> tuple[Raw, ...]:
    return (value,) if isinstance(value, str) and _storable(value) else ()


def _storable(text: str) -> bool:
    """PostgreSQL keeps valid text without NUL; no row of it can equal any other."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _truth(value: Value) -> tuple[Raw, ...]:
    return (bool(value),) if isinstance(value, int) and value in (0, 1) else ()


def _only(kind: type, value: Value) -> tuple[Raw, ...]:
    return (value,) if type(value) is kind else ()


def _day_bound(last: date, _: tzinfo) -> Raw | None:
    return None if last == date.max else last + timedelta(days=1)


def _midnight(last: date, local: tzinfo) -> datetime | None:
    """The instant at which a local day has ended."""
    try:
        after = last + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=local).astimezone(UTC)
    except OverflowError:
        return None


def _aware(raw: Raw) -> Value:
    if raw is None:
        return None
    return native_instant(raw, None) if isinstance(raw, datetime) else UNREADABLE


def _aware_lookups(value: Value) -> tuple[Raw, ...]:
    return (value,) if isinstance(value, datetime) and value.tzinfo is not None else ()


def _naive(raw: Raw) -> Value:
    """A clock's time in nobody says which zone: a text."""
    match raw:
        case None:
            return None
        case datetime():
            return raw.isoformat(" ")
        case _:
            return UNREADABLE


def _naive_lookups(value: Value) -> tuple[Raw, ...]:
    if not isinstance(value, str):
        return ()
    try:
        wall = datetime.fromisoformat(value)
    except ValueError:
        return ()
    return (wall,) if wall.tzinfo is None and wall.isoformat(" ") == value else ()


def _local(zone: ZoneInfo) -> Codec:
    """A clock's time in a declared zone."""
    read = partial(_read_local, zone)
    return Codec(
        decode=read,
        lookups=partial(_local_lookups, zone, read),
        write=partial(_local_write, zone),
        bound=partial(_local_bound, zone),
    )


def _read_local(zone: ZoneInfo, raw: Raw) -> Value:
    if raw is None:
        return None
    return native_instant(raw, zone) if isinstance(raw, datetime) else UNREADABLE


def _local_lookups(zone: ZoneInfo, read: Callable[[Raw], Value], value: Value) -> tuple[Raw, ...]:
    if not isinstance(value, datetime):
        return ()
    try:
        return tuple(wall for wall in sorted(walls(value.astimezone(UTC), zone)) if read(wall) == value)
    except OverflowError:
        return ()


def _local_write(zone: ZoneInfo, value: Value) -> Raw:
    return value.astimezone(zone).replace(tzinfo=None) if isinstance(value, datetime) else _write(value)


def _local_bound(zone: ZoneInfo, last: date, local: tzinfo) -> Raw | None:
    end = _midnight(last, local)
    try:
        return None if end is None else max(walls(end, zone)) + timedelta(seconds=1)
    except OverflowError:
        return None


_DATE = Codec(decode=day, lookups=partial(_only, date), write=_write, bound=_day_bound, text=day_of)
_AWARE = Codec(decode=_aware, lookups=_aware_lookups, write=_write, bound=_midnight)
_NAIVE = Codec(decode=_naive, lookups=_naive_lookups, write=_write)
_OTHER = Codec(decode=_plain, lookups=_text, write=_write, same=frozenset({str, type(None)}))
_BY_TYPE: Final[dict[type | None, Codec]] = {
    int: Codec(
        decode=_plain,
        lookups=_whole,
        write=_write,
        same=frozenset({int, type(None)}),
        asked=frozenset({int}),
        whole=True,
    ),
    Decimal: Codec(decode=_plain, lookups=_numeric, write=_write),
    float: Codec(decode=_plain, lookups=_float, write=_write),
    bool: Codec(decode=_plain, lookups=_truth, write=_write),
    bytes: Codec(decode=_plain, lookups=partial(_only, bytes), write=_write),
    UUID: Codec(decode=_plain, lookups=partial(_only, UUID), write=_write, same=frozenset({UUID, type(None)})),
}
