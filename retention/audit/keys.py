"""Key files: made once, readable by their owner only, refused otherwise.

Three kinds: the log key (one line, `PRIVATE+KEY+name+hash+base64`, the form of Go's note package), reference keys
and the spool key (64 hex digits and a newline). Existing files are never overwritten: a lost key is a lost proof.
"""

import os
import re
import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention.audit import shape
from retention.audit.note import ED25519, VerifierKey
from retention.audit.reference import ReferenceKey
from retention.errors import ConfigError

_SEED_BYTES: Final = 32
_OTHERS: Final = 0o077  # permission bits of group and others
_HEX: Final = re.compile(r"[0-9a-f]{64}\n?")
_LOG_KEY: Final = re.compile(r"PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})\n?")


def make_log_key(path: Path, origin: str) -> VerifierKey:
    """Make the log's key pair in a new file; return the public half.

    Raises: ConfigError, when the origin cannot name a log or the file exists.
    """
    if not shape.is_origin(origin):
        raise ConfigError(
            "log origin: letters, digits and . _ - / only, such as example.org/retention/2026; no scheme, blank or +"
        )
    seed = secrets.token_bytes(_SEED_BYTES)
    vkey = _public(origin, seed)
    encoded = b64encode(bytes([ED25519]) + seed).decode()
    _create(path, f"PRIVATE+KEY+{origin}+{vkey.id.hex()}+{encoded}\n")
    return vkey


def read_log_key(path: Path) -> tuple[str, bytes]:
    """Read a log key: its name, which is the log's origin, and the 32-byte seed.

    Raises: ConfigError, when it is missing, malformed or readable by others.
    """
    found = _LOG_KEY.fullmatch(_read(path))
    try:
        key = b64decode(found[3], validate=True) if found else b""
    except Base64Error:
        key = b""
    if (
        found is None
        or len(key) != 1 + _SEED_BYTES
        or key[0] != ED25519
        or _public(found[1], key[1:]).id.hex() != found[2]
    ):
        raise ConfigError(f"{path} is not a log key: one line PRIVATE+KEY+name+hash+base64, whole and unchanged")
    return found[1], key[1:]


def reference_key_id(dataset: str, year: int) -> str:
    """Name the reference key of a dataset and the year of the plan's reference date."""
    if not shape.is_id(dataset) or ":" in dataset:
        raise ConfigError("a dataset with a reference key is named with letters, digits and . _ - only")
    return f"{dataset}-{year:04}"


def reference_key_path(keys: Path, key_id: str) -> Path:
    """Name the file of a reference key."""
    return keys / "refkeys" / f"{key_id}.key"


def make_reference_key(keys: Path, dataset: str, year: int) -> ReferenceKey:
    """Make the reference key of a dataset and year in a new file (ConfigError when it exists)."""
    key_id = reference_key_id(dataset, year)
    return ReferenceKey(key_id, _make_secret(reference_key_path(keys, key_id)))


def read_reference_key(keys: Path, dataset: str, year: int) -> ReferenceKey | None:
    """Read the reference key of a dataset and year; None when there is no file.

    Raises: ConfigError, when it is malformed or readable by others.
    """
    key_id = reference_key_id(dataset, year)
    path = reference_key_path(keys, key_id)
    return ReferenceKey(key_id, _read_secret(path)) if path.exists() else None


def make_spool_key(keys: Path) -> bytes:
    """Make the AES-GCM key of the spool, 32 bytes, in a new file (ConfigError when it exists)."""
    return _make_secret(keys / "refkeys" / "spool.key")


def read_spool_key(keys: Path) -> bytes:
    """Read the AES-GCM key of the spool: 32 bytes.

    Raises: ConfigError, when it is missing, malformed or readable by others.
    """
    return _read_secret(keys / "refkeys" / "spool.key")


def pseudonym_key_path(keys: Path, name: str) -> Path:
    """Name the file of a pseudonym key (ConfigError when its name cannot be a file's)."""
    if not shape.is_id(name) or ":" in name:
        raise ConfigError(f"a pseudonym key is named with letters, digits and . _ - only, not {name!r}")
    return keys / "pseudonyms" / f"{name}.key"


def make_pseudonym_key(keys: Path, name: str) -> bytes:
    """Make a pseudonym key, 32 bytes, in a new file (ConfigError when it exists)."""
    return _make_secret(pseudonym_key_path(keys, name))


def read_pseudonym_key(keys: Path, name: str) -> bytes:
    """Read a pseudonym key: 32 bytes.

    Raises: ConfigError, when it is missing, malformed or readable by others.
    """
    return _read_secret(pseudonym_key_path(keys, name))


def write_trust(path: Path, vkey: VerifierKey) -> None:
    """Write a first trust file: this log key, no witness. It holds nothing secret (ConfigError when it exists)."""
    _create(path, f"log {vkey}\nquorum none\n", mode=0o644)


def _public(name: str, seed: bytes) -> VerifierKey:
    return VerifierKey(name, Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def _make_secret(path: Path) -> bytes:
    key = secrets.token_bytes(_SEED_BYTES)
    _create(path, key.hex() + "\n")
    return key


def _read_secret(path: Path) -> bytes:
    text = _read(path)
    if not _HEX.fullmatch(text):
        raise ConfigError(f"{path} is not a key: 64 hex digits and a newline")
    return bytes.fromhex(text.strip())


def _create(path: Path, text: str, mode: int = 0o600) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except FileExistsError as error:
        raise ConfigError(f"{path} exists already and is not overwritten; a key that is replaced is lost") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from error


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            # Of the file that is open, not of whatever bears its name a moment later.
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise ConfigError(f"{path} can be read by others than its owner; run: chmod 600 {path}")
            return file.read(4096).decode("ascii")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not a key file") from error
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}. Put it back from its back-up, or have [keys] directory name "
            "where it is; a new key cannot stand in for it."
        ) from error
