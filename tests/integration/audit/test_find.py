from datetime import timedelta

import pytest

from retention.audit import entry as e
from retention.audit.find import destroyed_in, destroyed_refs, outcomes_in, outcomes_of
from retention.audit.reference import subject_id
from retention.errors import AuditError
from tests.integration.audit.story import DOSSIER


def ref(story, key):
    return story.refs(key)[0]


def said(places):
    return {ref: [(one.run[:8], one.result) for one in found] for ref, found in places.items()}


def test_a_destroyed_record_is_found_with_its_run_and_time(story):
    ((one,),) = destroyed_in(story.directory, story.refs(3)).values()
    assert (one.run, one.dataset, one.result) == ("20260702T020000Z-00000002", DOSSIER, "destroyed")
    assert one.time.utcoffset() == timedelta(0)


def test_a_record_that_was_kept_or_never_named_was_not_destroyed(story):
    assert destroyed_in(story.directory, story.refs(4, 7, 999)) == {}


def test_everything_that_became_of_a_record_is_told_in_order(story):
    assert said(outcomes_in(story.directory, story.refs(4, 6, 7, 999))) == {
        ref(story, 4): [("20260702", "kept")],
        ref(story, 6): [("20260703", "failed"), ("20260705", "destroyed")],
        ref(story, 7): [("20260705", "absent")],
    }


def test_a_person_is_found_where_the_log_keeps_subjects(story):
    refs = story.refkey.refs([subject_id("client", 7), subject_id("client", 9)])
    assert said(destroyed_in(story.directory, refs)) == {refs[0]: [("20260702", "subjects")]}


def test_what_is_not_published_yet_is_found_through_the_control_store(story):
    run = story.start(7)
    story.settle(run, story.intend(run, 8), destroyed=(8,))
    assert destroyed_in(story.directory, story.refs(8)) == {}
    assert said(destroyed_refs(story.tx, story.log.manifests, story.refs(8))) == {
        ref(story, 8): [("20260707", "destroyed")]
    }


def test_an_intent_without_an_outcome_destroys_nothing(story):
    story.intend(story.start(7), 8)
    assert outcomes_of(story.tx, story.log.manifests, story.refs(8)) == {}


def test_the_control_store_and_the_published_log_agree(story):
    refs = story.refs(*range(1, 40))
    assert outcomes_of(story.tx, story.log.manifests, refs) == outcomes_in(story.directory, refs)


def empty_manifests(story):
    for path in (story.directory / "manifest").rglob("*"):
        if path.is_file():
            path.unlink()


def test_a_missing_manifest_is_never_read_as_nothing_destroyed(story):
    empty_manifests(story)
    with pytest.raises(AuditError, match="is missing"):
        destroyed_in(story.directory, story.refs(3))


def test_manifests_of_a_destroyed_key_may_be_gone(story):
    for key in (story.refkey.id, "subjects-2026"):
        story.say(e.RefKey(event="destroy", id=key, dataset=DOSSIER))
    story.publish()
    empty_manifests(story)
    assert destroyed_in(story.directory, story.refs(3)) == {}


def test_a_manifest_that_is_not_what_it_is_named_is_refused(story):
    path = next(path for path in (story.directory / "manifest").rglob("*") if path.is_file())
    path.write_bytes(bytes(32))
    with pytest.raises(AuditError, match="is not the manifest that it is named"):
        destroyed_in(story.directory, story.refs(*range(40)))
