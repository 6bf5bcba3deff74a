"""The attack table of the audit format, on both verifiers: those that pass plainly are asserted to pass."""

import re
import shutil
from hashlib import sha256

import pytest

from retention.audit import entry as e
from retention.audit import keys, merkle
from retention.audit.log import Log
from retention.audit.note import Checkpoint, sign_note
from retention.audit.signer import from_uri
from retention.audit.tiles import decode_bundle, encode_bundle
from retention.audit.verify import verify_directory
from retention.errors import VerificationError
from tests.integration.audit.story import CLIENT, DOSSIER, ORIGIN, begin, prepare, tell


def refused(story, go_verify, message, directory=None, since=()):
    """Both verifiers refuse, each with the message."""
    directory = directory or story.directory
    assert re.search(message, go_verify.fails(directory, story.trust_file, since))
    with pytest.raises(VerificationError, match=message):
        verify_directory(directory, story.trust, since=[kept.read_bytes() for kept in since])


def accepted(story, go_verify, directory=None, since=()):
    directory = directory or story.directory
    go_verify(directory, story.trust_file, since)
    return verify_directory(directory, story.trust, since=[kept.read_bytes() for kept in since])


def newest(story, folder):
    return max((story.directory / "tile" / folder / "000.p").iterdir(), key=lambda path: int(path.name))


def forge(story, change):
    """Change the entries and rebuild all tiles, without the key."""
    path = newest(story, "entries")
    entries = change(decode_bundle(path.read_bytes()))
    shutil.rmtree(story.directory / "tile")
    for folder, data in (
        ("entries", encode_bundle(entries)),
        ("0", b"".join(merkle.leaf_hash(entry) for entry in entries)),
    ):
        target = story.directory / "tile" / folder / "000.p" / path.name
        target.parent.mkdir(parents=True)
        target.write_bytes(data)


def resign(story, signer, size=None):
    """Sign the tree of the tiles as they are, as whoever holds the key can."""
    hashes = newest(story, "0").read_bytes()
    leaves = [hashes[at : at + 32] for at in range(0, len(hashes), 32)][:size]
    head = Checkpoint(ORIGIN, len(leaves), merkle.root_of(leaves))
    return sign_note(head.text, [signer])


def test_an_entry_edited_in_place(story, go_verify):
    path = newest(story, "entries")
    path.write_bytes(path.read_bytes().replace(b'"count":20', b'"count":21'))
    refused(story, go_verify, r"entry 8 does not hash to its leaf")


CHANGES = {
    "edited": lambda entries: [entry.replace(b'"count":20', b'"count":21') for entry in entries],
    "swapped": lambda entries: [*entries[:3], entries[4], entries[3], *entries[5:]],
    "inserted and deleted": lambda entries: [*entries[:3], entries[3], *entries[3:-1]],
}


@pytest.mark.parametrize("name", CHANGES)
def test_entries_changed_and_all_tiles_rebuilt(story, go_verify, name):
    forge(story, CHANGES[name])
    refused(story, go_verify, "tree does not match checkpoint")


def test_signed_with_an_own_key_of_the_same_name(story, go_verify):
    keys.make_log_key(story.root / "forger.key", ORIGIN)
    forger = from_uri(f"file:{story.root / 'forger.key'}")
    (story.directory / "checkpoint").write_text(resign(story, forger))
    refused(story, go_verify, "note has no verifiable signatures")


@pytest.mark.parametrize("folder", ["0", "entries"])
def test_the_newest_tiles_truncated(story, go_verify, folder):
    newest(story, folder).unlink()
    refused(story, go_verify, "missing|no such file")


def manifests(story):
    return sorted(path for path in (story.directory / "manifest").rglob("*") if path.is_file())


def test_a_manifest_swapped_for_another(story, go_verify):
    one, two = [path for path in manifests(story) if path.stat().st_size == 32][:2]
    one.write_bytes(two.read_bytes())
    refused(story, go_verify, f"manifest {one.name}: contents hash to {two.name}")


def test_a_manifest_removed(story, go_verify):
    manifests(story)[0].unlink()
    refused(story, go_verify, "manifest missing")


def test_a_manifest_out_of_order(story, go_verify):
    path = next(path for path in manifests(story) if path.stat().st_size == 64)
    path.write_bytes(path.read_bytes()[32:] + path.read_bytes()[:32])
    refused(story, go_verify, "not sorted and distinct")


