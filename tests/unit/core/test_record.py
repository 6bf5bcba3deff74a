"""What people write for a key or an id is read back as every value it may mean."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention.record import key_text, keys_of, value_text, values_of

VALUES = st.one_of(
    st.integers(),
    st.text(),
    st.booleans(),
    st.binary(),
    st.uuids(),
    st.dates(),
    st.decimals(allow_nan=False),
    st.floats(allow_nan=False),
    st.datetimes(timezones=st.just(UTC)),
)


@given(VALUES)
def test_a_value_is_among_those_that_its_text_may_mean(value):
    assert value in values_of(value_text(value))


@given(st.text())
def test_a_text_means_only_what_is_written_so(text):
    assert {value_text(value) for value in values_of(text)} == {text}


@given(st.lists(VALUES, min_size=1, max_size=3).map(tuple))
def test_a_key_is_among_those_that_its_text_may_mean(key):
    assert key in keys_of(key_text(key))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("17", {17, "17"}),
        ("017", {"017"}),
        ("17.50", {Decimal("17.50"), "17.50"}),
        ("2026-07-01", {date(2026, 7, 1), "2026-07-01"}),
        ("20260701", {20260701, "20260701"}),
        ("True", {True, "True"}),
        ("hex:00ff", {b"\x00\xff", "hex:00ff"}),
        ("2026-07-01T02:00:00.000000+00:00", {datetime(2026, 7, 1, 2, tzinfo=UTC), "2026-07-01T02:00:00.000000+00:00"}),
        ("0b5a4a9e-5d0c-4a39-9c1d-0d6a3c1d9a11", {UUID(int=0x0B5A4A9E5D0C4A399C1D0D6A3C1D9A11),
                                                  "0b5a4a9e-5d0c-4a39-9c1d-0d6a3c1d9a11"}),
        ("", {""}),
    ],
)  # fmt: skip
def test_an_id_is_read_in_every_way_it_could_be_meant(text, meant):
    assert set(values_of(text)) == meant


def test_a_comma_in_a_part_of_a_key_does_not_end_it():
    assert ("a,b", "c") in keys_of(r"a\,b,c")
    assert ("a\\", "b") in keys_of(r"a\\,b")
    assert len({len(key) for key in keys_of("1,2,3")}) == 1
