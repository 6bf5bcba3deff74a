"""SSH signatures, held to OpenSSH's own tool where it is there."""

import base64
import shutil
import subprocess

import pytest

from retention.errors import ConfigError, UsageError
from retention.people import key_blob
from retention.sshsig import sign, verify

TEXT = b"retention-plan/v1\n\ndigest: ab\n"
NAMESPACE = "retention-plan"
KINDS = ["ed25519", "p256", "p384", "p521", "rsa"]

openssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_sign_we_verify(ssh_key, kind):
    private, public = ssh_key(kind)
    assert verify(TEXT, sign(TEXT, private, NAMESPACE).encode(), NAMESPACE).key == key_blob(public, "me")


@openssh
@pytest.mark.parametrize("kind", KINDS)
def test_openssh_verifies_what_we_sign(ssh_key, tmp_path, kind):
    private, public = ssh_key(kind)
    (tmp_path / "page.sig").write_text(sign(TEXT, private, NAMESPACE))
    (tmp_path / "allowed").write_text(f"k.smit {public}\n")
    command = ["ssh-keygen", "-Y", "verify", "-f", tmp_path / "allowed", "-I", "k.smit", "-n", NAMESPACE]
    subprocess.run([*command, "-s", tmp_path / "page.sig"], input=TEXT, check=True, capture_output=True)


@openssh
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hash_name", ["sha256", "sha512"])
def test_we_verify_what_openssh_signs(ssh_key, tmp_path, kind, hash_name):
    private, public = ssh_key(kind)
    (tmp_path / "page").write_bytes(TEXT)
    command = ["ssh-keygen", "-Y", "sign", "-f", private, "-n", NAMESPACE, "-O", f"hashalg={hash_name}"]
    subprocess.run([*command, tmp_path / "page"], check=True, capture_output=True)
    assert verify(TEXT, (tmp_path / "page.sig").read_bytes(), NAMESPACE).key == key_blob(public, "me")


@pytest.mark.parametrize("kind", KINDS)
def test_another_text_is_refused(ssh_key, kind):
    private, _ = ssh_key(kind)
    with pytest.raises(UsageError, match="not of this text"):
        verify(TEXT + b" ", sign(TEXT, private, NAMESPACE).encode(), NAMESPACE)


def test_a_signature_for_another_purpose_is_refused(ssh_key):
    private, _ = ssh_key("ed25519")
    with pytest.raises(UsageError):
        verify(TEXT, sign(TEXT, private, "git").encode(), NAMESPACE)


def test_no_flipped_bit_is_accepted_as_another_signature(ssh_key):
    private, public = ssh_key("ed25519")
    lines = sign(TEXT, private, NAMESPACE).splitlines()
    blob = base64.b64decode("".join(lines[1:-1]))
    accepted = 0
    for bit in range(8 * len(blob)):
        flipped = bytearray(blob)
        flipped[bit // 8] ^= 1 << bit % 8
        armoured = "\n".join((lines[0], base64.b64encode(flipped).decode(), lines[-1])).encode()
        try:
            accepted += verify(TEXT, armoured, NAMESPACE).key == key_blob(public, "me")
        except UsageError:
            continue
    assert accepted == 0


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\xff",
        b"-----BEGIN SSH SIGNATURE-----\n",
        b"-----BEGIN SSH SIGNATURE-----\n*\n-----END SSH SIGNATURE-----",
        b"x" * 20_000,
    ],
    ids=["nothing", "no text", "no end", "no base64", "too long"],
)
def test_garbage_is_refused(garbage):
    with pytest.raises(UsageError, match="not an SSH signature"):
        verify(TEXT, garbage, NAMESPACE)


def test_a_signature_with_something_in_the_reserved_place_is_refused(ssh_key):
    private, _ = ssh_key("ed25519")
    lines = sign(TEXT, private, NAMESPACE).splitlines()
    blob = base64.b64decode("".join(lines[1:-1]))
    before, after = blob.split(NAMESPACE.encode() + bytes(4))
    more = base64.b64encode(before + NAMESPACE.encode() + b"\0\0\0\1x" + after).decode()
    with pytest.raises(UsageError):
        verify(TEXT, "\n".join((lines[0], more, lines[-1])).encode(), NAMESPACE)


def test_a_key_that_others_can_read_does_not_sign(ssh_key):
    private, _ = ssh_key("ed25519")
    private.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        sign(TEXT, private, NAMESPACE)


def test_a_file_that_is_no_key_does_not_sign(tmp_path):
    (tmp_path / "key").write_text("no key")
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(ConfigError, match="no OpenSSH private key"):
        sign(TEXT, tmp_path / "key", NAMESPACE)