@pytest.mark.parametrize("name", ["note.txt", "manifest/00/x", "tile/0/001", "tile/entries/000.p/x", "anchors.txt"])
def test_a_foreign_file(story, go_verify, name):
    path = story.directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    refused(story, go_verify, "unexpected file|left-over partial")


def test_a_foreign_file_among_the_anchors_is_refused_by_ours(story):
    (story.directory / "anchors").mkdir()
    (story.directory / "anchors" / "000000000099.tsr").write_bytes(b"x")
    with pytest.raises(VerificationError, match="unexpected file anchors/"):
        verify_directory(story.directory, story.trust)


def test_a_left_over_partial_that_is_no_prefix(story, go_verify):
    path = story.directory / "tile" / "0" / "000.p" / "1"
    path.write_bytes(bytes(32))
    refused(story, go_verify, "left-over partial tile/0/000.p/1 is no prefix")


def test_another_origin_signed_by_the_key_of_the_same_log(story, go_verify):
    hashes = newest(story, "0").read_bytes()
    leaves = [hashes[at : at + 32] for at in range(0, len(hashes), 32)]
    head = Checkpoint("elsewhere.example", len(leaves), merkle.root_of(leaves))
    (story.directory / "checkpoint").write_text(sign_note(head.text, [story.log.signer]))
    refused(story, go_verify, "not signed by a trusted log key of its origin")


def test_an_archived_checkpoint_that_a_run_names_removed(story, go_verify):
    (story.directory / "checkpoints" / f"{1:012}").unlink()
    refused(story, go_verify, "published before this run is not in the archive")


def test_an_archived_checkpoint_under_another_size(story, go_verify):
    folder = story.directory / "checkpoints"
    shutil.copy(folder / f"{1:012}", folder / f"{2:012}")
    refused(story, go_verify, "holds size 1")


# What a signature alone does not stop: the key holder, and old copies.


def kept(story, name="kept"):
    return shutil.copy(story.directory / "checkpoint", story.root / name)


def test_a_genuine_older_copy_passes_plainly_and_is_caught_by_a_kept_checkpoint(tmp_path, go_verify):
    story = begin(tmp_path)
    prepare(story)
    story.publish()
    older = story.copy("older")
    story.end(story.start(2, plan=None))
    story.publish()
    accepted(story, go_verify, older)
    refused(story, go_verify, r"ROLLBACK: an earlier checkpoint has size 14, the log now has 12", older, [kept(story)])


