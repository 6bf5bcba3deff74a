from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention.audit.note import COSIGNATURE, Checkpoint, VerifierKey, open_note, sign_note
from retention.audit.signer import FileSigner
from retention.audit.trust import parse_trust
from retention.errors import ConfigError, VerificationError

ORIGIN = "duinrand.example/retention/2026"
HEAD = Checkpoint(ORIGIN, 46, bytes(range(32)))


def signer(seed, name=ORIGIN):
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return FileSigner(VerifierKey(name, key.public_key().public_bytes_raw()), key)


def witness(seed, name):
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return VerifierKey(name, key.public_key().public_bytes_raw(), COSIGNATURE), key


def cosign(note, seed, name, time=1_782_950_400):
    vkey, key = witness(seed, name)
    text = note[: note.index("\n\n") + 1]
    signature = key.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
    line = b64encode(vkey.id + time.to_bytes(8, "big") + signature).decode()
    return note + f"\u2014 {name} {line}\n"


ONE, TWO = signer(1), signer(2)
NOTE = sign_note(HEAD.text, [ONE])


def opened(note, *keys):
    return open_note(note.encode(), [key.vkey for key in keys])


def trust(*lines):
    return parse_trust("\n".join(lines))


def test_the_example_of_the_specification_verifies():
    vkey = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    note = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"  # noqa: E501 - as published
    )
    assert open_note(note.encode(), [vkey]).keys == (vkey,)


def test_a_signed_note_opens_to_its_text():
    assert HEAD.text == opened(NOTE, ONE).text


def test_a_checkpoint_reads_back_as_it_was_written():
    assert Checkpoint.parse(HEAD.text) == HEAD


def test_a_note_without_a_known_key_is_refused():
    with pytest.raises(VerificationError, match="no verifiable signatures"):
        opened(NOTE, TWO)


def test_the_same_name_with_another_key_is_another_signer():
    assert opened(sign_note(HEAD.text, [ONE, TWO]), TWO).keys == (TWO.vkey,)


def test_a_wrong_signature_of_a_known_key_is_refused_even_beside_a_right_one():
    text, lines = sign_note(HEAD.text, [ONE, TWO]).split("\n\n")
    other = sign_note("other\n", [TWO]).split("\n\n")[1]
    with pytest.raises(VerificationError, match="invalid signature"):
        opened(f"{text}\n\n{lines.splitlines()[0]}\n{other}", ONE, TWO)


MALFORMED = {
    "no signatures": HEAD.text,
    "no blank line": NOTE.replace("\n\n", "\n"),
    "no last newline": NOTE[:-1],
    "a control character": NOTE.replace("46", "4\t6"),
    "a line that is no signature": NOTE + "-- x y\n",
    "base64 with unused bits": NOTE.replace(NOTE[-3:], chr(ord(NOTE[-3]) + 1) + NOTE[-2:]),
    "a short signature": NOTE + "\u2014 x AAAA\n",
    "too big": "x" * 100_001 + NOTE,
    "too many signatures": NOTE + NOTE.split("\n\n")[1] * 100,
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_note_is_refused(name):
    with pytest.raises(VerificationError, match="malformed note"):
        opened(MALFORMED[name], ONE)


def test_a_note_that_is_not_utf_8_is_refused():
    with pytest.raises(VerificationError, match="malformed note"):
        open_note(b"\xff" + NOTE.encode(), [ONE.vkey])


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        f"a\n1\n{HEAD.root64}\nextension\n",
        f"a\n01\n{HEAD.root64}\n",
        f"a\n-1\n{HEAD.root64}\n",
        f"a\n\u0661\n{HEAD.root64}\n",
        "a\n1\nAAAA\n",
        f"\n1\n{HEAD.root64}\n",
    ],
)
def test_anything_but_origin_size_and_root_is_no_checkpoint(text):
    with pytest.raises(VerificationError, match="checkpoint"):
        Checkpoint.parse(text)


