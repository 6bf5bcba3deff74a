"""Whether the night of [schedule] and the windows of [sweep] ever meet: times on the wall, in minutes of a week.

What clocks do twice a year is left out: it shifts one night, and a timetable is wrong when no night is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from retention.config.cron import Cron
from retention.config.cron import parse as parse_cron
from retention.config.pace import SweepSettings
from retention.config.sections import ScheduleSettings
from retention.finding import Finding, Severity
from retention.text import Text
from retention.windows import Window
from retention.windows import parse as parse_window

_DAY: Final = 24 * 60  # minutes
_WEEK: Final = 7
_AROUND: Final = range(-_WEEK, 2 * _WEEK)  # days whose windows a run of this week can meet, whatever joins


def timetable(schedule: ScheduleSettings, sweep: SweepSettings) -> Iterator[Finding]:
    """What does not fit; nothing where another clock than ours starts the night, or no windows are configured."""
    if not schedule.sweep or not sweep.windows:
        return
    windows = tuple(parse_window(text) for text in sweep.windows)
    met = [_met(windows, start) for start in _starts(parse_cron(schedule.sweep))]
    if not any(met):
        yield _outside(schedule.sweep, sweep.windows)
        return
    for number, text in enumerate(sweep.windows):
        if not any(number in one for one in met):
            yield _unused(schedule.sweep, number + 1, text)


def _starts(cron: Cron) -> Iterator[int]:
    """When a run can begin; one with days of the month begins on every weekday in some year or other."""
    return ((weekday - 1) % _WEEK * _DAY + cron.hour * 60 + cron.minute for weekday in sorted(cron.weekdays))


def _met(windows: Sequence[Window], start: int) -> frozenset[int]:
    """The windows in which a run that begins then can work: those that are open, and what joins them."""
    opened = [
        (number, day * _DAY + window.begins, day * _DAY + window.ends)
        for number, window in enumerate(windows)
        for day in _AROUND
        if day % _WEEK in window.days
    ]
    end = start
    while (later := max((ends for _, begins, ends in opened if begins <= end < ends), default=end)) > end:
        end = later
    return frozenset(number for number, begins, ends in opened if begins < end and start < ends)


def _outside(cron: str, windows: Sequence[str]) -> Finding:
    said = ", ".join(windows)
    return Finding(
        severity=Severity.WARNING,
        code="SCHEDULE_OUTSIDE_WINDOWS",
        where="schedule.sweep",
        text=Text(
            nl=f'de nacht begint met "{cron}" altijd buiten elk venster ({said}), en vernietigt niets',
            en=f'with "{cron}" the night always begins outside every window ({said}), and destroys nothing',
        ),
        hint=Text(
            nl="Laat [schedule] sweep binnen een van de [sweep] windows beginnen, of verzet het venster.",
            en="Have [schedule] sweep begin within one of the [sweep] windows, or move the window.",
        ),
    )


def _unused(cron: str, number: int, window: str) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        code="WINDOW_WITHOUT_RUN",
        where=f"sweep.windows[{number}]",
        text=Text(
            nl=f'in het venster "{window}" valt geen nacht van [schedule] sweep ("{cron}")',
            en=f'no night of [schedule] sweep ("{cron}") falls in the window "{window}"',
        ),
        hint=Text(
            nl="Haal het venster weg, of laat de nacht er beginnen; wat met de hand start, mag het wel gebruiken.",
            en="Take the window away, or have the night begin in it; what is started by hand may use it.",
        ),
    )
