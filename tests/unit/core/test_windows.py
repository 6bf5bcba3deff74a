"""When a window is open, by the clock on the wall: over midnight, and on both days on which that clock is changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from retention.windows import closes, opens, parse

ZONE = ZoneInfo("Europe/Amsterdam")
SPRING, AUTUMN = "2026-03-29", "2026-10-25"  # Sundays: 02:00 becomes 03:00, and 03:00 becomes 02:00


def at(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=fold).astimezone(UTC)


def until(now: str, *texts: str) -> datetime | None:
    return closes([parse(text) for text in texts], at(now), ZONE)


@pytest.mark.parametrize(
    ("text", "now", "closing"),
    [
        ("22:00-06:00", "2026-07-01 21:59", None),
        ("22:00-06:00", "2026-07-01 22:00", "2026-07-02 06:00"),
        ("22:00-06:00", "2026-07-02 05:59", "2026-07-02 06:00"),
        ("22:00-06:00", "2026-07-02 06:00", None),
        ("01:00-05:30", "2026-07-02 03:00", "2026-07-02 05:30"),
        ("22:00-24:00", "2026-07-01 23:00", "2026-07-02 00:00"),
        ("sat-sun 00:00-24:00", "2026-07-03 23:59", None),
        ("sat-sun 00:00-24:00", "2026-07-04 12:00", "2026-07-06 00:00"),
        ("fri 22:00-06:00", "2026-07-04 03:00", "2026-07-04 06:00"),
        ("fri 22:00-06:00", "2026-07-03 03:00", None),
        ("fri-mon 22:00-06:00", "2026-07-07 05:00", "2026-07-07 06:00"),
        ("mon,wed-thu 01:00-02:00", "2026-07-01 01:30", "2026-07-01 02:00"),
        ("mon,wed-thu 01:00-02:00", "2026-06-30 01:30", None),
    ],
)
def test_a_window_is_open_from_its_beginning_until_its_end(text, now, closing):
    assert until(now, text) == (None if closing is None else at(closing))


def test_windows_that_join_are_one():
    assert until("2026-07-03 23:00", "22:00-06:00", "sat-sun 00:00-24:00") == at("2026-07-06 06:00")


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 7), (AUTUMN, 9), ("2026-07-05", 8)])
def test_a_night_is_as_long_as_the_clock_on_the_wall_makes_it(day, hours):
    evening = at(f"{day} 00:00") - timedelta(hours=2)
    assert closes([parse("22:00-06:00")], evening, ZONE) == evening + timedelta(hours=hours)


def test_a_window_in_the_hour_that_is_skipped_does_not_open_that_day():
    window = parse("02:15-02:45")
    opening, closing = window.on(at(f"{SPRING} 12:00").date(), ZONE)
    assert opening == closing
    assert opens([window], at(f"{SPRING} 01:00"), ZONE) == at("2026-03-30 02:15")


def test_a_window_that_begins_in_the_hour_that_is_skipped_opens_when_it_is_skipped():
    assert opens([parse("02:30-05:00")], at(f"{SPRING} 01:00"), ZONE) == at(f"{SPRING} 03:00")


def test_a_window_in_the_hour_that_comes_twice_opens_once():
    windows = [parse("02:15-02:45")]
    assert closes(windows, at(f"{AUTUMN} 02:30"), ZONE) == at(f"{AUTUMN} 02:45")
    assert closes(windows, at(f"{AUTUMN} 02:30", fold=1), ZONE) is None


def test_the_next_opening_is_the_earliest_of_all_windows():
    found = opens([parse("sat 01:00-02:00"), parse("23:00-23:30")], at("2026-07-01 23:30"), ZONE)
    assert found == at("2026-07-02 23:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("22:00-22:00", "never opens; write 00:00-24:00"),
        ("00:00-00:00", "never opens"),
        ("24:00-06:00", "on no clock"),
        ("22:00-25:00", "on no clock"),
        ("22-6", "is no window; write"),
        ("za-zo 00:00-24:00", "none of mon, tue"),
        ("sat - sun 00:00-24:00", "is no window"),
        ("", "is no window"),
    ],
)
def test_what_is_no_window_says_what_to_write(text, said):
    with pytest.raises(ValueError, match=said):
        parse(text)
