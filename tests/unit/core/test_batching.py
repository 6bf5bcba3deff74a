"""How large the next batch is: as its time allows, never far from what is known, never too small to be worth it."""

import pytest

from retention.batching import next_size


@pytest.mark.parametrize(
    ("size", "seconds", "expected"),
    [
        (4_000, 0.2, 4_000),
        (4_000, 0.16, 5_000),
        (2_000, 0.0, 8_000),  # four times at once, however quick it was
        (4_000, 9.0, 2_000),  # half at once, however slow
        (1_500, 9.0, 1_000),
    ],
)
def test_it_follows_the_time_of_the_last_one_within_bounds(size, seconds, expected):
    assert next_size(size, seconds, 0.2) == expected
