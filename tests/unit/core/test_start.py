"""When a period starts (R4 to R6)."""

from datetime import date

import pytest

from retention.condition import Equals
from retention.dataset import Timestamp
from retention.period import years
from retention.record import UNREADABLE, Facts, Value
from retention.relation import Join
from retention.start import Clock, read_start
from retention.trigger import (
    Column,
    birth,
    earliest,
    end_of_year,
    ends,
    followed_by,
    latest,
    latest_of,
    open_while_empty,
    trigger,
    year,
)
from tests.unit.core.judging import TODAY, dataset, record, related, start, utc

THEIRS = dataset("document")
ON = Join((("dossier_id", "id"),))
NEXT = Join((("vorige", "id"),))


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2018-12-31T22:59:59.999999", "2018-12-31"),
        ("2018-12-31T23:00:00", "2019-01-01"),  # K24: midnight in Amsterdam, in winter
        ("2025-06-30T21:59:59", "2025-06-30"),
        ("2025-06-30T22:00:00", "2025-07-01"),  # in summer
        ("2025-03-29T23:00:00", "2025-03-30"),  # the night the clock goes forward
        ("2025-03-30T22:00:00", "2025-03-31"),
        ("2025-10-25T22:00:00", "2025-10-26"),  # and back
        ("2025-10-26T22:59:59", "2025-10-26"),
    ],
)
def test_a_timestamp_is_a_local_date_before_anything_else(value: str, day: str):
    assert start(Column("om"), om=utc(value)).day == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("value", "clock"),
    [
        (None, Clock.MISSING),
        (UNREADABLE, Clock.IMPLAUSIBLE),
        ("2020-01-01", Clock.IMPLAUSIBLE),
        (date(1900, 1, 1), Clock.IMPLAUSIBLE),
        (date(1970, 1, 1), Clock.IMPLAUSIBLE),
        (date(1, 1, 1), Clock.IMPLAUSIBLE),
        (date(9999, 12, 31), Clock.IMPLAUSIBLE),
        (date(1850, 5, 5), Clock.IMPLAUSIBLE),
        (date(2062, 3, 14), Clock.FUTURE),
        (date(2026, 7, 2), Clock.FUTURE),
        (date(2026, 7, 1), Clock.STARTED),
        (date(1900, 1, 2), Clock.STARTED),
    ],
)
def test_an_event_starts_a_clock_only_when_it_can_be_believed(value: Value, clock: Clock):
    assert start(Column("af"), af=value).clock is clock


@pytest.mark.parametrize("moment", ["1970-01-01T00:00:00", "1899-12-31T23:30:00", "1969-12-31T23:30:00"])
def test_a_sentinel_is_one_as_it_is_written_and_as_it_is_read(moment: str):
    assert start(Column("om"), om=utc(moment)).clock is Clock.IMPLAUSIBLE


def test_a_date_before_the_one_it_cannot_precede_is_implausible():
    assert start(Column("bounded"), bounded=date(2020, 1, 1), op=date(2020, 1, 2)).clock is Clock.IMPLAUSIBLE
    assert start(Column("bounded"), bounded=date(2020, 1, 1), op=None).clock is Clock.IMPLAUSIBLE
    assert start(Column("bounded"), bounded=date(2020, 1, 1), op=date(2020, 1, 1)).day == date(2020, 1, 1)


def test_an_end_date_may_be_empty_or_lie_ahead():
    assert start(ends("tot")).clock is Clock.RUNNING
    assert start(ends("tot"), tot=date(2030, 1, 1)).clock is Clock.RUNNING
    assert start(ends("tot"), tot=date(2026, 7, 1)).day == date(2026, 7, 1)
    assert start(ends("tot"), tot=date(9999, 12, 31)).clock is Clock.IMPLAUSIBLE


def test_a_sentinel_is_one_in_the_zone_of_its_column_too():
    of = dataset(dates={"om": Timestamp(zone="Asia/Tokyo")})
    one = record(of, om=utc("1969-12-31T15:00:00"))  # 1970-01-01 00:00 there, and a day earlier everywhere else
    assert read_start(Column("om"), one, Facts(), TODAY).clock is Clock.IMPLAUSIBLE


def test_a_date_of_birth_is_believed_on_the_days_that_are_sentinels_elsewhere():
    assert start(birth("geboren"), geboren=date(1970, 1, 1)).day == date(1970, 1, 1)
    assert start(birth("geboren"), geboren=date(1850, 5, 5)).clock is Clock.STARTED
    assert start(birth("geboren"), geboren=date(9999, 12, 31)).clock is Clock.IMPLAUSIBLE
    assert start(birth("geboren"), geboren=date(2026, 7, 2)).clock is Clock.FUTURE


