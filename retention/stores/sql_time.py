"""Timestamps as text and as integers: exactly the declared form, or unreadable.

A time that a zone's clock shows twice, or never, is read as the later of the instants it could mean, so that no period
starts early (P3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

from retention.dataset import Timestamp, TimeText
from retention.errors import PolicyError, StoreError
from retention.record import UNREADABLE, Value

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEAR = timedelta(days=2)  # a zone's offset changes at most once within this
_SEPARATOR = {TimeText.SPACE: " ", TimeText.T: "T"}
_CLOCK = r"([0-9]{4}-[0-9]{2}-[0-9]{2}){}([0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.]([0-9]{1,6}))?"
_OFFSET = r"(Z|[+-][0-9]{2}:[0-9]{2})"

TimeCodec = tuple[Callable[[object], Value], Callable[[Value], tuple[object, ...]], Callable[[Value], object]]


def zone_of(declared: Timestamp, where: str) -> ZoneInfo | None:
    """The zone a timestamp is declared in; None: each value carries its own offset.

    Raises:
        PolicyError: there is no such zone.

    """
    try:
        return None if declared.zone is None else ZoneInfo(declared.zone)
    except (ValueError, OSError, KeyError):
        raise PolicyError(f"{where}: there is no time zone {declared.zone!r}. Write an IANA name or UTC.") from None


def timestamp_codec(declared: Timestamp, where: str) -> TimeCodec:
    """How to read, look up and write the values of a timestamp column."""
    zone = zone_of(declared, where)
    if declared.text is TimeText.EPOCH:
        return _epoch, _epoch_lookups, _epoch_write
    separator = _SEPARATOR[declared.text]
    pattern = re.compile(_CLOCK.replace("{}", separator, 1).replace("{}", separator) + ("" if zone else _OFFSET))
    read = partial(_read, pattern, zone)
    lookups = partial(_no_lookups, where) if zone is None else partial(_lookups, read, separator, zone)
    return read, lookups, partial(_write, separator, zone)


def upper_bound(declared: Timestamp, where: str, last: date, local: tzinfo) -> object | None:
    """A raw value above every one whose local date is `last` or earlier; None when the calendar ends before it."""
    zone = zone_of(declared, where)
    try:
        midnight = last + timedelta(days=1)
        end = datetime(midnight.year, midnight.month, midnight.day, tzinfo=local).astimezone(UTC)
        if declared.text is TimeText.EPOCH:
            return int((end - _EPOCH).total_seconds())
        latest = end + timedelta(days=1) if zone is None else max(walls(end, zone))
    except OverflowError:
        return None
    return latest.replace(tzinfo=None).isoformat(_SEPARATOR[declared.text], "seconds")


def _read(pattern: re.Pattern[str], zone: ZoneInfo | None, raw: object) -> Value:
    if raw is None:
        return None
    if isinstance(raw, datetime):
        return native_instant(raw, zone)
    found = pattern.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        return UNREADABLE
    day, clock, fraction, *offset = found.groups()
    try:
        wall = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '').ljust(6, '0')}")
        return _instant(wall, zone) if zone else wall.replace(tzinfo=_offset(offset[0])).astimezone(UTC)
    except (ValueError, OverflowError):
        return UNREADABLE


def native_instant(raw: datetime, zone: ZoneInfo | None) -> Value:
    """A timestamp from a driver that has a type for it; a naive one without a zone cannot be placed."""
    try:
        if raw.tzinfo is not None:
            return raw.astimezone(UTC)
        return UNREADABLE if zone is None else _instant(raw, zone)
    except OverflowError:
        return UNREADABLE


def _offset(text: str) -> tzinfo:
    return datetime.fromisoformat(f"2000-01-01T00:00:00{text.replace('Z', '+00:00')}").tzinfo or UTC


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    return max(first.astimezone(UTC), second.astimezone(UTC))


def walls(instant: datetime, zone: ZoneInfo) -> set[datetime]:
    """What the zone's clock showed at an instant, and would have by the offsets just before and after."""
    offsets = {(instant + shift).astimezone(zone).utcoffset() for shift in (-_NEAR, timedelta(0), _NEAR)}
    return {instant.replace(tzinfo=None) + offset for offset in offsets if offset is not None}


def _lookups(read: Callable[[object], Value], separator: str, zone: ZoneInfo, value: Value) -> tuple[object, ...]:
    if not isinstance(value, datetime):
        return ()
    try:
        shown = sorted(walls(value.astimezone(UTC), zone))
    except OverflowError:
        return ()
    texts = (text for wall in shown for text in _spellings(wall, separator))
    return tuple(text for text in texts if read(text) == value)


def _spellings(wall: datetime, separator: str) -> Iterator[str]:
    """Every text of one clock time: the fraction may be written shorter or with zeros."""
    seconds = wall.isoformat(separator, "seconds").partition(".")[0]
    fraction = f"{wall.microsecond:06}"
    shortest = len(fraction.rstrip("0"))
    if shortest == 0:
        yield seconds
    for digits in range(max(shortest, 1), 7):
        yield f"{seconds}.{fraction[:digits]}"


def _no_lookups(where: str, _: Value) -> tuple[object, ...]:
    raise StoreError(
        f"{where}: a timestamp that carries its own offset can be written in many ways, so it cannot be part of a key "
        "or a relation. Declare its zone, or relate by another column."
    )


def _write(separator: str, zone: ZoneInfo | None, value: Value) -> object:
    if not isinstance(value, datetime):
        return value if isinstance(value, str) else None
    if zone is None:
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(separator) + "Z"
    return value.astimezone(zone).replace(tzinfo=None).isoformat(separator)


def _epoch(raw: object) -> Value:
    if raw is None:
        return None
    if type(raw) is not int:
        return UNREADABLE
    try:
        return _EPOCH + timedelta(seconds=raw)
    except OverflowError:
        return UNREADABLE


def _epoch_lookups(value: Value) -> tuple[object, ...]:
    whole = isinstance(value, datetime) and value.microsecond == 0
    return (_epoch_write(value),) if whole else ()


def _epoch_write(value: Value) -> object:
    return int((value - _EPOCH) // timedelta(seconds=1)) if isinstance(value, datetime) else None
