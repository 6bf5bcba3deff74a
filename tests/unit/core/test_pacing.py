"""What fits in a night, who gets how much of it, and when a sweep eases off: values in, values out."""

from datetime import date

import pytest

from retention.pacing import Cause, Ease, cut_off, nights, share

ONE, TWO, THREE = date(2020, 1, 1), date(2020, 1, 2), date(2021, 6, 1)
AIM = 0.2


@pytest.mark.parametrize(
    ("room", "until"),
    [(0, ONE), (4, ONE), (5, ONE), (12, TWO), (14, TWO), (15, None), (900, None)],
)
def test_the_cut_off_is_the_latest_day_that_fits_the_oldest_always(room, until):
    assert cut_off({THREE: 3, ONE: 5, TWO: 7}, room) == until


def test_what_no_day_decides_is_older_than_any_day():
    assert cut_off({ONE: 5, None: 5}, 5) == date.min


@pytest.mark.parametrize(
    ("needs", "first"),
    [
        ([10.0, 1000.0, 1000.0], 40.0),  # the small one has more than it needs
        ([1000.0, 10.0, 20.0], 60.0),  # what these do not need is its
        ([1000.0, 1000.0, 1000.0], 30.0),
        ([None, 10.0, None], 40.0),  # nobody knows: as much as there is
        ([1000.0, None, None], 30.0),
        ([10.0, 20.0, 30.0], 40.0),  # enough for all: it may take what the others leave
        ([50.0], 90.0),
        ([None], 90.0),
        ([0.0], 90.0),
    ],
)
def test_time_is_shared_alike_and_what_one_does_not_need_is_the_others(needs, first):
    assert share(needs, 90.0) == pytest.approx(first)


def test_a_small_dataset_is_through_in_one_night_beside_a_huge_one():
    assert nights({"huge": 1000.0, "small": 40.0, "middle": 70.0}, 100.0) == {"huge": 12, "small": 2, "middle": 2}


def test_of_what_nobody_measured_nobody_says_how_many_nights():
    assert nights({"new": None, "known": 40.0}, 100.0) == {"new": None, "known": 1}


def test_a_backlog_of_many_years_of_nights_is_not_counted_on():
    assert nights({"huge": 1e9}, 1.0) == {"huge": None}


def test_others_locks_halve_the_batch_and_double_the_pause():
    once = Ease().after(1000, 0.1, AIM, waited=True)
    twice = once.after(500, 0.1, AIM, waited=True)
    assert (once.size(1000), twice.size(1000), once.cause) == (500, 250, Cause.LOCKS)
    assert (Ease().pause, once.pause, twice.pause) == (0.0, 0.25, 0.5)


def test_it_never_eases_off_to_nothing():
    ease = Ease()
    for _ in range(50):
        ease = ease.after(1000, 0.1, AIM, waited=True)
    assert (ease.size(1000), ease.size(10), ease.pause) == (50, 10, 8.0)


def test_a_database_that_becomes_slow_is_eased_off_and_recovered_from():
    fast = Ease().after(1000, 0.2, AIM, waited=False)
    slow = fast.after(1000, 0.9, AIM, waited=False)
    assert (fast.level, slow.level, slow.cause) == (0, 1, Cause.LATENCY)
    assert slow.after(500, 0.1, AIM, waited=False) == fast.__class__(0, 0.0002, None)


def test_a_small_batch_that_is_dear_a_record_is_not_slow():
    fast = Ease().after(10_000, 0.2, AIM, waited=False)
    assert fast.after(3, 0.01, AIM, waited=False).level == 0


def test_a_first_batch_that_was_too_large_is_no_slowness():
    assert Ease().after(1000, 3.0, AIM, waited=False).level == 0
