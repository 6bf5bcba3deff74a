"""What a technique makes of a value, and whether it has already (P10).

Pure functions of the value: what they leave is what they find done, after any round trip through a store. A missing
value is done for every technique. What a technique cannot read (no date, no address, no number) becomes None: an
erasure never leaves a personal value standing because it was badly written.

Dates are taken in the value's own terms: a date stays a date, a timestamp stays one in its own zone or offset, a text
keeps its form. Where the hour that a day starts with does not exist, the first instant is the one that it stands for.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from math import floor, isfinite
from typing import Final

from retention.errors import ConfigError
from retention.record import UNREADABLE, Value
from retention.technique import (
    PSEUDONYM_HEX,
    AgeBand,
    Band,
    DateToMonth,
    DateToYear,
    FixedText,
    IpPrefix,
    Nullify,
    Pseudonymise,
    Technique,
    Truncate,
)

_KEY_BYTES: Final = 16  # a shorter key is no secret
_EXACT: Final = 2**53  # from here on a float cannot tell one whole number from the next
_DIGITS: Final = 1000  # before the point: more than any column holds
_TEXT_DATE: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:([ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?)(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


def apply(technique: Technique, value: Value, *, keys: Mapping[str, bytes]) -> Value:
    """What a value becomes; one that is done stays as it is.

    Raises:
        ConfigError: the key that a pseudonym needs is not among `keys`, or too short to keep a secret.

    """
    if done(technique, value):
        return value
    if isinstance(technique, Pseudonymise):
        return None if value is UNREADABLE else technique.marker + _keyed(value, _key(technique.key, keys))
    return _erased(technique, value)


def done(technique: Technique, value: Value) -> bool:
    """Whether a value is what the technique would make of it."""
    if value is None:
        return True
    if isinstance(technique, Pseudonymise):
        return isinstance(value, str) and _is_pseudonym(value, technique.marker)
    result = _erased(technique, value)
    if isinstance(result, datetime) and isinstance(value, datetime):
        return _same_instant(result, value)
    return type(result) is type(value) and result == value


def _erased(technique: Technique, value: Value) -> Value:
    match technique:
        case FixedText():
            return technique.text
        case Truncate():
            return value[: technique.length] if isinstance(value, str) else None
        case IpPrefix():
            return _network(value, technique) if isinstance(value, str) else None
        case Band():
            return _band(value, technique.width)
        case DateToYear():
            return _dated(value, lambda day: day.replace(month=1, day=1))
        case DateToMonth():
            return _dated(value, lambda day: day.replace(day=1))
        case AgeBand():  # the first band has no year 0
            first = technique.years
            return _dated(value, lambda day: date(max(1, day.year // first * first), 1, 1))
        case Nullify() | Pseudonymise():
            return None


def _dated(value: Value, to: Callable[[date], date]) -> Value:
    match value:
        case datetime():
            day = to(value.date())
            return datetime(day.year, day.month, day.day, tzinfo=value.tzinfo)
        case date():
            return to(value)
        case str():
            return _text_dated(value, to)
        case _:
            return None


def _text_dated(value: str, to: Callable[[date], date]) -> str | None:
    found = _TEXT_DATE.fullmatch(value)
    if found is None:
        return None
    day, time, offset = found.groups(default="")
    try:
        first = to(date.fromisoformat(day))
    except ValueError:
        return None
    return first.isoformat() + re.sub("[0-9]", "0", time) + offset


def _same_instant(one: datetime, other: datetime) -> bool:
    """Compare by offsets, since a conversion to UTC overflows at either end of the calendar."""
    apart = one.replace(tzinfo=None) - other.replace(tzinfo=None)
    return apart == (one.utcoffset() or timedelta()) - (other.utcoffset() or timedelta())


def _network(value: str, kept: IpPrefix) -> str | None:
    try:
        address = ip_address(value)
    except ValueError:
        return None
    if not isinstance(address, IPv4Address):
        if address.ipv4_mapped is None:
            # a 6to4 address spells an IPv4 address in bits 16 to 48
            bits = kept.v6 if address.sixtofour is None else min(kept.v6, 16 + kept.v4)
            return str(IPv6Network((int(address), bits), strict=False).network_address)
        address = address.ipv4_mapped
    return str(IPv4Network((int(address), kept.v4), strict=False).network_address)


def _band(value: Value, width: int) -> Value:
    match value:
        case bool():
            return None
        case int():
            return value // width * width
        case Decimal() if value.is_finite() and value.adjusted() < _DIGITS:
            return Decimal(int(value.to_integral_value(ROUND_FLOOR)) // width * width)
        case float() if isfinite(value):
            lower = floor(value) // width * width
            return float(lower) if abs(lower) < _EXACT else None
        case _:
            return None


def _key(name: str, keys: Mapping[str, bytes]) -> bytes:
    key = keys.get(name, b"")
    if len(key) < _KEY_BYTES:
        raise ConfigError(f"Pseudonym key {name!r} is missing or shorter than {_KEY_BYTES} bytes. Make one with init.")
    return key


def _keyed(value: Value, key: bytes) -> str:
    """The pseudonym of a value, tagged with its type so that 17 and "17" are two persons."""
    text = value.hex() if isinstance(value, bytes) else str(value)
    message = f"{type(value).__name__}\0{text}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, "sha256").hex()[:PSEUDONYM_HEX]


def _is_pseudonym(value: str, marker: str) -> bool:
    rest = value.removeprefix(marker)
    return value.startswith(marker) and re.fullmatch(f"[0-9a-f]{{{PSEUDONYM_HEX}}}", rest) is not None
