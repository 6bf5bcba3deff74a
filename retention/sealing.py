"""What the spool keeps of a record: a seal over the values that were read, and its key behind encryption.

The seal shows a change without keeping a value: HMAC-SHA256 under the dataset's reference key over everything that
judging and clearing read. Keys are encrypted with AES-GCM under the spool key, and bound to where they stand.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from retention.errors import ControlError
from retention.gather import Case
from retention.judge import Judge
from retention.reads import columns_judged
from retention.record import Facts, Key, Record, Unreadable, Value
from retention.subjects import subjects_of

_TAG = b"retain-seal/v1\0"
_NONCE = 12  # bytes, of AES-GCM


def encode(values: object) -> bytes:
    """Canonical values, in lists, as bytes: two different values never give the same."""
    return _JSON.encode(values).encode()


def decode_key(text: bytes) -> Key:
    """The key that `encode` wrote."""
    return tuple(_KEY.decode(text.decode()))


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


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals for the cases of one judge, each under its dataset's reference key.

    Of the record and of everything below it the seal holds the values themselves; of related records, what every rule
    reads from them, so that what the run itself takes away elsewhere is no change here (docs/adr/0008). A reference
    that only protects is left out: gone, it still protects, and a new one is found when the batch is judged again.
    """

    judge: Judge

    def seal(self, case: Case, facts: Facts, key32: bytes) -> bytes:
        """The seal of everything that judging and clearing a record reads: 32 bytes.

        Raises:
            Unread: a subject cannot be read.
        """
        record = case.aggregate.record
        read = [
            [record.values[name] for name in sorted(record.dataset.fields)],
            [self._record(one.record, facts) for one in case.aggregate],
            [self._record(one.record, facts) for one in case.unlinks],
        ]
        return hmac.digest(key32, _TAG + encode(read), "sha256")

    def _record(self, record: Record, facts: Facts) -> list[Any]:
        columns = columns_judged(self.judge.register, record.dataset)
        rules = self.judge.read_rules(record, facts, references=False)
        return [
            record.dataset.id,
            list(record.key),
            [record.values[column] for column in columns],
            [[one.policy.purpose, one.state.value, one.start, one.last_day] for one in rules],
            sorted(subjects_of(record, facts)),
        ]


@dataclass(frozen=True, slots=True)
class Vault:
    """Encrypts record keys for the time they rest in the control store."""

    key32: bytes = field(repr=False)  # the spool key
    _cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the cipher once: that costs more than to open a key."""
        object.__setattr__(self, "_cipher", AESGCM(self.key32))

    def lock(self, plain: bytes, where: str) -> bytes:
        """Encrypted bytes that open only in the same place: nonce, then ciphertext."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, where.encode())

    def open(self, locked: bytes, where: str) -> bytes:
        """The bytes that were locked.

        Raises:
            ControlError: they were changed, stand elsewhere, or another key locked them.
        """
        try:
            return self._cipher.decrypt(locked[:_NONCE], locked[_NONCE:], where.encode())
        except InvalidTag:
            raise ControlError(
                f"What the control store keeps of {where} does not open with the spool key. "
                "Nothing of it is destroyed; put the right key back, or make a new plan."
            ) from None