def test_a_trusted_checkpoint_opens_with_the_keys_that_signed():
    found = trust(f"log {ONE.vkey}", f"log {TWO.vkey}", "quorum none").open_checkpoint(NOTE.encode())
    assert (found.checkpoint, found.keys) == (HEAD, (ONE.vkey,))


def test_a_key_does_not_vouch_for_another_origin():
    stranger = signer(3, "elsewhere")
    with pytest.raises(VerificationError, match="trusted log key of its origin"):
        trust(f"log {stranger.vkey}", "quorum none").open_checkpoint(sign_note(HEAD.text, [stranger]).encode())


WITNESSES = (f"witness w1 {witness(11, 'w1.example')[0]}", f"witness w2 {witness(12, 'w2.example')[0]}")


@pytest.mark.parametrize(
    ("group", "seeds", "met"),
    [("any", [11], True), ("any", [], False), ("all", [11], False), ("all", [11, 12], True), ("2", [12, 11], True)],
)
def test_a_quorum_of_witnesses_must_have_cosigned(group, seeds, met):
    policy = trust(f"log {ONE.vkey}", *WITNESSES, f"group g {group} w1 w2", "quorum g")
    note = NOTE
    for seed in seeds:
        note = cosign(note, seed, f"w{seed - 10}.example")
    if met:
        assert len(seeds) == len(policy.open_checkpoint(note.encode()).witnesses)
    else:
        with pytest.raises(VerificationError, match="quorum g not met"):
            policy.open_checkpoint(note.encode())


def test_a_cosignature_covers_its_time():
    policy = trust(f"log {ONE.vkey}", WITNESSES[0], "quorum w1")
    early, late = cosign(NOTE, 11, "w1.example", 1), cosign(NOTE, 11, "w1.example", 2)
    assert early != late
    line = b64encode(witness(11, "w1.example")[0].id + (3).to_bytes(8, "big") + bytes(64)).decode()
    with pytest.raises(VerificationError, match="invalid signature"):
        policy.open_checkpoint((NOTE + f"\u2014 w1.example {line}\n").encode())


BAD_TRUST = {
    "empty": [],
    "no quorum": [f"log {ONE.vkey}"],
    "no log": ["quorum none"],
    "two quorums": [f"log {ONE.vkey}", "quorum none", "quorum none"],
    "an unknown word": [f"log {ONE.vkey}", "trust me", "quorum none"],
    "an unknown quorum": [f"log {ONE.vkey}", "quorum w9"],
    "a damaged key": [f"log {str(ONE.vkey)[:-1]}", "quorum none"],
    "a hash of another key": [f"log {ORIGIN}+{TWO.vkey.id.hex()}+{str(ONE.vkey).split('+', 2)[2]}", "quorum none"],
    "a witness as a log": [f"log {witness(11, 'w')[0]}", "quorum none"],
    "a log as a witness": [f"log {ONE.vkey}", f"witness w {TWO.vkey}", "quorum none"],
    "a group that needs too many": [f"log {ONE.vkey}", *WITNESSES, "group g 3 w1 w2", "quorum g"],
    "a group that needs none": [f"log {ONE.vkey}", *WITNESSES, "group g 0 w1 w2", "quorum g"],
    "a group of strangers": [f"log {ONE.vkey}", "group g any w1", "quorum g"],
    "a group that counts one twice": [f"log {ONE.vkey}", WITNESSES[0], "group g 2 w1 w1", "quorum g"],
    "a name taken twice": [f"log {ONE.vkey}", WITNESSES[0], WITNESSES[0], "quorum w1"],
    "a witness called none": [f"log {ONE.vkey}", WITNESSES[0].replace(" w1 ", " none "), "quorum none"],
    "too many logs": [f"log {ONE.vkey}"] * 33 + ["quorum none"],
}


@pytest.mark.parametrize("name", BAD_TRUST)
def test_a_trust_file_that_could_be_read_two_ways_is_refused(name):
    with pytest.raises(ConfigError, match="trust file"):
        trust(*BAD_TRUST[name])


def test_comments_and_blank_lines_mean_nothing():
    assert trust("# ours", "", f"log {ONE.vkey}", "quorum none") == trust(f"log {ONE.vkey}", "quorum none")
