"""Periods: exact calendar arithmetic (R5; domain.md B.4, rules 1 to 5)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retention.errors import PolicyError
from retention.period import (
    AT_ONCE,
    PERMANENT,
    KeepFor,
    Period,
    cutoff,
    days,
    ended,
    first_day_destructible,
    last_day_kept,
    longer,
    months,
    weeks,
    years,
)

_periods = st.builds(
    Period, years=st.integers(0, 120), months=st.integers(0, 30), days=st.integers(1, 800)
) | st.one_of(st.integers(1, 120).map(years), st.integers(1, 240).map(months), st.integers(1, 60).map(weeks))
_kept: st.SearchStrategy[KeepFor] = _periods | st.sampled_from((AT_ONCE, PERMANENT))
_days = st.dates(date(1850, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("start", "keep_for", "last"),
    [
        (date(2026, 3, 15), months(1), date(2026, 4, 15)),  # rule 1: the same-numbered day
        (date(2026, 1, 31), months(1), date(2026, 2, 28)),  # rule 1: a missing day is the month's last
        (date(2024, 1, 31), months(1), date(2024, 2, 29)),
        (date(2025, 8, 31), months(6), date(2026, 2, 28)),
        (date(2008, 2, 29), years(15), date(2023, 2, 28)),  # rule 2: added once, as a whole
        (date(2008, 2, 29), years(16), date(2024, 2, 29)),
        (date(2008, 2, 29), Period(years=15, days=1), date(2023, 3, 1)),
        (date(2008, 2, 29), months(180), date(2023, 2, 28)),
        (date(2026, 1, 1), months(6), date(2026, 7, 1)),  # rule 3: half a year is not 180 days
        (date(2026, 1, 1), days(180), date(2026, 6, 30)),
        (date(2026, 1, 1), weeks(6), date(2026, 2, 12)),
        (date(2018, 12, 31), years(7), date(2025, 12, 31)),  # rule 4
        (date(2026, 3, 15), AT_ONCE, date(2026, 3, 15)),
        (date(2026, 3, 15), PERMANENT, None),
        (date(9990, 1, 1), years(10), None),  # the calendar ends first
        (date(9999, 12, 31), days(1), None),
        (date(9999, 12, 30), days(1), date(9999, 12, 31)),
        (date(1, 1, 1), years(9998), date(9999, 1, 1)),
    ],
    ids=str,
)
def test_the_last_day_kept(start: date, keep_for: KeepFor, last: date | None) -> None:
    assert last_day_kept(start, keep_for) == last


def test_six_weeks_are_42_days_and_four_weeks_are_no_month() -> None:
    assert weeks(6) == days(42)
    assert weeks(6).iso == "P42D"
    assert weeks(4).after(date(2026, 3, 1)) != months(1).after(date(2026, 3, 1))


def test_a_fiscal_document_of_one_day_later_is_kept_one_year_longer() -> None:
    ends_of_year = [date(document.year, 12, 31) for document in (date(2018, 12, 31), date(2019, 1, 1))]
    first = [first_day_destructible(last_day_kept(end, years(7))) for end in ends_of_year]
    assert first == [date(2026, 1, 1), date(2027, 1, 1)]


def test_a_moment_becomes_a_local_date_before_its_year_is_taken() -> None:
    moment = datetime(2018, 12, 31, 23, 30, tzinfo=UTC)
    local = moment.astimezone(ZoneInfo("Europe/Amsterdam")).date()
    assert first_day_destructible(last_day_kept(date(local.year, 12, 31), years(7))) == date(2027, 1, 1)


def test_the_day_after_the_last_day_kept_is_the_first_day_destructible() -> None:
    assert first_day_destructible(date(2024, 2, 28)) == date(2024, 2, 29)
    assert first_day_destructible(date.max) is None
    assert first_day_destructible(None) is None


@settings(max_examples=80, deadline=None)
@given(keep_for=_kept, start=_days, today=_days)
@example(keep_for=months(1), start=date(2026, 1, 31), today=date(2026, 3, 1))
@example(keep_for=years(15), start=date(2008, 2, 29), today=date(2023, 3, 1))
def test_the_cutoff_is_exactly_the_comparison(keep_for: KeepFor, start: date, today: date) -> None:
    last = cutoff(keep_for, today)
    assert (last is not None and start <= last) == ended(last_day_kept(start, keep_for), today)


@settings(max_examples=50, deadline=None)
@given(keep_for=_periods, today=st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_the_cutoff_is_tight_on_both_sides(keep_for: Period, today: date) -> None:
    last = cutoff(keep_for, today)
    assert last is not None
    assert ended(last_day_kept(last, keep_for), today)
    assert not ended(last_day_kept(last + timedelta(days=1), keep_for), today)


@settings(max_examples=80, deadline=None)
@given(keep_for=_periods, one=_days, gap=st.integers(0, 800))
def test_a_later_start_never_ends_earlier(keep_for: Period, one: date, gap: int) -> None:
    end, later = keep_for.after(one), keep_for.after(one + timedelta(days=gap))
    assert end is not None
    assert later is not None
    assert end <= later


@settings(max_examples=50, deadline=None)
@given(keep_for=_kept, start=st.dates(), today=st.dates())
@example(keep_for=days(1), start=date.min, today=date(1, 1, 2))
@example(keep_for=days(1), start=date.min, today=date(1, 1, 3))
@example(keep_for=years(1), start=date.min, today=date(2, 1, 2))
@example(keep_for=months(1), start=date(1, 1, 31), today=date(1, 3, 1))
@example(keep_for=months(1), start=date.min, today=date(1, 2, 2))
@example(keep_for=AT_ONCE, start=date.min, today=date.min)
@example(keep_for=AT_ONCE, start=date.min, today=date(1, 1, 2))
@example(keep_for=years(9998), start=date.min, today=date(9999, 1, 2))
def test_the_edges_of_the_calendar_are_neither_early_nor_a_fault(keep_for: KeepFor, start: date, today: date) -> None:
    last = cutoff(keep_for, today)
    assert (last is not None and start <= last) == ended(last_day_kept(start, keep_for), today)


def test_nothing_is_expired_before_its_period_can_have_run() -> None:
    assert cutoff(years(5), date(3, 1, 1)) is None
    assert cutoff(PERMANENT, date.max) is None
    assert cutoff(AT_ONCE, date.min) is None


@pytest.mark.parametrize(
    ("keep_for", "iso"),
    [
        (years(5), "P5Y"),
        (Period(years=1, months=6, days=2), "P1Y6M2D"),
        (AT_ONCE, "P0D"),
        (PERMANENT, "permanent"),
    ],
)
def test_a_period_is_written_as_in_iso_8601(keep_for: KeepFor, iso: str) -> None:
    assert keep_for.iso == iso


@pytest.mark.parametrize("n", [-1, 0])
@pytest.mark.parametrize("unit", [years, months, weeks, days])
def test_a_negative_period_or_none_at_all_is_refused(unit: object, n: int) -> None:
    with pytest.raises(PolicyError, match="cannot be negative" if n else "AT_ONCE"):
        unit(n)  # type: ignore[operator]


@pytest.mark.parametrize("n", [1.5, "5", True])
def test_a_period_of_anything_but_whole_numbers_is_refused(n: object) -> None:
    with pytest.raises(PolicyError, match="whole"):
        Period(years=n)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (years(7), years(5), True),
        (years(5), years(7), False),
        (years(5), years(5), False),
        (months(12), years(1), False),
        (years(1), days(365), True),  # a leap year has 366
        (years(1), days(366), False),
        (days(366), years(1), True),
        (months(1), days(30), True),
        (days(31), months(1), True),
        (months(2), days(61), True),  # July and August have 62
        (days(60), months(2), True),  # January and February of a common year, 59 from 31 December
        (PERMANENT, years(100), True),
        (years(100), PERMANENT, False),
        (PERMANENT, PERMANENT, False),
        (AT_ONCE, days(1), False),
        (days(1), AT_ONCE, True),
        (days(10**7), years(1), True),
        (days(10**7), PERMANENT, False),
        (years(100), days(36524), True),  # 1 March 1904 to 2004 has 36525
        (days(36524), years(100), False),  # the shortest century has 36524
        (days(36525), years(100), True),  # 1896 to 1996 is long, 2001 to 2101 is short
    ],
    ids=str,
)
def test_longer_means_that_it_can_end_later(one: KeepFor, other: KeepFor, expected: bool) -> None:  # noqa: FBT001
    assert longer(one, other) is expected


@settings(max_examples=25, deadline=None)
@given(one=_kept, other=_kept, start=st.dates(date(1990, 1, 1), date(2400, 12, 31)))
def test_what_is_not_longer_never_ends_later(one: KeepFor, other: KeepFor, start: date) -> None:
    if not longer(one, other):
        end, limit = last_day_kept(start, one), last_day_kept(start, other)
        assert limit is None or (end is not None and end <= limit)
