from pathlib import Path

import pytest

from retention.audit import entry as e
from retention.audit import keys
from retention.audit.log import Log
from retention.audit.signer import from_uri
from retention.audit.verify import verify_directory
from tests.integration.audit.story import begin, prepare


def test_both_verifiers_accept_five_nights(story, go_verify):
    found = verify_directory(story.directory, story.trust)
    assert go_verify(story.directory, story.trust_file) == (
        f"OK: size {found.size} root {found.root}, {found.checkpoints} checkpoints consistent, {found.refs} references "
        f"in intents, {found.destroyed} destroyed, last entry {found.last_time}, open intents []\n"
    )
    assert (found.destroyed, found.refs, found.checkpoints, found.exit_status) == (6, 9, 6, 0)


def test_an_open_intent_is_verified_but_not_well(tmp_path, go_verify):
    story = begin(tmp_path)
    prepare(story)
    run = story.start(2)
    index = story.intend(run, 1)
    story.end(run, status="failed", open_=(index,))
    story.publish()
    found = verify_directory(story.directory, story.trust)
    assert (found.open_intents, found.exit_status) == ((index,), 5)
    assert f"open intents [{index}]" in go_verify(story.directory, story.trust_file)


def test_an_unfinished_run_can_be_published_and_verifies(tmp_path, go_verify):
    story = begin(tmp_path)
    prepare(story)
    index = story.intend(story.start(2), 1)
    story.publish()
    assert verify_directory(story.directory, story.trust).open_intents == (index,)
    go_verify(story.directory, story.trust_file)


@pytest.mark.parametrize("step", [51, 85, 128, 256, 300])
def test_logs_that_cross_a_tile_verify_at_every_publication(tmp_path, go_verify, step):
    story = begin(tmp_path)
    while story.tx.size() < 520:
        story.say(*[e.DatasetText(id=f"a.b{n}", sha256="d1" * 32) for n in range(step)])
        story.publish()
        assert verify_directory(story.directory, story.trust).size == story.tx.size()
    go_verify(story.directory, story.trust_file)


@pytest.mark.parametrize("size", [255, 256, 257, 512])
def test_a_log_that_ends_at_the_edge_of_a_tile_verifies(tmp_path, go_verify, size):
    story = begin(tmp_path)
    story.say(*[e.DatasetText(id=f"a.b{n}", sha256="d1" * 32) for n in range(size - 1)])
    story.publish()
    assert verify_directory(story.directory, story.trust).size == size
    go_verify(story.directory, story.trust_file)


def test_manifests_may_go_with_their_reference_key(story, go_verify):
    story.say(e.RefKey(event="destroy", id=story.refkey.id, dataset="cvs.dossier"))
    run = story.start(7, plan=None)
    story.end(run)
    story.publish()
    verify_directory(story.directory, story.trust)
    go_verify(story.directory, story.trust_file)
    for path in Path(story.directory / "manifest").rglob("*"):
        if path.is_file():
            path.unlink()
    found = verify_directory(story.directory, story.trust)
    assert (found.refs, found.destroyed) == (0, 6)
    go_verify(story.directory, story.trust_file)


def rotated(story):
    """The log with a second key in force beside the first, and a trust file that knows both."""
    vkey = keys.make_log_key(story.root / "keys" / "log-b.key", story.log.origin)
    story.trust_file.write_text(f"log {story.log.signer.vkey}\nlog {vkey}\nquorum none\n")
    story.say(e.LogKey(event="add", vkey=str(vkey)))
    old, new = story.log.signer, from_uri(f"file:{story.root / 'keys' / 'log-b.key'}")
    return old, new


def signed_by(story, signer):
    story.log = Log(signer=signer, directory=story.log.directory, scratch=story.log.scratch)


def test_a_new_key_signs_after_it_was_added_and_the_old_one_may_retire(story, go_verify):
    old, new = rotated(story)
    signed_by(story, new)
    story.say(e.LogKey(event="retire", vkey=str(old.vkey)))
    story.end(story.start(7, plan=None))
    story.publish()
    assert verify_directory(story.directory, story.trust).exit_status == 0
    go_verify(story.directory, story.trust_file)


def test_a_record_s_opening_proves_it_was_destroyed(story):
    (ref,) = story.refs(3)
    manifests = [path.read_bytes() for path in (story.directory / "manifest").rglob("*") if path.is_file()]
    assert any(ref in manifest for manifest in manifests)
