"""The night and the windows: a timetable by which nothing would ever go is said before a month of nights shows it."""

import pytest

from retention.config.pace import SweepSettings
from retention.config.sections import ScheduleSettings
from retention.config.timetable import timetable


def found(sweep, *windows):
    said = timetable(ScheduleSettings(sweep=sweep), SweepSettings(windows=windows))
    return [(one.code, one.where) for one in said]


OUTSIDE = [("SCHEDULE_OUTSIDE_WINDOWS", "schedule.sweep")]


@pytest.mark.parametrize(
    ("sweep", "windows"),
    [
        ("0 2 * * *", ["22:00-06:00"]),
        ("0 22 * * *", ["22:00-06:00"]),
        ("59 5 * * *", ["22:00-06:00"]),
        ("0 2 * * 1", ["sun 22:00-06:00"]),  # that of Sunday is open on Monday morning
        ("0 3 * * 0", ["sat-sun 00:00-24:00"]),
        ("0 3 1 * *", ["mon 00:00-24:00"]),  # some first day of a month is a Monday
        ("0 2 * * *", ["mon 01:00-05:00"]),  # once a week is not never
        ("0 23 * * *", ["22:00-00:00", "00:00-06:00"]),  # they join, and the run goes on
        ("0 23 * * 6", ["sat 22:00-24:00", "sun 00:00-24:00"]),  # likewise, over the end of the week
        ("0 12 * * *", []),
        ("", ["22:00-06:00"]),  # something else starts it
    ],
)
def test_a_night_that_begins_within_a_window_is_fine(sweep, windows):
    assert found(sweep, *windows) == []


@pytest.mark.parametrize(
    ("sweep", "windows"),
    [
        ("0 12 * * *", ["22:00-06:00"]),
        ("0 6 * * *", ["22:00-06:00"]),  # the moment at which it closes
        ("0 2 * * 1-5", ["sat-sun 00:00-24:00"]),
        ("0 2 * * 1", ["mon 22:00-06:00"]),
        ("30 21 * * *", ["22:00-06:00", "sat 23:00-24:00"]),
    ],
)
def test_a_night_that_always_begins_outside_every_window_is_said_once(sweep, windows):
    assert found(sweep, *windows) == OUTSIDE


@pytest.mark.parametrize(
    ("sweep", "windows", "number"),
    [
        ("0 2 * * *", ["22:00-06:00", "12:00-13:00"], 2),
        ("0 23 * * 1-5", ["sat 00:00-24:00", "22:00-06:00"], 0),  # joined by that of Friday
        ("0 2 * * 1-5", ["sat 12:00-24:00", "22:00-06:00"], 1),
        ("0 2 * * *", ["00:00-02:00", "02:00-03:00"], 1),  # closed when the run begins
    ],
)
def test_a_window_in_which_no_night_falls_is_named(sweep, windows, number):
    assert found(sweep, *windows) == ([("WINDOW_WITHOUT_RUN", f"sweep.windows[{number}]")] if number else [])
