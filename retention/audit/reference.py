"""Which record an entry means, without saying so: canonical identities and openable keyed references.

Rules: an identity is RFC 8785 of the dataset and the key, each column type written in exactly one way, so that
every store, driver and year gives the same bytes. A reference is a commitment under a key of 32 random bytes:
nobody without the key can test a guess, the opening of one record discloses that record only, and destroying
the key unlinks the rest.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Final
from uuid import UUID

from msgspec import Struct

from retention.audit.shape import MAX_INTEGER
from retention.discreet import Discreet
from retention.errors import ConfigError, PolicyError

_OPENING: Final = b"retain-ref-open/v1\0"
_REFERENCE: Final = b"retain-ref/v1\0"
_KEY: Final = b"retain-refkey/v1\0"
_KEY_BYTES: Final = 32  # HMAC pads shorter keys and hashes longer ones: two spellings of one key
_INNER, _OUTER = bytes(b ^ 0x36 for b in range(256)), bytes(b ^ 0x5C for b in range(256))  # RFC 2104

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# json escapes strings exactly as RFC 8785 does, at a fraction of the cost of a general encoder.
_quote: Final = json.encoder.encode_basestring


def record_id(dataset: str, key: Sequence[object]) -> bytes:
    """Make the canonical identity of a record: its dataset and its key columns in declared order.

    Raises: PolicyError, for a column type that has no single canonical form.
    """
    columns = (canonical(value) for value in key)
    written = (_quote(column) if isinstance(column, str) else str(column) for column in columns)
    return f"[{','.join((_quote(dataset), *written))}]".encode()


def subject_id(namespace: str, subject: object) -> bytes:
    """Make the canonical identity of a person concerned, in the namespace that holds use."""
    return record_id("subject", (namespace, subject))


def canonical(value: object) -> str | int:
    """Write one key column in its canonical form.

    Raises: PolicyError, for a type that has none, such as floating point.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return int(value) if -MAX_INTEGER <= value <= MAX_INTEGER else str(int(value))
        case str():
            return _text(value)
        case bytes() | bytearray() | memoryview():
            return "hex:" + bytes(value).hex()
        case UUID():
            return str(value)
        case datetime():
            return _instant(value)
        case date():
            return value.isoformat()
        case Decimal() if value.is_finite():
            return _decimal(value)
        case _:
            raise PolicyError(
                f"a key column of type {type(value).__name__} has no canonical form; declare a key of integers, "
                "text, UUIDs, bytes, decimals, dates, timestamps or booleans"
            )


def _text(value: str) -> str:
    if not value.startswith("hex:") and not _SURROGATE.search(value):
        return value
    try:  # drivers hand bytes that are no UTF-8 over as lone low surrogates
        return "hex:" + value.encode("utf-8", "surrogateescape").hex()
    except UnicodeEncodeError:
        return "hex:" + value.encode("utf-8", "surrogatepass").hex()


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat(timespec="microseconds")
    try:
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    except OverflowError as error:
        raise PolicyError("a key column holds a timestamp outside the years 1 to 9999 in UTC") from error


def _decimal(value: Decimal) -> str:
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class Opening(Struct, frozen=True):
    """What turns one identity into its reference, and discloses no other."""

    identity: bytes
    opening: bytes  # 32 bytes

    def reference(self) -> bytes:
        """Compute the reference, without any key."""
        return hashlib.sha256(_REFERENCE + self.opening + self.identity).digest()


class Mac:
    """HMAC-SHA256 under one key of messages that begin alike: both hash states are prepared once, and copied."""

    def __init__(self, key32: bytes, tag: bytes) -> None:
        block = key32.ljust(64, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER) + tag)
        self._outer = hashlib.sha256(block.translate(_OUTER))

    def __call__(self, message: bytes) -> bytes:
        """Compute the 32 bytes of the tag followed by a message."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()

    def each(self, messages: Iterable[bytes]) -> list[bytes]:
        """Compute it of many messages, in their order."""
        inner, outer, found = self._inner.copy, self._outer.copy, list[bytes]()
        for message in messages:
            first, second = inner(), outer()
            first.update(message)
            second.update(first.digest())
            found.append(second.digest())
        return found


class ReferenceKey(Discreet, frozen=True, eq=False, dict=True):
    """The key of one dataset and calendar year; its `id` stands in the log, the key never does."""

    id: str
    key32: bytes

    seen = ("id",)

    def __post_init__(self) -> None:
        if len(self.key32) != _KEY_BYTES:
            raise ConfigError(f"reference key {self.id} has {len(self.key32)} bytes, not {_KEY_BYTES}")

    @cached_property
    def _mac(self) -> Mac:
        """Prepared once: that halves the cost of a reference."""
        return Mac(self.key32, _OPENING)

    def opening(self, identity: bytes) -> bytes:
        """Compute HMAC-SHA256 of an identity: 32 bytes that open its reference and no other."""
        return self._mac(identity)

    def ref(self, identity: bytes) -> bytes:
        """Compute the 32-byte reference of an identity."""
        return Opening(identity, self.opening(identity)).reference()

    def refs(self, ids: Iterable[bytes]) -> list[bytes]:
        """Compute the references of many identities, in their order."""
        return [hashlib.sha256(_REFERENCE + self._mac(identity) + identity).digest() for identity in ids]

    def commit(self) -> str:
        """Compute the commitment to the key that stands in its `ref-key` leaf: 64 hex digits."""
        return hashlib.sha256(_KEY + self.key32).hexdigest()
