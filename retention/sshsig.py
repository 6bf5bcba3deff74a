"""Detached SSH signatures (OpenSSH PROTOCOL.sshsig, version 1): what `ssh-keygen -Y sign` writes and `-Y verify` reads.

Ed25519, ECDSA on the NIST curves, and RSA with SHA-2. No agent, no certificates, no security keys.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, ssh
from msgspec import Struct

from retention.errors import ConfigError, UsageError

_MAGIC: Final = b"SSHSIG"
_VERSION: Final = 1
_BEGIN: Final = "-----BEGIN SSH SIGNATURE-----"
_END: Final = "-----END SSH SIGNATURE-----"
_HASHES: Final = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_LEAST_RSA_BITS: Final = 2048
_MOST_BYTES: Final = 16 << 10  # far more than any signature takes
_LINE: Final = 70

PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey
PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Signature(Struct, frozen=True):
    """A signature whose mathematics hold; whether its key is anybody's is another question."""

    key: bytes  # the public key's blob
    sha256: str  # of the signature file, 64 lower-case hex


def verify(message: bytes, armoured: bytes, namespace: str) -> Signature:
    """Verify a detached signature over a message, made for a namespace.

    Raises:
        UsageError: it is no signature, of another text, for another purpose, or of a kind we do not take.

    """
    try:
        key, signed, signature = _parse(armoured, message, namespace.encode())
        _check(_public_key(key), signed, signature)
    except InvalidSignature:
        raise UsageError(
            "The signature is not of this text, or was altered. Sign the text as `plan` wrote it."
        ) from None
    except (ValueError, IndexError, UnsupportedAlgorithm) as error:
        raise UsageError(
            "The signature file is not an SSH signature that can be read. Make it with "
            f"`ssh-keygen -Y sign -n {namespace} -f KEY FILE`, with an Ed25519, ECDSA or RSA key."
        ) from error
    return Signature(key, hashlib.sha256(armoured).hexdigest())


def sign(message: bytes, private_key: Path, namespace: str) -> str:
    """Sign a message with a private key file, as `ssh-keygen -Y sign` does.

    Raises:
        ConfigError: the key cannot be read, others may read it, or it is of a kind we do not take.

    """
    key = _private_key(private_key)
    public = base64.b64decode(key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split()[1])
    signed = _signed_data(namespace.encode(), b"sha512", message)
    parts = (public, namespace.encode(), b"", b"sha512", _signature(key, signed))
    blob = _MAGIC + _VERSION.to_bytes(4) + b"".join(map(_string, parts))
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return "\n".join((_BEGIN, *lines, _END, ""))


def _parse(armoured: bytes, message: bytes, namespace: bytes) -> tuple[bytes, bytes, bytes]:
    """The key's blob, the bytes that were signed, the signature's blob."""
    if len(armoured) > _MOST_BYTES:
        raise ValueError("too long")
    lines = armoured.decode("ascii").strip().splitlines()
    if lines[0].strip() != _BEGIN or lines[-1].strip() != _END:
        raise ValueError("no armour")
    try:
        blob = base64.b64decode("".join(line.strip() for line in lines[1:-1]), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    head = _MAGIC + _VERSION.to_bytes(4)
    if not blob.startswith(head):
        raise ValueError("no SSHSIG of version 1")
    key, made_for, reserved, hash_name, signature = _strings(blob[len(head) :], 5)
    if made_for != namespace or reserved or hash_name not in _HASHES:
        raise ValueError("another namespace or hash, or something of a later version")
    return key, _signed_data(made_for, hash_name, message), signature


def _signed_data(namespace: bytes, hash_name: bytes, message: bytes) -> bytes:
    parts = (namespace, b"", hash_name, _HASHES[hash_name](message).digest())
    return _MAGIC + b"".join(map(_string, parts))


def _public_key(blob: bytes) -> PublicKey:
    (kind,) = _strings(blob, 1, rest=True)
    key = ssh.load_ssh_public_key(kind + b" " + base64.b64encode(blob))
    if isinstance(key, ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS:
        return key
    raise ValueError("a key of a kind we do not take")


def _check(key: PublicKey, signed: bytes, blob: bytes) -> None:
    kind, signature = _strings(blob, 2)
    match key:
        case ed25519.Ed25519PublicKey():
            _expect(kind == b"ssh-ed25519")
            key.verify(signature, signed)
        case ec.EllipticCurvePublicKey():
            _expect(kind == _curve_name(key.key_size))
            r, s = (int.from_bytes(part) for part in _strings(signature, 2))
            key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(_curve_hash(key.key_size)))
        case rsa.RSAPublicKey():
            _expect(kind in (b"rsa-sha2-256", b"rsa-sha2-512"))
            hash_ = hashes.SHA256() if kind == b"rsa-sha2-256" else hashes.SHA512()
            key.verify(signature, signed, padding.PKCS1v15(), hash_)


def _expect(kind_fits: bool) -> None:  # noqa: FBT001 - the thing to be true
    if not kind_fits:
        raise ValueError("a signature of another kind than its key")


def _curve_name(bits: int) -> bytes:
    return f"ecdsa-sha2-nistp{bits}".encode()


def _curve_hash(bits: int) -> hashes.HashAlgorithm:
    """RFC 5656 6.2.1: the hash goes with the size of the curve."""
    match bits:
        case 256:
            return hashes.SHA256()
        case 384:
            return hashes.SHA384()
        case _:
            return hashes.SHA512()


def _signature(key: PrivateKey, signed: bytes) -> bytes:
    match key:
        case ed25519.Ed25519PrivateKey():
            return _string(b"ssh-ed25519") + _string(key.sign(signed))
        case ec.EllipticCurvePrivateKey():
            pair = decode_dss_signature(key.sign(signed, ec.ECDSA(_curve_hash(key.key_size))))
            return _string(_curve_name(key.key_size)) + _string(b"".join(_string(_number(part)) for part in pair))
        case rsa.RSAPrivateKey():
            return _string(b"rsa-sha2-512") + _string(key.sign(signed, padding.PKCS1v15(), hashes.SHA512()))


def _private_key(path: Path) -> PrivateKey:
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise ConfigError(f"The key {path} can be read by others. Run `chmod 600 {path}`.")
            key = ssh.load_ssh_private_key(file.read(), password=None)
    except OSError as error:
        raise ConfigError(f"The key {path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigError(
            f"{path} is no OpenSSH private key without a passphrase. Sign with ssh-keygen instead."
        ) from None
    if isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        return key
    raise ConfigError(f"The key {path} is of a kind that does not sign plans. Use an Ed25519 key.")


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4) + data


def _number(value: int) -> bytes:
    """An SSH mpint: big-endian, a leading zero where the first bit is set."""
    return value.to_bytes(value.bit_length() // 8 + 1) if value else b""


def _strings(data: bytes, count: int, *, rest: bool = False) -> list[bytes]:
    """Length-prefixed strings, exactly `count`, and nothing behind them unless `rest`."""
    found = []
    for _ in range(count):
        end = 4 + int.from_bytes(data[:4])
        if len(data) < end:
            raise ValueError("cut off")
        found.append(data[4:end])
        data = data[end:]
    if data and not rest:
        raise ValueError("more than a signature")
    return found