@pytest.mark.parametrize(
    ("value", "clock"),
    [(2020, 0), (2026, 0), (2027, 4), (None, 3), (1899, 5), (20, 5), ("2020", 5), (2020.0, 5), (True, 5)],
)
def test_a_year_is_a_plausible_whole_number(value: Value, clock: int):
    found = start(year("jaar"), jaar=value)
    assert found.clock == clock
    assert found.day == (date(int(str(value)), 12, 31) if clock == 0 else None)


def test_the_latest_needs_every_part_and_the_earliest_any():
    early, late = date(2019, 1, 1), date(2020, 1, 1)
    assert start(latest("af", "op"), af=early, op=late).day == late
    assert start(latest("af", "op"), af=early).clock is Clock.MISSING
    assert start(latest("af", "op"), af=early, op=date(1900, 1, 1)).clock is Clock.IMPLAUSIBLE
    assert start(earliest("af", "op"), af=late, op=early).day == early
    assert start(earliest("af", "op"), af=late).day == late
    assert start(earliest("af", "op"), af=late, op=date(1900, 1, 1)).day == late
    assert start(earliest("af", "op"), op=date(1900, 1, 1)).clock is Clock.IMPLAUSIBLE


def test_the_end_of_the_year_is_that_of_the_local_year():
    assert start(end_of_year("om"), om=utc("2018-12-31T23:30:00")).day == date(2019, 12, 31)
    assert start(end_of_year("af"), af=date(2018, 12, 31)).day == date(2018, 12, 31)
    assert start(end_of_year("af")).clock is Clock.MISSING


def test_the_latest_of_related_records_is_missing_where_one_has_no_date():
    of = latest_of(THEIRS, "op", ON)
    dated = [record(THEIRS, id=n, dossier_id=1, op=date(2020, 1, n)) for n in (1, 9, 5)]
    assert start(of, related(THEIRS, ON, 1, *dated)).day == date(2020, 1, 9)
    assert start(of, related(THEIRS, ON, 1, *dated, record(THEIRS, id=4, dossier_id=1))).clock is Clock.MISSING


def test_without_related_records_the_rule_says_what_is_read():
    nobody = related(THEIRS, ON, 1)
    assert start(latest_of(THEIRS, "op", ON), nobody).clock is Clock.MISSING
    assert start(latest_of(THEIRS, "op", ON, if_none="af"), nobody, af=date(2020, 1, 1)).day == date(2020, 1, 1)


def test_a_related_record_of_which_the_kind_cannot_be_told_is_no_ground_to_start():
    on = Join(ON.pairs, Equals("soort", "wmo"))
    unknown = record(THEIRS, dossier_id=1, soort=None, op=date(2020, 1, 1))
    assert start(latest_of(THEIRS, "op", on), related(THEIRS, on, 1, unknown)).clock is Clock.IMPLAUSIBLE


def chain(*following: tuple[int, int | None]) -> Facts:
    """Records by id, each with the one before it; number n starts on 1 January 2000 + n."""
    own = dataset()
    records = {id_: record(own, id=id_, vorige=before, af=date(2000 + id_, 1, 1)) for id_, before in following}
    after = {(id_,): tuple(one for one in records.values() if one.values["vorige"] == id_) for id_ in (1, *records)}
    return Facts({(own.id, NEXT.theirs): after})


@pytest.mark.parametrize(
    ("facts", "at_most", "day"),
    [
        (chain(), 20, date(2001, 1, 1)),
        (chain((2, 1), (3, 2)), 20, date(2003, 1, 1)),
        (chain((2, 1), (3, 2), (9, 1)), 20, date(2009, 1, 1)),  # two ends: the later
        (chain((2, 1), (3, 2)), 2, date(2003, 1, 1)),
        (chain((2, 1), (3, 2)), 1, None),  # longer than it may be
    ],
    ids=["alone", "reopened twice", "two ends", "as long as it may be", "too long"],
)
def test_a_chain_is_followed_to_its_ends_within_its_bound(facts: Facts, at_most: int, day: date | None):
    own = dataset()
    found = start(followed_by("af", NEXT, at_most=at_most), facts, id=1, vorige=None, af=date(2001, 1, 1))
    assert found.day == day
    assert own.id == dataset().id


def test_a_chain_that_bites_its_tail_is_implausible():
    assert start(followed_by("af", NEXT), chain((1, 2), (2, 1)), id=1).clock is Clock.IMPLAUSIBLE


def test_a_closing_date_is_rightly_empty_until_the_activity_is_stale():
    of = open_while_empty("af", activity="op", stale_after=years(2))
    assert start(of, op=date(2024, 7, 1)).clock is Clock.OPEN
    assert start(of, op=date(2024, 6, 30)).clock is Clock.MISSING
    assert start(of).clock is Clock.MISSING
    assert start(of, op=date(2026, 1, 1), af=date(2020, 1, 1)).day == date(2020, 1, 1)


def test_a_bare_name_is_an_event():
    assert trigger("af") == Column("af")
