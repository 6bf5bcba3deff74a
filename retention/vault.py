"""Keys of records for the time they rest in the control store: encrypted, and bound to where they stand.

AES-GCM under the spool key. What shows that a record has changed is its seal (`retention.seal`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from retention.discreet import Discreet
from retention.encoding import decode_keys, encode_keys
from retention.errors import ConfigError, ControlError
from retention.record import Key

_KEY = 32  # bytes, of AES-256
_NONCE = 12  # bytes, of AES-GCM
_REF = 32  # bytes, of a reference


class Parcel(Struct, frozen=True, kw_only=True):
    """What a batch in flight keeps behind encryption: record by record, and what settling it asks."""

    seqs: Sequence[int]  # places in the spool
    keys: Sequence[Key]
    refs: Sequence[bytes]  # 32 bytes each
    allowed_on: date | None  # over the limit, and allowed by name on this UTC day; None: within the limit
    whereabouts: str | None  # as `settling.whereabouts`; None: an earlier version did not say

    def packed(self) -> bytes:
        """As bytes: a line of JSON, the keys in another, and the references as they are."""
        day = None if self.allowed_on is None else self.allowed_on.isoformat()
        head = {"allowed_on": day, "seqs": self.seqs, "whereabouts": self.whereabouts}
        return b"\n".join((msgspec.json.encode(head), encode_keys(self.keys), b"".join(self.refs)))

    @classmethod
    def unpacked(cls, plain: bytes) -> Self:
        """What these bytes say, in this form or in that of earlier versions: one line, each record by itself."""
        first, *rest = plain.split(b"\n", 2)
        head = json.loads(first)
        if rest:
            [keys, joined] = rest
            seqs, whose = head["seqs"], decode_keys(keys)
            refs = [joined[at : at + _REF] for at in range(0, len(joined), _REF)]
        else:
            seqs = [seq for seq, _, _ in head["records"]]
            whose = decode_keys(json.dumps([key for _, key, _ in head["records"]]).encode())
            refs = [bytes.fromhex(ref) for _, _, ref in head["records"]]
        day = head["allowed_on"]
        allowed_on = None if day is None else date.fromisoformat(day)
        return cls(seqs=seqs, keys=whose, refs=refs, allowed_on=allowed_on, whereabouts=head.get("whereabouts"))


class Vault(Discreet, frozen=True, dict=True):
    """Encrypts record keys for the time they rest in the control store."""

    key32: bytes  # the spool key

    def __post_init__(self) -> None:
        if len(self.key32) != _KEY:
            raise ConfigError(f"the spool key has {len(self.key32)} bytes, not {_KEY}")

    @cached_property
    def _cipher(self) -> AESGCM:
        """Prepared once: that costs more than to open a key."""
        return AESGCM(self.key32)

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
