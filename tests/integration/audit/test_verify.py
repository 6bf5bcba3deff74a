import subprocess
import sys
from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention.audit.note import COSIGNATURE, VerifierKey
from retention.audit.verify import verify_directory
from retention.errors import UsageError, VerificationError

WITNESS = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
WITNESS_KEY = VerifierKey("witness.example", WITNESS.public_key().public_bytes_raw(), COSIGNATURE)


def verified(story, *since, **options):
    return verify_directory(story.directory, story.trust, since=since, **options)


def note(story, size):
    return (story.directory / "checkpoints" / f"{size:012}").read_bytes()


def lines(story, size):
    return note(story, size).split(b"\n\n")[0] + b"\n"


def sizes(story):
    return sorted(int(path.name) for path in (story.directory / "checkpoints").iterdir())


def test_a_kept_note_says_up_to_when_history_is_fixed(story):
    size = sizes(story)[1]
    found = verified(story, note(story, size))
    assert list(found.kept) == [size]
    assert any(f"(size {size}) is the one that was kept" in sentence for sentence in found.covered)
    assert any(f"rollback between {found.kept[size]}" in sentence for sentence in found.not_covered)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text,
        bytes.strip,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"  " + text.replace(b"\n", b"  \n  ") + b"\n\n",
    ],
    ids=["as they are", "without the last newline", "from Windows or a mail", "indented in a mail"],
)
@pytest.mark.parametrize("kept", [lines, note], ids=["three lines", "with its signature"])
def test_a_kept_checkpoint_may_have_been_pasted_by_any_program(story, spoil, kept):
    size = sizes(story)[2]
    assert list(verified(story, spoil(kept(story, size))).kept) == [size]


def test_several_kept_checkpoints_are_all_held_against_the_log(story):
    assert list(verified(story, *(note(story, size) for size in sizes(story))).kept) == sizes(story)


def test_three_lines_of_another_history_are_noticed(story):
    text = lines(story, sizes(story)[2]).split(b"\n")
    text[2] = b"A" * 43 + b"="
    with pytest.raises(VerificationError, match="--since #1: HISTORY REWRITTEN"):
        verified(story, b"\n".join(text))


def test_three_lines_of_a_longer_log_are_noticed(story):
    text = lines(story, sizes(story)[2]).split(b"\n")
    text[1] = b"9999"
    with pytest.raises(VerificationError, match="ROLLBACK: an earlier checkpoint has size 9999"):
        verified(story, b"\n".join(text))


def test_three_lines_of_another_log_are_noticed(story):
    with pytest.raises(VerificationError, match="other origin"):
        verified(story, b"x" + lines(story, sizes(story)[2]))


@pytest.mark.parametrize("raw", [b"", b"x", b"\xff\xfe", b"a\nb\nc\n"])
def test_a_kept_file_that_is_no_checkpoint_is_the_caller_s_mistake(story, raw):
    with pytest.raises(UsageError, match="is no checkpoint") as refusal:
        verified(story, raw)
    assert refusal.value.exit_status == 2


def test_a_kept_note_that_nobody_trusted_signed_is_refused(story):
    with pytest.raises(VerificationError, match="--since #1: checkpoint: note has no verifiable"):
        verified(story, note(story, sizes(story)[1]).replace(b"\xe2\x80\x94 duin", b"\xe2\x80\x94 tuin"))


def test_what_no_anchor_covers_is_said(story):
    found = verified(story)
    assert f"rollback before {found.last_time} not excluded: no --since, no witness, no token" in found.not_covered


def test_unread_manifests_are_said(story):
    found = verified(story, manifests=False)
    assert (found.refs, found.destroyed) == (None, 6)
    assert "manifests: not read" in found.not_covered


def test_without_manifests_a_missing_one_is_not_noticed_as_it_says(story, go_verify):
    next(path for path in (story.directory / "manifest").rglob("*") if path.is_file()).unlink()
    verified(story, manifests=False)
    go_verify.fails(story.directory, story.trust_file)


def cosign(path):
    raw = path.read_bytes()
    text = raw[: raw.index(b"\n\n") + 1]
    signature = WITNESS.sign(b"cosignature/v1\ntime 1782950400\n" + text)
    line = b64encode(WITNESS_KEY.id + (1_782_950_400).to_bytes(8, "big") + signature)
    path.write_bytes(raw + b"\xe2\x80\x94 witness.example " + line + b"\n")


def test_a_witness_that_the_trust_file_wants_must_have_cosigned_every_checkpoint(story, go_verify):
    story.trust_file.write_text(f"log {story.log.signer.vkey}\nwitness w {WITNESS_KEY}\nquorum w\n")
    message = "witness quorum .?w.? not met"
    assert "quorum" in go_verify.fails(story.directory, story.trust_file)
    with pytest.raises(VerificationError, match=message):
        verified(story)
    for path in (story.directory / "checkpoint", *(story.directory / "checkpoints").iterdir()):
        cosign(path)
    go_verify(story.directory, story.trust_file)
    found = verified(story)
    assert found.witnesses == {"w"}
    assert not any("rollback" in sentence for sentence in found.not_covered)


def test_an_empty_directory_is_no_log(tmp_path, story):
    (tmp_path / "empty").mkdir()
    with pytest.raises(VerificationError, match="checkpoint missing"):
        verify_directory(tmp_path / "empty", story.trust)


def test_links_out_of_the_directory_are_not_followed(story):
    (story.directory / "elsewhere").symlink_to("/")
    with pytest.raises(VerificationError, match="unexpected file elsewhere"):
        verified(story)


def test_the_verifier_imports_nothing_of_the_writer():
    program = "import retention.audit.verify, sys; print(*sorted(m for m in sys.modules if m.startswith('retention.')))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    writer = {"entry", "leaf", "shape", "log", "project", "durable", "recover", "keys", "signer", "reference"}
    assert not {f"retention.audit.{name}" for name in writer} & set(loaded.stdout.split())
    assert "retention.audit.verify_rules" in loaded.stdout
