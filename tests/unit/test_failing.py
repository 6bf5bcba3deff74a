"""How long a run waits for what passes, and when it no longer does."""

import random

import pytest

from retention.errors import AuditError
from retention.failing import Patience, by_record, passes, reason_of, stubborn, weight
from retention.reason import Reason
from retention.stores.errors import CommitUnknownError, LinkedDataError, LockedError, SlowError, StoreDownError


def waited(patience: Patience, needed=lambda: True) -> int:
    return sum(1 for _ in patience.rounds(needed))


def test_the_rounds_together_take_no_longer_than_was_said(seed):
    waits: list[float] = []
    patience = Patience(seconds=30, uniform=random.Random(seed).uniform, sleep=waits.append)
    assert waited(patience) == 3
    assert sum(waits) <= 30
    assert waits == sorted(waits), "each longer than the one before"


def test_two_runs_do_not_wait_equally_long(seed):
    waits: list[float] = []
    patience = Patience(seconds=30, uniform=random.Random(seed).uniform, sleep=waits.append)
    waited(patience)
    waited(patience)
    assert len(set(waits)) == 6


def test_nobody_waits_for_nothing():
    waits: list[float] = []
    assert waited(Patience(sleep=waits.append), lambda: False) == 0
    assert waits == []


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (None, (False, Reason.FAIL_STORE)),
        (LockedError(), (True, Reason.FAIL_LOCKED)),
        (SlowError(), (True, Reason.FAIL_LOCKED)),
        (LinkedDataError(), (False, Reason.FAIL_FK)),
        (StoreDownError(), (False, Reason.FAIL_STORE)),
    ],
)
def test_what_passes_by_itself_has_a_code_of_its_own(failure, said):
    assert (passes(failure), reason_of(failure)) == said


@pytest.mark.parametrize("failure", [StoreDownError(), CommitUnknownError(), AuditError()])
def test_what_fails_every_record_is_not_tried_in_halves(failure):
    assert not by_record(failure)


def test_one_locked_record_in_the_largest_batch_is_found_before_patience_ends():
    halvings = (50_000).bit_length()
    assert not stubborn(halvings * weight(LockedError(), signed=True))
    assert stubborn(4 * weight(LockedError(), signed=False)), "a whole table is not waited for in halves"
    assert stubborn(4 * weight(SlowError(), signed=True)), "nor is a statement that takes minutes"
