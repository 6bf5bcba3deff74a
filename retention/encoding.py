"""Keys of records as bytes, and back: each canonical value by what it is, so that no two values give the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Final
from uuid import UUID

import msgspec

from retention.errors import ControlError
from retention.record import Key, Unreadable, Value

_NUMBERS: Final = frozenset({int})


def encode(values: object) -> bytes:
    """Canonical values, in lists, as bytes: two different values never give the same."""
    return _JSON.encode(values).encode()


def encode_keys(keys: Sequence[Key]) -> bytes:
    """Keys as bytes, in a list."""
    if _NUMBERS.issuperset(map(type, chain.from_iterable(keys))):  # most are, and no other word is needed for these
        return msgspec.json.encode(keys)
    return encode(keys)


def decode_keys(plain: bytes) -> list[Key]:
    """The keys that `encode` wrote as a list; or the one key that an earlier version wrote without one around it."""
    parts = _KEY.decode(plain.decode())
    return [tuple(parts)] if parts and not isinstance(parts[0], list) else [*map(tuple, parts)]


def _tagged(value: object) -> dict[str, str]:
    match value:
        case datetime():
            return {"t": value.isoformat()}
        case date():
            return {"d": value.isoformat()}
        case Decimal():
            return {"n": str(value)}
        case UUID():
            return {"u": str(value)}
        case bytes():
            return {"x": value.hex()}
        case Unreadable():
            return {"?": ""}
        case _:
            raise TypeError(f"{type(value).__name__} is no canonical value")


def _untagged(part: dict[str, Any]) -> Value:
    match part:
        case {"t": str() as text}:
            return datetime.fromisoformat(text)
        case {"d": str() as text}:
            return date.fromisoformat(text)
        case {"n": str() as text}:
            return Decimal(text)
        case {"u": str() as text}:
            return UUID(text)
        case {"x": str() as text}:
            return bytes.fromhex(text)
        case _:
            raise ControlError("A spooled key cannot be read; make a new plan.")


_JSON = json.JSONEncoder(default=_tagged, separators=(",", ":"), ensure_ascii=True)
_KEY = json.JSONDecoder(object_hook=_untagged)
