import copy
import shutil

import pytest

from retention.audit import entry as e
from retention.audit import keys
from retention.audit.note import sign_note
from retention.audit.recover import guard, rebuild
from retention.audit.verify import verify_directory
from retention.errors import AuditError, ConfigError, VerificationError
from tests.integration.audit.story import begin
from tests.unit.audit.authority import MemoryAuthority


def check(story, tx=None):
    guard(tx or story.tx, story.directory, story.log.signer.vkey)


def more(story):
    return story.say(e.DatasetText(id="a.b", sha256="d1" * 32))


def test_a_control_store_that_extends_what_is_published_may_go_on(story):
    check(story)
    more(story)
    check(story)


def test_a_new_installation_may_begin(story):
    guard(MemoryAuthority(), story.root / "nowhere", story.log.signer.vkey)


def test_a_control_store_restored_from_a_backup_is_stopped(story):
    backup = copy.deepcopy(story.tx)
    more(story)
    story.publish()
    with pytest.raises(AuditError, match="restored from a backup") as stopped:
        check(story, backup)
    assert stopped.value.exit_status == 4


def test_a_restored_control_store_that_went_on_is_stopped(story):
    backup = copy.deepcopy(story.tx)
    more(story)
    story.publish()
    story.tx = backup
    story.say(e.DatasetText(id="other", sha256="d1" * 32), e.DatasetText(id="another", sha256="d1" * 32))
    with pytest.raises(AuditError, match="another history at size"):
        check(story)


def test_a_new_control_store_beside_a_published_log_is_stopped(story):
    with pytest.raises(AuditError, match="it is new, or was restored"):
        check(story, MemoryAuthority())


def test_a_missing_published_directory_is_stopped(story):
    shutil.rmtree(story.directory)
    with pytest.raises(AuditError, match="moved, deleted or rolled back"):
        check(story)


def test_a_published_directory_that_was_rolled_back_is_stopped(story):
    older = story.copy("older")
    more(story)
    story.publish()
    shutil.rmtree(story.directory)
    older.rename(story.directory)
    with pytest.raises(AuditError, match="moved, deleted or rolled back"):
        check(story)


def test_a_damaged_archived_checkpoint_is_stopped(story):
    path = story.directory / "checkpoints" / f"{1:012}"
    path.write_bytes(b"x")
    with pytest.raises(AuditError, match="is no checkpoint"):
        check(story)


def test_an_archived_checkpoint_of_another_history_is_stopped(story):
    path = story.directory / "checkpoints" / f"{1:012}"
    text = path.read_text().split("\n\n")[0].split("\n")
    path.write_text(sign_note("\n".join([*text[:2], "A" * 43 + "=", ""]), [story.log.signer]))
    with pytest.raises(AuditError, match="another history at size 1"):
        check(story)


def test_a_leaf_changed_in_the_control_store_is_stopped(story):
    story.tx.stored[3] = story.tx.stored[3].replace(b"cvs", b"abc")
    with pytest.raises(AuditError, match="do not hash to its own tree"):
        check(story)


def test_a_tree_that_is_not_the_signed_one_is_stopped(story):
    del story.tx.notes[story.tx.size()]
    with pytest.raises(AuditError, match="do not hash to its own checkpoint"):
        check(story)


def test_another_log_s_key_is_stopped(story):
    vkey = keys.make_log_key(story.root / "b.key", story.log.origin)
    with pytest.raises(ConfigError, match="not in force in this log"):
        guard(story.tx, story.directory, vkey)


def test_another_origin_is_stopped(story):
    vkey = keys.make_log_key(story.root / "b.key", "elsewhere.example")
    with pytest.raises(AuditError, match=r"not of elsewhere.example"):
        guard(story.tx, story.directory, vkey)


def test_a_key_added_later_may_sign_and_a_retired_one_may_not(story):
    vkey = keys.make_log_key(story.root / "b.key", story.log.origin)
    story.say(e.LogKey(event="add", vkey=str(vkey)))
    guard(story.tx, story.directory, vkey)
    story.say(e.LogKey(event="retire", vkey=str(story.log.signer.vkey)))
    with pytest.raises(ConfigError, match="not in force"):
        check(story)


def test_an_authority_rebuilt_from_the_published_log_goes_on_with_it(story, go_verify):
    fresh = MemoryAuthority()
    rebuild(fresh, story.directory, story.trust)
    assert fresh.stored == story.tx.stored
    assert (fresh.frontier(), fresh.published()) == (story.tx.frontier(), story.tx.published())
    check(story, fresh)
    story.tx = fresh
    story.end(story.start(9, plan=None))
    story.publish()
    verify_directory(story.directory, story.trust)
    go_verify(story.directory, story.trust_file)


def test_only_an_empty_authority_is_rebuilt(story):
    with pytest.raises(AuditError, match="only an empty one"):
        rebuild(story.tx, story.directory, story.trust)


def test_nothing_is_rebuilt_from_a_log_that_does_not_verify(story):
    fresh = MemoryAuthority()
    (story.directory / "foreign").write_bytes(b"")
    with pytest.raises(VerificationError):
        rebuild(fresh, story.directory, story.trust)
    assert fresh.size() == 0


def test_a_log_is_begun_once(tmp_path):
    story = begin(tmp_path)
    with pytest.raises(AuditError, match="a log already"):
        story.log.initialise(story.tx, time=story.now)
    with pytest.raises(AuditError, match="a log already"):
        story.log.initialise(MemoryAuthority(), time=story.now)


def test_a_published_directory_that_cannot_be_looked_at_is_stopped(story):
    with pytest.raises(AuditError, match="the published log cannot be read"):
        guard(story.tx, story.directory / ("x" * 300), story.log.signer.vkey)
