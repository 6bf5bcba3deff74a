"""Keys that people sign with."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

MAKERS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}


@pytest.fixture
def ssh_key(tmp_path):
    """Make a key of a kind: its private file, and its public line."""

    def make(kind):
        key = MAKERS[kind]()
        path = tmp_path / f"key-{kind}"
        path.touch(mode=0o600)
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        return path, key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()

    return make
