import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retention.audit import durable, merkle
from retention.audit import entry as e
from retention.audit.project import project
from retention.audit.tiles import Tile, tiles_of
from retention.audit.verify import verify_directory
from retention.audit.verify_files import Directory
from retention.errors import AuditError, ClockError
from tests.integration.audit.story import begin
from tests.unit.audit.authority import MemoryAuthority

DATASET = e.DatasetText(id="a.b", sha256="d1" * 32)


@pytest.fixture
def fresh(tmp_path):
    return begin(tmp_path)


def content(directory):
    disk = Directory(directory)
    return {path: disk.read(path) for path in disk.paths()}


def test_entries_get_their_indices_and_one_checkpoint(fresh):
    assert fresh.say(DATASET, DATASET) == [1, 2]
    assert set(fresh.tx.notes) == {1, 3}


def test_no_entries_sign_nothing(fresh):
    assert fresh.say() == []
    assert set(fresh.tx.notes) == {1}


def test_a_clock_that_went_back_is_refused(fresh):
    fresh.say(DATASET)
    with pytest.raises(ClockError, match="before the log's last entry"):
        fresh.log.append(fresh.tx, [DATASET], time=fresh.now - timedelta(seconds=1))
    assert fresh.tx.size() == 2


def test_two_entries_may_have_the_same_time(fresh):
    for _ in range(2):
        fresh.log.append(fresh.tx, [DATASET], time=fresh.now)
    assert fresh.tx.size() == 3


def test_a_log_needs_its_first_entry(fresh):
    with pytest.raises(AuditError, match="retention init"):
        fresh.log.append(MemoryAuthority(), [DATASET], time=fresh.now)


def test_a_frontier_that_does_not_fit_is_refused(fresh):
    fresh.tx.hashes = ()
    with pytest.raises(AuditError, match="inconsistent"):
        fresh.say(DATASET)


def test_nothing_is_published_over_a_tree_that_was_not_signed(fresh):
    fresh.say(DATASET)
    fresh.tx.hashes = (bytes(32),)
    with pytest.raises(AuditError, match="not the one it signed"):
        fresh.publish()


def test_publishing_again_changes_nothing(fresh):
    fresh.say(DATASET)
    fresh.publish()
    before = content(fresh.directory)
    fresh.publish()
    fresh.tx.at = 1  # a crash before the size was recorded
    fresh.publish()
    assert before == content(fresh.directory)


def test_the_run_names_the_checkpoint_published_last_not_the_one_signed_last(fresh):
    fresh.say(DATASET)
    assert fresh.log.published_head(fresh.tx).size == 1


@pytest.mark.parametrize("limit", range(1, 6))
def test_a_publication_cut_short_is_finished_by_the_next(fresh, monkeypatch, limit):
    fresh.say(DATASET)
    write, written = durable.write, []

    def fail(path, data, scratch):
        written.append(path)
        if len(written) == limit:
            raise AuditError("cut short")
        write(path, data, scratch)

    monkeypatch.setattr(durable, "write", fail)
    if limit < 5:
        with pytest.raises(AuditError, match="cut short"):
            fresh.publish()
        assert fresh.tx.published() == 1
        # What is there is the older log, with at most left-over files that the next publication explains.
        assert (fresh.directory / "checkpoint").read_text() == fresh.tx.notes[1]
    monkeypatch.setattr(durable, "write", write)
    fresh.publish()
    assert verify_directory(fresh.directory, fresh.trust).size == 2


def test_a_manifest_is_sorted_and_named_by_its_root(fresh):
    refs = [bytes([n]) * 32 for n in (3, 1, 2)]
    made = fresh.log.write_manifest(refs)
    assert (fresh.log.manifests.staged / made.root).read_bytes() == b"".join(sorted(refs))
    assert (made.count, made.root) == (3, merkle.root_of([merkle.leaf_hash(ref) for ref in sorted(refs)]).hex())


def test_an_empty_manifest_has_no_file(fresh):
    assert fresh.log.write_manifest([]) == e.Manifest(count=0, root=merkle.EMPTY_ROOT.hex())
    assert not fresh.log.manifests.staged.exists()