def test_a_genuine_older_copy_is_stale(tmp_path, go_verify):
    story = begin(tmp_path)
    prepare(story)
    story.publish()
    late = story.now.replace(hour=23)
    found = verify_directory(story.directory, story.trust, not_before=late)
    assert (found.stale, found.exit_status) == (True, 5)
    assert found.not_covered[0].startswith("STALE: newest entry is of 2026-07-01T00:0")
    assert "STALE" in go_verify.fails(story.directory, story.trust_file, not_before=late.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert not verify_directory(story.directory, story.trust, not_before=story.now).stale


def rewritten(tmp_path):
    """The key holder tells the same nights again, with one hold never placed."""
    (tmp_path / "true").mkdir()
    honest = tell(tmp_path / "true")
    lie = begin_with_key_of(honest, tmp_path / "false")
    prepare(lie, dossiers=21)
    while lie.tx.size() < honest.tx.size():
        lie.say(e.PolicyText(id="schuldhulp", version="2", sha256="b9" * 32))
    lie.publish()
    return honest, lie


def begin_with_key_of(story, root):
    lie = type(story)(root, Log(signer=story.log.signer, directory=root / "log", scratch=root / "log.tmp"))
    lie.log.initialise(lie.tx, time=lie.now)
    return lie


def test_a_history_rewritten_with_the_key_passes_plainly_and_is_caught_by_a_kept_checkpoint(tmp_path, go_verify):
    honest, lie = rewritten(tmp_path)
    accepted(honest, go_verify, lie.directory)
    refused(honest, go_verify, "HISTORY REWRITTEN", lie.directory, [kept(honest)])


def test_a_night_erased_with_the_key_passes_plainly_and_is_caught_by_a_kept_checkpoint(tmp_path, go_verify):
    (tmp_path / "true").mkdir()
    honest = tell(tmp_path / "true")
    lie = begin_with_key_of(honest, tmp_path / "false")
    prepare(lie)
    lie.publish()
    for night in range(2, 20):
        lie.end(lie.start(night, plan=None))
        lie.publish()
    accepted(honest, go_verify, lie.directory)
    refused(honest, go_verify, "HISTORY REWRITTEN", lie.directory, [kept(honest)])


def test_a_shorter_log_signed_with_the_key_passes_unless_a_longer_one_was_kept(tmp_path, go_verify):
    story = begin(tmp_path)
    prepare(story)
    short = kept(story, "short")
    story.publish()
    shorter = story.copy("shorter")
    story.say(e.PolicyText(id="schuldhulp", version="2", sha256="b9" * 32))
    story.publish()
    accepted(story, go_verify, shorter, [short])
    refused(story, go_verify, "ROLLBACK", shorter, [kept(story)])


def test_a_retired_key_signs(story, go_verify):
    vkey = keys.make_log_key(story.root / "b.key", ORIGIN)
    story.trust_file.write_text(f"log {story.log.signer.vkey}\nlog {vkey}\nquorum none\n")
    story.say(e.LogKey(event="add", vkey=str(vkey)))
    story.say(e.LogKey(event="retire", vkey=str(story.log.signer.vkey)))
    story.publish()
    accepted(story, go_verify)
    story.say(e.PolicyText(id="schuldhulp", version="2", sha256="b9" * 32))
    size = story.publish().size
    refused(story, go_verify, f"checkpoint of size {size}: its key was not in force at that size")


def test_a_key_signs_before_it_was_added(story, go_verify):
    vkey = keys.make_log_key(story.root / "b.key", ORIGIN)
    story.trust_file.write_text(f"log {story.log.signer.vkey}\nlog {vkey}\nquorum none\n")
    signer = from_uri(f"file:{story.root / 'b.key'}")
    story.log = Log(signer=signer, directory=story.log.directory, scratch=story.log.scratch)
    story.say(e.PolicyText(id="schuldhulp", version="2", sha256="b9" * 32))
    story.publish()
    refused(story, go_verify, "its key was not in force at that size")


# The log's own rules, broken by a writer that holds the key.


def told(story):
    prepare(story)
    return story.start(2)


def outcome_without_intent(story):
    story.settle(told(story), 3, destroyed=(1,))


def outcome_of_another_dataset(story):
    run = told(story)
    story.settle(run, story.intend(run, 1), dataset=CLIENT, destroyed=(1,))


def outcome_of_another_record(story):
    run = told(story)
    story.settle(run, story.intend(run, 1), destroyed=(2,))


def outcome_of_too_few(story):
    run = told(story)
    story.settle(run, story.intend(run, 1, 2), destroyed=(1,))


def outcome_twice_for_one_record(story):
    run = told(story)
    story.settle(run, story.intend(run, 1, 2), destroyed=(1,), kept=(1,))


def outcome_in_a_later_run(story):
    run = told(story)
    index = story.intend(run, 1)
    story.end(run, status="failed", open_=(index,))
    story.settle(story.start(3), index, destroyed=(1,))


def intent_without_a_run(story):
    prepare(story)
    story.intend("20260702T020000Z-00000001", 1)


def intent_without_a_plan(story):
    prepare(story)
    story.intend(story.start(2, plan=None), 1)


def intent_after_the_approval_was_withdrawn(story):
    run = told(story)
    story.say(
        e.ApprovalEvent(
            event="withdraw", of="9a" * 32, mode="list", role="process-owner", signer="teamlead",
            expires=story.now.date(),
        )
    )  # fmt: skip
    story.intend(run, 1)


def intent_after_the_approval_expired(story):
    run = told(story)
    story.now = story.now.replace(month=8)
    story.intend(run, 1)


def intent_after_the_dataset_changed(story):
    run = told(story)
    story.say(e.DatasetText(id=DOSSIER, sha256="d9" * 32))
    story.intend(run, 1)


def intent_over_the_plan(story):
    story.intend(told(story), *range(21))


def intent_with_an_unknown_policy(story):
    story.intend(told(story), 1, policies=("nobody",))


def intent_with_an_unknown_key(story):
    story.intend(told(story), 1, ref_key="other-2026")


def intent_of_another_date(story):
    story.intend(told(story), 1, reference_date=story.now.date().replace(month=6))


def intent_of_a_day_to_come(story):
    story.intend(told(story), 1, reference_date=story.now.date().replace(day=2))


def intent_while_an_earlier_one_is_open(story):
    run = told(story)
    story.end(run, status="failed", open_=(story.intend(run, 1),))
    story.intend(story.start(3), 2)


def run_within_a_run(story):
    told(story)
    story.start(3)


def run_of_an_unknown_plan(story):
    prepare(story)
    story.start(2, plan="9b" * 32)


def run_end_with_other_sums(story):
    story.end(told(story), destroyed=1)


def run_end_that_hides_an_open_intent(story):
    run = told(story)
    story.intend(run, 1)
    story.end(run)


def run_end_without_a_run(story):
    prepare(story)
    story.end("20260702T020000Z-00000001")


def hold_released_before_it_was_placed(story):
    story.say(e.HoldEvent(event="release", hold="H-9", kind="restriction"))


def hold_placed_twice(story):
    for _ in range(2):
        story.say(e.HoldEvent(event="place", hold="H-9", kind="restriction"))


def reference_key_destroyed_before_it_was_made(story):
    story.say(e.RefKey(event="destroy", id="x-2026", dataset=DOSSIER))


def log_key_retired_twice(story):
    for _ in range(2):
        story.say(e.LogKey(event="retire", vkey=str(story.log.signer.vkey)))


def approval_of_nothing(story):
    story.say(approve(of="99" * 32))


def approval_by_who_prepared(story):
    prepare(story)
    story.say(approve(signer="records-manager"))


def approval_of_a_plan_as_standing(story):
    prepare(story)
    story.say(approve(mode="standing"))


def approve(**changes):
    values = {"event": "grant", "of": "9a" * 32, "mode": "list", "role": "process-owner", "signer": "teamlead"}
    return e.ApprovalEvent(**{**values, "expires": e.date(2026, 7, 31), **changes})


def plan_with_an_old_fingerprint(story):
    prepare(story)
    story.say(
        e.PlanMade(
            digest="9c" * 32, reference_date=story.now.date(), prepared_by="p",
            datasets=[e.PlannedDataset(id=DOSSIER, sha256="d7" * 32, count=1)],
        )
    )  # fmt: skip


def plan_recorded_twice(story):
    prepare(story)
    for _ in range(2):
        story.say(e.PlanMade(digest="9c" * 32, reference_date=story.now.date(), prepared_by="p", datasets=()))


RULES = {
    outcome_without_intent: "no open intent",
    outcome_of_another_dataset: "other dataset than its intent",
    outcome_of_another_record: "of the intent has no outcome",
    outcome_of_too_few: "accounts for 1 of the intent's 2 records",
    outcome_twice_for_one_record: "has no outcome",
    outcome_in_a_later_run: "without being recovered",
    intent_without_a_run: "outside its run",
    intent_without_a_plan: "not in a run of a plan",
    intent_after_the_approval_was_withdrawn: "was not approved",
    intent_after_the_approval_expired: "its approval had expired",
    intent_after_the_dataset_changed: "has changed since",
    intent_over_the_plan: "more references than the plan's 20",
    intent_with_an_unknown_policy: "was not recorded before",
    intent_with_an_unknown_key: "reference key",
    intent_of_another_date: "not in a run of a plan of that reference date",
    intent_of_a_day_to_come: "dated .?2026-07-02",
    intent_while_an_earlier_one_is_open: "open intent of an earlier run",
    run_within_a_run: "already open",
    run_of_an_unknown_plan: "plan was not recorded before",
    run_end_with_other_sums: "totals differ",
    run_end_that_hides_an_open_intent: "1 intents left open, 0 named",
    run_end_without_a_run: "no such open run",
    hold_released_before_it_was_placed: "event .?release.? of hold",
    hold_placed_twice: "event .?place.? of hold",
    reference_key_destroyed_before_it_was_made: "event .?destroy",
    log_key_retired_twice: "key event",
    approval_of_nothing: "of nothing recorded|mode",
    approval_by_who_prepared: "who prepared the plan",
    approval_of_a_plan_as_standing: "mode",
    plan_with_an_old_fingerprint: "not recorded last",
    plan_recorded_twice: "recorded before|digest",
}


@pytest.mark.parametrize("break_rule", RULES, ids=lambda rule: rule.__name__)
def test_a_log_that_breaks_its_own_rules(tmp_path, go_verify, break_rule):
    story = begin(tmp_path)
    break_rule(story)
    story.publish()
    refused(story, go_verify, RULES[break_rule])


def raw(story, leaf):
    """Append bytes that the writer would not write."""
    index = story.tx.size()
    story.tx.append_leaf(index, leaf)
    story.tx.set_frontier(merkle.grow(index, story.tx.frontier(), merkle.leaf_hash(leaf)))
    head = Checkpoint(ORIGIN, index + 1, merkle.frontier_root(story.tx.frontier()))
    story.tx.add_checkpoint(index + 1, sign_note(head.text, [story.log.signer]))
    story.publish()


GOOD = b'{"id":"x","sha256":"' + b"ab" * 32 + b'","time":"2026-07-01T00:00:01Z","type":"dataset","v":1}'
RAW = {
    "a backdated entry": GOOD.replace(b"07-01T00:00:01", b"06-30T00:00:01"),
    "blanks": GOOD.replace(b",", b", ", 1),
    "a name twice": GOOD.replace(b"{", b'{"id":"y",', 1),
    "members out of order": b'{"v":1,' + GOOD[1:].replace(b',"v":1', b""),
    "an unknown member": GOOD.replace(b',"time"', b',"subject":"x","time"'),
    "a missing member": GOOD.replace(b'"id":"x",', b""),
    "an unknown type": GOOD.replace(b'"dataset"', b'"remark"'),
    "another version": GOOD.replace(b'"v":1', b'"v":2'),
    "a name in capitals": GOOD.replace(b'"id"', b'"ID"'),
    "text beyond ASCII": GOOD.replace(b'"x"', '"é"'.encode()),
    "a fraction": GOOD.replace(b'"v":1', b'"v":1.0'),
    "an integer beyond 2^53": GOOD.replace(b'"x"', b"9007199254740993"),
    "no JSON": b"x",
    "an empty entry": b"",
    "an array": b"[]",
    "nesting without end": b"[" * 60_000,
    "a second log-init": b'{"origin":"%s","time":"2026-07-01T00:00:01Z","type":"log-init","v":1,"vkey":"%s"}',
}


@pytest.mark.parametrize("name", RAW)
def test_an_entry_that_the_schema_does_not_know(tmp_path, go_verify, name):
    story = begin(tmp_path)
    leaf = RAW[name]
    if b"%s" in leaf:
        leaf %= (ORIGIN.encode(), str(story.log.signer.vkey).encode())
    raw(story, leaf)
    refused(story, go_verify, "entry 1")


def test_the_good_entry_of_the_table_above_is_accepted(tmp_path, go_verify):
    story = begin(tmp_path)
    raw(story, GOOD)
    accepted(story, go_verify)


def test_a_first_entry_of_another_log(tmp_path, go_verify):
    story = begin(tmp_path)
    shutil.rmtree(story.directory)
    story.tx = type(story.tx)()
    raw(
        story,
        b'{"origin":"elsewhere.example","time":"2026-07-01T00:00:01Z","type":"log-init","v":1,"vkey":"%s"}'
        % str(story.log.signer.vkey).encode(),
    )
    refused(story, go_verify, "origin")


def test_ours_also_refuses_an_anchor_of_an_unknown_checkpoint(tmp_path):
    story = begin(tmp_path)
    story.say(e.Anchor(size=0, witness="w"))
    story.publish()
    with pytest.raises(VerificationError, match="not in the archive"):
        verify_directory(story.directory, story.trust)


@pytest.mark.parametrize(
    ("token", "message"), [(b"x", None), (b"y", "another than the one recorded"), (None, "missing")]
)
def test_ours_also_holds_a_token_against_the_entry_that_names_it(tmp_path, token, message):
    story = begin(tmp_path)
    story.say(e.Anchor(size=1, tsa="tsa-1", tsr_sha256=sha256(b"x").hexdigest()))
    story.publish()
    path = story.directory / "anchors" / f"{1:012}.tsr"
    if token is not None:
        path.parent.mkdir()
        path.write_bytes(token)
    if message is None:
        verify_directory(story.directory, story.trust)
    else:
        with pytest.raises(VerificationError, match=message):
            verify_directory(story.directory, story.trust)


STRICTER = {
    "a name of a person": (b'"id":"x"', b'"id":"Jan de Vries"'),
    "a hash in capitals": (b"ab" * 32, b"AB" * 32),
    "a day that does not exist": (b"07-01T00:00:01", b"07-32T00:00:01"),
}


@pytest.mark.parametrize("name", STRICTER)
def test_ours_also_refuses_strings_out_of_their_pattern(tmp_path, name):
    story = begin(tmp_path)
    raw(story, GOOD.replace(*STRICTER[name]))
    with pytest.raises(VerificationError, match="entry 1"):
        verify_directory(story.directory, story.trust)
