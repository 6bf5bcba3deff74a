"""What signs the log, behind a URI: the same code for a file today and a key service later."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention.audit.keys import read_log_key
from retention.audit.note import Signer, VerifierKey
from retention.discreet import Discreet
from retention.errors import ConfigError

__all__ = ["FileSigner", "Signer", "from_uri"]


class FileSigner(Discreet, frozen=True, eq=False):
    """A log key read from a file into memory."""

    vkey: VerifierKey
    _key: Ed25519PrivateKey

    seen = ("vkey",)

    def sign(self, message: bytes) -> bytes:
        """Sign with Ed25519: 64 bytes, the same for the same message."""
        return self._key.sign(message)


def from_uri(uri: str) -> Signer:
    """Open the signer that a URI names, such as `file:keys/log-2026.key`.

    Raises: ConfigError, for an unknown scheme or a key that cannot be used.
    """
    scheme, colon, rest = uri.partition(":")
    opener = _SCHEMES.get(scheme) if colon else None
    if opener is None:
        raise ConfigError(f"no signer for a key URI of scheme {scheme!r}; known: {', '.join(sorted(_SCHEMES))}")
    return opener(rest)


def _from_file(rest: str) -> Signer:
    name, seed = read_log_key(Path(rest))
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return FileSigner(VerifierKey(name, key.public_key().public_bytes_raw()), key)


_SCHEMES: Final[Mapping[str, Callable[[str], Signer]]] = {"file": _from_file}