@pytest.mark.parametrize("refs", [[bytes(32)] * 2, [bytes(31)]])
def test_a_manifest_of_anything_but_distinct_references_is_refused(fresh, refs):
    with pytest.raises(AuditError, match="nothing was signed"):
        fresh.log.write_manifest(refs)


def test_texts_lie_beside_the_verified_directory(fresh):
    digest = fresh.log.write_text(b"{}")
    assert (fresh.directory.parent / "texts" / f"{digest}.json").read_bytes() == b"{}"
    verify_directory(fresh.directory, fresh.trust)


def test_no_temporary_file_is_left_or_published(fresh):
    fresh.say(DATASET)
    fresh.log.write_manifest([bytes(32)])
    fresh.publish()
    assert not [path for path in fresh.log.scratch.rglob("*") if path.is_file()]
    assert not [path for path in content(fresh.directory) if "tmp" in path]


def test_an_error_of_fsync_is_fatal_and_leaves_the_old_file(fresh, monkeypatch):
    fresh.say(DATASET)
    before = (fresh.directory / "checkpoint").read_bytes()

    def fail(_descriptor):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(AuditError, match="nothing more is destroyed") as stopped:
        fresh.publish()
    assert stopped.value.exit_status == 4
    assert before == (fresh.directory / "checkpoint").read_bytes()


@given(st.lists(st.integers(1, 400), min_size=1, max_size=4))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_publishing_in_steps_gives_the_tiles_of_publishing_at_once(tmp_path_factory, steps):
    root = tmp_path_factory.mktemp("steps")
    stepwise, at_once = leaves(root / "a", steps), leaves(root / "b", [sum(steps)])
    left_over = {path for path in stepwise if path not in at_once}
    assert all(".p/" in path for path in left_over)
    assert at_once == {path: data for path, data in stepwise.items() if path not in left_over}


def leaves(root, steps):
    tx, since = MemoryAuthority(), 0
    for step in steps:
        for _ in range(step):
            grow(tx)
        project(tx, root / "log", root / "tmp", since=since, size=tx.size())
        since = tx.size()
    return content(root / "log")


def grow(tx):
    index = tx.size()
    tx.append_leaf(index, b"leaf %d" % index)
    tx.set_frontier(merkle.grow(index, tx.frontier(), merkle.leaf_hash(tx.stored[-1])))
    tx.notes[index + 1] = f"a\n{index + 1}\n{b64(merkle.frontier_root(tx.frontier()))}\n\n\u2014 a AAAAAAAA\n"


def b64(data):
    from base64 import b64encode  # noqa: PLC0415 - used here only

    return b64encode(data).decode()


def test_a_tree_of_three_levels_has_the_tiles_of_its_definition(tmp_path):
    tx = MemoryAuthority()
    for _ in range(65_600):
        grow(tx)
    project(tx, tmp_path / "log", tmp_path / "tmp", since=0, size=65_300)
    project(tx, tmp_path / "log", tmp_path / "tmp", since=65_300, size=65_600)
    level = [merkle.leaf_hash(leaf) for leaf in tx.stored]
    assert {tile.level for tile in tiles_of(65_600)} == {0, 1, 2}
    for tile in tiles_of(65_600):
        span = 256**tile.level
        if tile.level:
            first = tile.index * 256 * span
            expected = [merkle.root_of(level[first + n * span : first + (n + 1) * span]) for n in range(tile.width)]
            assert (tmp_path / "log" / tile.path).read_bytes() == b"".join(expected)
    assert (tmp_path / "log" / Tile(2, 0, 1).path).read_bytes() == merkle.root_of(level[:65_536])


def test_a_damaged_upper_tile_is_not_built_upon(tmp_path):
    tx = MemoryAuthority()
    for _ in range(600):
        grow(tx)
    project(tx, tmp_path / "log", tmp_path / "tmp", since=0, size=300)
    (tmp_path / "log" / Tile(1, 0, 1).path).write_bytes(bytes(32))
    with pytest.raises(AuditError, match="do not hash to the checkpoint of size 300"):
        project(tx, tmp_path / "log", tmp_path / "tmp", since=300, size=600)
