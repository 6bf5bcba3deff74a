"""Whom a verifier trusts: a C2SP tlog-policy file, which our commands call the trust file.

It comes to the verifier out of band and is the only input that is believed. Lines: `log VKEY`, `witness NAME VKEY`,
`group NAME any|all|k MEMBER…`, and exactly one `quorum NAME|none`. It is never read from the log's directory.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from msgspec import Struct

from retention.audit.note import COSIGNATURE, ED25519, Checkpoint, VerifierKey, open_note
from retention.errors import ConfigError, VerificationError

_MAX_NAMES: Final = 32  # of each kind: enough for any organisation, too few to stall a reader


class Group(Struct, frozen=True):
    """Witnesses and groups of which so many must have signed."""

    needed: int
    members: tuple[str, ...]


class SignedCheckpoint(Struct, frozen=True):
    """A checkpoint with the trusted keys that signed it."""

    checkpoint: Checkpoint
    keys: tuple[VerifierKey, ...]  # log keys of its origin
    witnesses: frozenset[str]  # by their name in the trust file


class Trust(Struct, frozen=True):
    """The log keys, the witnesses, and how many of these must have signed."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str  # "none": no witness is needed

    def open_checkpoint(self, raw: bytes) -> SignedCheckpoint:
        """Read a checkpoint that a trusted key of its origin, and a quorum of witnesses, have signed.

        Raises: VerificationError.
        """
        try:
            note = open_note(raw, (*self.logs, *self.witnesses.values()))
        except VerificationError as error:
            raise VerificationError(f"checkpoint: {error}") from error
        checkpoint = Checkpoint.parse(note.text)
        keys = tuple(key for key in note.keys if key in self.logs and key.name == checkpoint.origin)
        if not keys:
            raise VerificationError("checkpoint: not signed by a trusted log key of its origin")
        seen = frozenset(name for name, key in self.witnesses.items() if key in note.keys)
        if not self._met(self.quorum, seen):
            raise VerificationError(f"checkpoint: witness quorum {self.quorum} not met (have {len(seen)} cosignatures)")
        return SignedCheckpoint(checkpoint, keys, seen)

    def _met(self, name: str, seen: AbstractSet[str]) -> bool:
        if name == "none":
            return True
        if name in self.witnesses:
            return name in seen
        group = self.groups[name]
        return sum(self._met(member, seen) for member in group.members) >= group.needed


def parse_trust(text: str) -> Trust:
    """Read a trust file.

    Raises: ConfigError, with the line.
    """
    logs: list[VerifierKey] = []
    witnesses: dict[str, VerifierKey] = {}
    groups: dict[str, Group] = {}
    quorum = ""
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split()
        taken = {"none", *witnesses, *groups}
        match words:
            case []:
                continue
            case [word, *_] if word.startswith("#"):
                continue
            case ["log", vkey, *_] if len(logs) < _MAX_NAMES:
                logs.append(_key(vkey, ED25519, number))
            case ["witness", name, vkey, *_] if name not in taken and len(witnesses) < _MAX_NAMES:
                witnesses[name] = _key(vkey, COSIGNATURE, number)
            case ["group", name, needed, *members] if name not in taken and len(groups) < _MAX_NAMES:
                groups[name] = _group(needed, members, {*witnesses, *groups}, number)
            case ["quorum", name] if not quorum and name in taken:
                quorum = name
            case _:
                raise ConfigError(f"trust file, line {number}: not a log, witness, group or quorum line that fits")
    if not logs or not quorum:
        raise ConfigError("trust file: needs a log line and exactly one quorum line (`quorum none` to begin with)")
    return Trust(tuple(logs), witnesses, groups, quorum)


def _key(vkey: str, algorithm: int, number: int) -> VerifierKey:
    try:
        key = VerifierKey.parse(vkey)
    except ConfigError as error:
        raise ConfigError(f"trust file, line {number}: {error}") from error
    if key.algorithm != algorithm:
        raise ConfigError(f"trust file, line {number}: a key of another kind; logs sign, witnesses cosign")
    return key


def _group(needed: str, members: list[str], known: AbstractSet[str], number: int) -> Group:
    words = {"any": 1, "all": len(members)}
    count = words.get(needed) or (int(needed) if needed.isascii() and needed.isdigit() and len(needed) < 3 else 0)  # noqa: PLR2004 - at most 32 members
    if not (1 <= count <= len(members)) or not known >= set(members) or len(set(members)) != len(members):
        raise ConfigError(f"trust file, line {number}: a group needs any, all or a number, then known, distinct names")
    return Group(count, tuple(members))
