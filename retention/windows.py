"""Windows: when a sweep may work, by the clock on the organisation's wall.

A window is written as days and two times of day: `22:00-06:00`, `sat-sun 00:00-24:00`, `mon,wed-thu 01:00-05:30`. The
days are those on which it opens; one that ends at or before the time it begins ends on the next day. It opens the
first moment the clock on the wall shows its beginning or later, and closes the first moment that shows its end or
later: an hour that is skipped in spring is not waited for, and one that comes twice in autumn opens nothing twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = 24 * 60  # minutes
_TIMES: Final = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)")
_LONGEST: Final = 8  # days in a row that windows which join are followed for: more than a week is always
_AHEAD: Final = 15  # days within which every window opens: one that a clock change skips, the week after


class Window(Struct, frozen=True):
    """A stretch of the week."""

    days: frozenset[int]  # on which it opens: 0 is Monday
    begins: int  # minutes after midnight, under 1440
    ends: int  # minutes after the same midnight, over `begins`; over 1440: on the next day

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it opens and closes if it opens on that day, in UTC; the same moment twice: the clock skips it."""
        return _moment(day, self.begins, zone), _moment(day, self.ends, zone)


def parse(text: str) -> Window:
    """A window as it is written.

    Raises:
        ValueError: it is none, or never opens; the message says what to write.

    """
    *named, times = text.lower().split() or [""]
    found = _TIMES.fullmatch(times)
    if found is None or len(named) > 1:
        raise ValueError('is no window; write "22:00-06:00" or "sat-sun 00:00-24:00"')
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    begins, ends = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if begins >= _DAY or ends > _DAY:
        raise ValueError("names a time that is on no clock; write times from 00:00 to 24:00, and begin before 24:00")
    if begins == ends:
        raise ValueError("never opens; write 00:00-24:00 for whole days, and no windows at all for any time")
    return Window(_days(named[0]) if named else frozenset(range(7)), begins, ends if ends > begins else ends + _DAY)


def closes(windows: Iterable[Window], now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the windows that are open now are all closed again, in UTC; None: none is open. `now` is aware.

    Windows that join are one.
    """
    known, end, day = tuple(windows), now, now.astimezone(zone).date()
    while (later := _open_until(known, end, zone)) is not None and later > end:
        end = later
        if end.astimezone(zone).date() > day + timedelta(days=_LONGEST):
            break
    return end if end > now else None


def opens(windows: Iterable[Window], now: datetime, zone: ZoneInfo) -> datetime:
    """When the next window opens, in UTC. `now` is aware, and no window is open."""
    day = now.astimezone(zone).date()
    stretches = (
        window.on(one, zone)
        for window in windows
        for one in (day + timedelta(days=ahead) for ahead in range(_AHEAD))
        if one.weekday() in window.days
    )
    return min(start for start, end in stretches if start > now and end > start)


def _open_until(windows: tuple[Window, ...], now: datetime, zone: ZoneInfo) -> datetime | None:
    day = now.astimezone(zone).date()
    ends = [
        end
        for window in windows
        for one in (day - timedelta(days=1), day)
        if one.weekday() in window.days
        for start, end in [window.on(one, zone)]
        if start <= now < end
    ]
    return max(ends, default=None)


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The first moment at which the clock on the wall shows that time of that day, or a later one."""
    day, minutes = day + timedelta(days=minutes // _DAY), minutes % _DAY
    wall = datetime.combine(day, time(minutes // 60, minutes % 60))
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early <= late:
        return early
    while late.astimezone(zone).replace(tzinfo=None) < wall:  # skipped: the moment at which it is skipped
        late += timedelta(minutes=1)
    return late


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise ValueError(f"names a day that is none of {', '.join(DAYS)}; write sat-sun, or mon,wed")
        start = DAYS.index(first)
        stop = DAYS.index(last) if last else start
        found |= {number % 7 for number in range(start, stop + (1 if stop >= start else 8))}
    return frozenset(found)
