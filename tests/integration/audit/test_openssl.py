"""A third hand on the signatures: nothing but openssl, the public key, and the bytes of the file."""

import subprocess
from base64 import b64decode
from pathlib import Path

import pytest

from tests import servers

ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")  # RFC 8410: what stands before the 32 bytes of a public key


@pytest.fixture(scope="session")
def openssl():
    return servers.need("openssl")


def verdict(openssl, story, text: bytes, signature: bytes) -> bool:
    key, message, made = (story.root / name for name in ("key.der", "message", "signature"))
    key.write_bytes(ED25519_SPKI + story.log.signer.vkey.public)
    message.write_bytes(text)
    made.write_bytes(signature)
    command = [openssl, "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key]
    command += ["-rawin", "-in", message, "-sigfile", made]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ("Signature Verified Successfully" in done.stdout) == (done.returncode == 0)
    return done.returncode == 0


def signed(path: Path) -> tuple[bytes, bytes]:
    """The text of a note with its last newline, and the signature behind the four bytes of the key's id."""
    text, line = path.read_bytes().split(b"\n\n")
    return text + b"\n", b64decode(line.split()[-1])[4:]


def test_openssl_accepts_the_signature_of_every_checkpoint(story, openssl):
    paths = [story.directory / "checkpoint", *(story.directory / "checkpoints").iterdir()]
    assert all(verdict(openssl, story, *signed(path)) for path in paths)


def test_openssl_refuses_a_checkpoint_that_was_changed(story, openssl):
    text, signature = signed(story.directory / "checkpoint")
    assert not verdict(openssl, story, text.replace(b"duinrand", b"duinrend"), signature)
