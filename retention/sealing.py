"""What the spool keeps of a record: a seal over the values that were read, and its key behind encryption.

The seal shows a change without keeping a value: HMAC-SHA256 under the dataset's reference key over everything that
judging and clearing read. Keys are encrypted with AES-GCM under the spool key, and bound to where they stand.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from retention.errors import ControlError
from retention.gather import Case
from retention.policy import Register
from retention.reads import Reading, columns_judged, readings
from retention.record import Aggregate, Facts, Key, Record, Unreadable, Value

_TAG = b"retain-seal/v1\0"
_NONCE = 12  # bytes, of AES-GCM


def encode(values: object) -> bytes:
    """Canonical values, in lists, as bytes: two different values never give the same."""
    return json.dumps(values, default=_tagged, separators=(",", ":"), ensure_ascii=True).encode()


def decode_key(text: bytes) -> Key:
    """The key that `encode` wrote."""
    return tuple(_untagged(part) for part in json.loads(text))


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


def _untagged(part: Any) -> Value:
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
        case dict():
            raise ControlError("A spooled key cannot be read; make a new plan.")
        case _:
            value: Value = part
            return value


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals for the cases of one register, each under its dataset's reference key."""

    register: Register

    def seal(self, case: Case, facts: Facts, key32: bytes) -> bytes:
        """The seal of everything that judging and clearing a record reads: 32 bytes."""
        record = case.aggregate.record
        own = [record.values[name] for name in sorted(record.dataset.fields)]
        read = [
            own,
            [self._record(one, facts) for one in case.aggregate],
            [self._record(one, facts) for one in case.unlinks],
        ]
        return hmac.digest(key32, _TAG + encode(read), "sha256")

    def _record(self, one: Aggregate, facts: Facts) -> list[Any]:
        related = self._related(readings(self.register, one.record.dataset), one.record, facts)
        return [*self._values(one.record), related]

    def _values(self, record: Record) -> list[Any]:
        columns = columns_judged(self.register, record.dataset)
        return [record.dataset.id, list(record.key), [record.values[column] for column in columns]]

    def _related(self, asked: Sequence[Reading], record: Record, facts: Facts) -> list[Any]:
        found: list[Any] = []
        for reading in asked:
            reached = {record.key: record}
            asking = [record]
            for _ in range(reading.chain):
                asking = [r for a in asking for r in facts.related(reading.dataset, reading.on, a)]
                asking = [r for r in asking if r.key not in reached or r.dataset is not record.dataset]
                ordered = sorted(asking, key=lambda r: encode(list(r.key)))
                found += [[*self._values(one), self._related(reading.then, one, facts)] for one in ordered]
                reached |= {r.key: r for r in asking}
                if not asking or reading.chain == 1:
                    break
        return found


@dataclass(frozen=True, slots=True)
class Vault:
    """Encrypts record keys for the time they rest in the control store."""

    key32: bytes = field(repr=False)  # the spool key

    def lock(self, plain: bytes, where: str) -> bytes:
        """Encrypted bytes that open only in the same place: nonce, then ciphertext."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.key32).encrypt(nonce, plain, where.encode())

    def open(self, locked: bytes, where: str) -> bytes:
        """The bytes that were locked.

        Raises:
            ControlError: they were changed, stand elsewhere, or another key locked them.
        """
        try:
            return AESGCM(self.key32).decrypt(locked[:_NONCE], locked[_NONCE:], where.encode())
        except InvalidTag:
            raise ControlError(
                f"What the control store keeps of {where} does not open with the spool key. "
                "Nothing of it is destroyed; put the right key back, or make a new plan."
            ) from None
