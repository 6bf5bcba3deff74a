"""Numbers that are sought together are, as a range without its gaps, just these numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention.record import UNREADABLE
from retention.stores.sql_sought import Sought

DENSE = st.tuples(st.integers(-(2**63), 2**63 - 400), st.sets(st.integers(0, 399), max_size=30)).map(
    lambda drawn: [(drawn[0] + one,) for one in range(400) if one not in drawn[1]]
)


@given(DENSE)
def test_a_range_without_its_gaps_is_what_was_asked_for(keys):
    span = Sought.of([*reversed(keys), *keys[:3]]).span
    assert {(one,) for one in range(span.first, span.last + 1) if one not in span.gaps} == {*keys}


@pytest.mark.parametrize(
    "keys",
    [
        [(one,) for one in range(10)],  # few
        [(one,) for one in range(0, 400, 2)],  # as many gaps
        [*((one,) for one in range(200)), (2**62,)],  # one far off
        [*((one,) for one in range(200)), (True,)],
        [*((one,) for one in range(200)), (Decimal(200),)],
        [(2**63 + one,) for one in range(200)],
        [(str(one),) for one in range(200)],
        [(one, one) for one in range(200)],
        [],
    ],
    ids=["few", "scattered", "far", "truth", "decimal", "wide", "texts", "pairs", "none"],
)
def test_what_is_no_range_is_asked_for_value_by_value(keys):
    sought = Sought.of(keys)
    assert sought.span is None
    assert {*sought.rows} == {*keys}


def test_what_joins_nothing_is_not_sought():
    assert [*Sought.of([(1,), (None,), (UNREADABLE,), (1,)]).rows] == [(1,)]


def test_parts_are_together_what_was_asked_for():
    keys = [(one,) for one in range(1_000)]
    parts = [*Sought.of(keys).parts(300)]
    assert [key for part in parts for key in part.rows] == keys
    assert [len(part.rows) for part in parts] == [300, 300, 300, 100]
    assert [part.span.last for part in parts] == [299, 599, 899, 999]
