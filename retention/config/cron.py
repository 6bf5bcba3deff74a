"""When a job starts: a cron expression of one time of day, in the organisation's zone.

Five fields, as cron has them: minute, hour, day of the month, month, weekday (0 or 7 is Sunday). Stricter than cron
where cron is a trap: one minute and one hour, since a job runs once a day; days of the month or weekdays, not both,
since cron then means either; and a day that comes.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

_MONTHS: Final = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS: Final = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_SUNDAY: Final = 7  # as many write it
_FIELDS: Final = 5
_LEAP_YEAR: Final = 2000


class Cron(Struct, frozen=True, kw_only=True):
    """The days on which a job starts, and when on each."""

    minute: int
    hour: int
    days: frozenset[int]  # of the month, 1 to 31
    months: frozenset[int]  # 1 to 12
    weekdays: frozenset[int]  # 0 is Sunday

    @property
    def weekday_names(self) -> tuple[str, ...]:
        """The weekdays by their English abbreviations: programs do not agree on their numbers."""
        return tuple(name for name, number in _WEEKDAYS.items() if number in self.weekdays)


def parse(text: str) -> Cron:
    """What an expression says.

    Raises:
        ValueError: it is none; the text says why and what to write.

    """
    fields = text.lower().split()
    if len(fields) != _FIELDS:
        raise ValueError('is no cron expression of five fields; write "0 2 * * *" for 02:00 every night')
    minute, hour, days, months, weekdays = fields
    found = Cron(
        minute=_one("minute", minute, 59),
        hour=_one("hour", hour, 23),
        days=frozenset(_values("day of the month", days, 1, 31, {})),
        months=frozenset(_values("month", months, 1, 12, _MONTHS)),
        weekdays=frozenset(day % _SUNDAY for day in _values("weekday", weekdays, 0, _SUNDAY, _WEEKDAYS)),
    )
    if days != "*" and weekdays != "*":
        raise ValueError(
            "names days of the month and weekdays, which cron reads as either; name one, and * for the other"
        )
    if not any(min(found.days) <= calendar.monthrange(_LEAP_YEAR, month)[1] for month in found.months):
        raise ValueError("names a day that never comes; write * for every day")
    return found


def _one(name: str, field: str, last: int) -> int:
    if not (field.isascii() and field.isdigit() and int(field) <= last):
        raise ValueError(f"has no single {name} from 0 to {last}, and a job runs once a day; write 0 2 * * * for 02:00")
    return int(field)


def _values(name: str, field: str, first: int, last: int, names: Mapping[str, int]) -> Iterator[int]:
    """The numbers that a field lists: *, 1, 1-5, */2, 1-9/2, by name where there are names."""
    for part in field.split(","):
        said, slash, step = part.partition("/")
        begin, dash, end = said.partition("-")
        low = first if said == "*" else _number(name, begin, first, last, names)
        high = last if said == "*" else _number(name, end, first, last, names) if dash else low
        every = _number(name, step, 1, last, {}) if slash else 1
        if low > high or (slash and not dash and said != "*"):
            raise ValueError(f"has a {name} that is no range; write it as 1-5, or */2")
        yield from range(low, high + 1, every)


def _number(name: str, text: str, first: int, last: int, names: Mapping[str, int]) -> int:
    number = names.get(text, int(text) if text.isascii() and text.isdigit() else -1)
    if not first <= number <= last:
        known = f", or {', '.join(names)}" if names else ""
        raise ValueError(f"has an unknown {name}; known are {first} to {last}{known}")
    return number
