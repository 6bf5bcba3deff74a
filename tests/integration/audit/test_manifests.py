"""No crash and no rollback leaves a manifest in the published log that no entry names."""

import os
from pathlib import Path

import pytest

from retention.audit.verify import verify_directory
from retention.errors import AuditError
from tests.integration.audit.story import begin, prepare


@pytest.fixture
def prepared(tmp_path):
    story = begin(tmp_path)
    prepare(story)
    story.publish()
    return story


def files(directory):
    return sorted(path.name for path in directory.rglob("*") if path.is_file())


def a_night(story):
    run = story.start(2)
    story.settle(run, story.intend(run, 1, 2, 3), destroyed=(1, 2), failed=(3,))
    story.end(run, destroyed=2, failed=1)


def accepted(story, go_verify):
    go_verify(story.directory, story.trust_file)
    return verify_directory(story.directory, story.trust)


def test_a_manifest_is_published_with_the_entry_that_names_it(prepared):
    run = prepared.start(2)
    prepared.intend(run, 1)
    assert not files(prepared.log.manifests.published)
    prepared.publish()
    assert len(files(prepared.log.manifests.published)) == 1
    assert not files(prepared.log.manifests.staged)


def test_a_manifest_whose_entry_was_rolled_back_is_never_published(prepared, go_verify):
    a_night(prepared)
    prepared.set_of(77, 78)  # its transaction rolls back
    prepared.publish()
    assert accepted(prepared, go_verify).refs == 3
    assert not files(prepared.log.manifests.staged)


def test_a_manifest_left_on_the_stage_is_cleared_when_nothing_is_new(prepared, go_verify):
    prepared.set_of(77)
    prepared.publish()
    accepted(prepared, go_verify)
    assert not files(prepared.log.manifests.staged)


def test_the_same_records_may_be_named_again_on_a_later_night(prepared, go_verify):
    a_night(prepared)
    prepared.publish()
    run = prepared.start(3)
    prepared.settle(run, prepared.intend(run, 3), destroyed=(3,))
    prepared.end(run, destroyed=1)
    prepared.publish()
    assert accepted(prepared, go_verify).destroyed == 3


def test_an_entry_is_not_signed_before_its_manifest_is_on_disk(prepared):
    run, size = prepared.start(2), prepared.tx.size()
    made = prepared.set_of(1)
    (prepared.log.manifests.staged / made.root).unlink()
    with pytest.raises(AuditError, match="is not on disk"):
        prepared.intend(run, manifest=made)
    assert prepared.tx.size() == size


def test_a_lost_manifest_stops_the_publication(prepared):
    a_night(prepared)
    lost = next(prepared.log.manifests.staged.iterdir())
    lost.unlink()
    before = (prepared.directory / "checkpoint").read_bytes()
    with pytest.raises(AuditError, match=f"{lost.name} is lost") as stopped:
        prepared.publish()
    assert stopped.value.exit_status == 4
    assert before == (prepared.directory / "checkpoint").read_bytes()


def test_a_publication_that_was_not_committed_is_repeated(prepared, go_verify):
    a_night(prepared)
    since = prepared.tx.at
    prepared.publish()
    prepared.tx.at = since  # the transaction that recorded it rolled back
    prepared.publish()
    assert accepted(prepared, go_verify).refs == 3


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours handles it."""


class Countdown:
    """Kills at the n-th change of the file system."""

    def __init__(self, monkeypatch):
        self.left = 0
        for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink"), (Path, "mkdir"), (Path, "open")):
            monkeypatch.setattr(owner, name, self.counting(getattr(owner, name)))

    def counting(self, change):
        def counted(*arguments, **named):
            self.left -= 1
            if self.left == 0:
                raise Killed
            return change(*arguments, **named)

        return counted


def test_a_crash_at_any_change_of_a_night_is_mended_by_the_next_publication(tmp_path, monkeypatch, go_verify):
    countdown, moment, survived = Countdown(monkeypatch), 0, False
    while not survived:
        moment += 1
        countdown.left = 0
        story = begin(tmp_path / str(moment))
        prepare(story)
        story.publish()
        countdown.left = moment
        try:
            a_night(story)
            story.publish()
            survived = True
        except Killed:
            pass
        countdown.left = 0
        story.publish()
        found = accepted(story, go_verify)
        assert found.size == story.tx.size()
        assert not files(story.log.scratch)
    assert moment > 40
