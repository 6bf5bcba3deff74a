"""Signed notes and the checkpoints in them: C2SP signed-note, tlog-checkpoint, tlog-cosignature.

Rules: a signature of an unknown key is ignored, a wrong one of a known key is refused; a checkpoint is exactly
origin, size and root. Reading is strict: one spelling of every base64, no control characters, sizes capped before
parsing. Notes are still malleable (signature lines come and go), so values are compared, never a note's bytes.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Sequence
from typing import Final, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from retention.audit.merkle import HASH_BYTES
from retention.errors import ConfigError, VerificationError

ED25519: Final = 1  # signs the text
COSIGNATURE: Final = 4  # a witness signs the text with a time before it
KEPT: Final = "kept-checkpoint"
"""The file beside the trust file that holds the checkpoint of the last verification."""

_MAX_NOTE: Final = 100_000  # bytes
_MAX_SIGNATURES: Final = 100
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")  # but for line feeds
_DASH: Final = "\u2014 "  # C2SP signed-note: an em dash and a blank begin a signature line


class VerifierKey(Struct, frozen=True):
    """A public key with its name: who may sign a note."""

    name: str
    public: bytes  # 32 bytes
    algorithm: int = ED25519

    @property
    def id(self) -> bytes:
        """The 4 bytes that point to this key in a signature line."""
        return hashlib.sha256(f"{self.name}\n".encode() + self._key).digest()[:4]

    @property
    def _key(self) -> bytes:
        return bytes([self.algorithm]) + self.public

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(self._key).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a `name+hash+base64` vkey.

        Raises: ConfigError, when it is malformed or its hash is not its own.
        """
        parts = text.split("+", 2)
        key = _decode(parts[2]) if len(parts) == 3 else None  # noqa: PLR2004 - name, hash, key
        if key is None or len(key) != 1 + HASH_BYTES or key[0] not in (ED25519, COSIGNATURE) or not _is_name(parts[0]):
            raise ConfigError("a verifier key must read name+hash+base64 with an Ed25519 key")
        found = cls(parts[0], key[1:], key[0])
        if parts[1] != found.id.hex():
            raise ConfigError(f"the verifier key of {parts[0]} has the hash of another key; copy the whole line again")
        return found

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Tell whether a signature (with its time, for a witness) is this key's over a text."""
        if self.algorithm == COSIGNATURE:
            time, signature = signature[:8], signature[8:]
            text = b"cosignature/v1\ntime %d\n" % int.from_bytes(time, "big") + text
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer(Protocol):
    """The private half of a log key, wherever it is kept."""

    @property
    def vkey(self) -> VerifierKey:
        """The public half, whose name is the log's origin."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign with Ed25519: 64 bytes, the same for the same message."""
        ...


class Checkpoint(Struct, frozen=True):
    """One size of one log and the root of its tree."""

    origin: str
    size: int
    root: bytes  # 32 bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{self.root64}\n"

    @property
    def root64(self) -> str:
        """The root as the checkpoint writes it."""
        return b64encode(self.root).decode()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read exactly origin, size and root: extension lines are refused (VerificationError)."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:  # noqa: PLR2004 - three lines and what follows the last
            raise VerificationError("checkpoint: not exactly origin, size, root")
        if not (lines[1].isascii() and lines[1].isdigit() and len(lines[1]) < 20 and str(int(lines[1])) == lines[1]):  # noqa: PLR2004 - more than any tree
            raise VerificationError("checkpoint: bad size")
        root = _decode(lines[2])
        if root is None or len(root) != HASH_BYTES:
            raise VerificationError("checkpoint: malformed root")
        return cls(lines[0], int(lines[1]), root)


class Note(Struct, frozen=True):
    """A text and the known keys whose signatures on it hold."""

    text: str
    keys: tuple[VerifierKey, ...]


def sign_note(text: str, signers: Iterable[Signer]) -> str:
    """Write a text with one signature line for each signer."""
    lines = [
        f"{_DASH}{signer.vkey.name} {b64encode(signer.vkey.id + signer.sign(text.encode())).decode()}\n"
        for signer in signers
    ]
    return f"{text}\n{''.join(lines)}"


def note_text(raw: bytes) -> str:
    """Return what a note says, whoever signed it (VerificationError when it is no note)."""
    return _split(raw)[0]


def open_note(raw: bytes, keys: Sequence[VerifierKey]) -> Note:
    """Read a note that at least one of the keys has signed.

    Raises: VerificationError, when it is malformed, a known key's signature is wrong, or none is known.
    """
    text, lines = _split(raw)
    known = {(key.name, key.id): key for key in keys}
    signed: list[VerifierKey] = []
    for line in lines:
        name, signature = _signature(line)
        key = known.get((name, signature[:4]))
        if key is None or key in signed:
            continue
        if not key.verify(text.encode(), signature[4:]):
            raise VerificationError(f"invalid signature for key {name}+{key.id.hex()}")
        signed.append(key)
    if not signed:
        raise VerificationError("note has no verifiable signatures")
    return Note(text, tuple(signed))


def _split(raw: bytes) -> tuple[str, list[str]]:
    try:
        content = raw.decode() if len(raw) <= _MAX_NOTE else ""
    except UnicodeDecodeError:
        content = ""
    text, blank, signatures = content.rpartition("\n\n")
    ended = signatures.endswith("\n") and signatures.count("\n") <= _MAX_SIGNATURES
    if not blank or _CONTROL.search(content) or not ended:
        raise VerificationError("malformed note")
    return text + "\n", signatures[:-1].split("\n")


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    signature = _decode(encoded)
    if not line.startswith(_DASH) or not _is_name(name) or signature is None or len(signature) <= 4:  # noqa: PLR2004 - after the key's id
        raise VerificationError("malformed note")
    return name, signature


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(char.isspace() for char in name)


def _decode(text: str) -> bytes | None:
    """Decode base64 in its one canonical spelling; None for any other."""
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        return None
    return data if b64encode(data).decode() == text else None
