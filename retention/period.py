"""Periods and exact calendar arithmetic (design.md R5).

The event day does not count; a period is added once, as a whole; a missing day becomes the month's last day
(Reg. 1182/71 art. 3; CJEU C-171/03 *Toeters*). A record is destructible from the first instant of the local day after
its last day kept. Adding a period never turns two dates round, so "last day kept < today" is exactly one comparison of
the trigger with a cut-off computed here: arithmetic never touches a column.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from typing import Final

from dateutil.relativedelta import relativedelta
from msgspec import Struct

from retention.errors import PolicyError


class Period(Struct, frozen=True):
    """A calendar period: whole years, months and days, added in that order, as one."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if any(type(n) is not int for n in (self.years, self.months, self.days)):
            raise PolicyError("A retention period is a number of whole years, months or days: write years(5).")
        if min(self.years, self.months, self.days) < 0:
            raise PolicyError(f"A retention period cannot be negative: {self.iso}. Write the period as years(5).")
        if not (self.years or self.months or self.days):
            raise PolicyError("A retention period of nothing is refused: write keep_for=AT_ONCE when that is meant.")

    @property
    def iso(self) -> str:
        """The ISO 8601 duration, as MDTO's *termijnLooptijd* has it: `P5Y`."""
        parts = ((self.years, "Y"), (self.months, "M"), (self.days, "D"))
        return "P" + "".join(f"{n}{unit}" for n, unit in parts if n)

    def after(self, day: date) -> date | None:
        """The day on which this period, started on `day`, ends; None when the calendar ends before it does."""
        return _after(day, self.years, self.months, self.days)

    def cutoff(self, today: date) -> date | None:
        """The latest start whose period has ended before `today`; None when no date is early enough."""
        if not ended(self.after(date.min), today):
            return None
        try:
            guess = today - relativedelta(years=self.years, months=self.months, days=self.days + 1)
        except (ValueError, OverflowError):  # the first days of the calendar: found from below
            guess = date.min
        while not ended(self.after(guess), today):
            guess -= timedelta(days=1)
        while guess < today and ended(self.after(guess + timedelta(days=1)), today):
            guess += timedelta(days=1)
        return guess


class AtOnce(Struct, frozen=True):
    """Kept not a day longer than the day on which it starts; without a trigger: due as soon as it exists."""

    iso: Final[str] = "P0D"


class Permanent(Struct, frozen=True):
    """Never due: appraisal B (*blijvend te bewaren*), to be transferred."""

    iso: Final[str] = "permanent"


AT_ONCE: Final = AtOnce()
PERMANENT: Final = Permanent()
KeepFor = Period | AtOnce | Permanent

_REMEMBERED: Final = 65_536  # sums: records share their few thousand days, and calendar arithmetic is slow
_MEAN_MONTH: Final = 146_097 / 4_800  # days, over the four centuries that the calendar repeats
_MOST_OFF: Final = 12  # days by which no number of months differs from as many mean ones, a missing day included


@lru_cache(_REMEMBERED)
def _after(day: date, years: int, months: int, days: int) -> date | None:
    try:
        return day + relativedelta(years=years, months=months, days=days)
    except (ValueError, OverflowError):
        return None


def years(n: int) -> Period:
    """A period of n years."""
    return Period(years=n)


def months(n: int) -> Period:
    """A period of n months."""
    return Period(months=n)


def weeks(n: int) -> Period:
    """A period of n weeks: 7 n days."""
    return Period(days=7 * n)


def days(n: int) -> Period:
    """A period of n days."""
    return Period(days=n)


def last_day_kept(start: date, keep_for: KeepFor) -> date | None:
    """The last day on which a record with this start is kept; None when that day never comes."""
    match keep_for:
        case Period():
            return keep_for.after(start)
        case AtOnce():
            return start
        case Permanent():
            return None


def cutoff(keep_for: KeepFor, today: date) -> date | None:
    """The latest start that is expired on `today`; None when none is."""
    match keep_for:
        case Period():
            return keep_for.cutoff(today)
        case AtOnce():
            return today - timedelta(days=1) if today > date.min else None
        case Permanent():
            return None


def ended(last_day: date | None, today: date) -> bool:
    """Whether a last day kept lies before today; a day that never comes (None) does not."""
    return last_day is not None and last_day < today


def first_day_destructible(last_day: date | None) -> date | None:
    """The local day from whose first instant a record may be destroyed; None when it never may."""
    return None if last_day is None or last_day == date.max else last_day + timedelta(days=1)


def longer(one: KeepFor, other: KeepFor) -> bool:
    """Whether `one` can end after `other` for some start, in the four centuries that the calendar repeats."""
    if isinstance(one, Permanent) or isinstance(other, Permanent):
        return not isinstance(other, Permanent)
    (a_months, a_days), (b_months, b_days) = _months_and_days(one), _months_and_days(other)
    if a_months <= b_months and a_days <= b_days:
        return False
    if a_months >= b_months and a_days >= b_days:
        return True
    apart = _MEAN_MONTH * (a_months - b_months) + a_days - b_days
    if abs(apart) > _MOST_OFF:
        return apart > 0
    return any(_ends_later(one, other, start) for start in _month_ends())


def _months_and_days(keep_for: Period | AtOnce) -> tuple[int, int]:
    return (12 * keep_for.years + keep_for.months, keep_for.days) if isinstance(keep_for, Period) else (0, 0)


def _ends_later(one: KeepFor, other: KeepFor, start: date) -> bool:
    end, limit = last_day_kept(start, one), last_day_kept(start, other)
    return limit is not None and (end is None or end > limit)


def _month_ends() -> Iterator[date]:
    """Every start that can tell two periods apart: only from the 28th on do months differ."""
    for year, month in product(range(2000, 2400), range(1, 13)):
        for day in range(28, monthrange(year, month)[1] + 1):
            yield date(year, month, day)
