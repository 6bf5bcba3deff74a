"""Periods and exact calendar arithmetic (design.md R5).

The event day does not count; a period is added once, as a whole; a missing day becomes the month's last day
(Reg. 1182/71 art. 3; CJEU C-171/03 *Toeters*). A record is destructible from the first instant of the local day after
its last day kept. Adding a period never turns two dates round, so "last day kept < today" is exactly one comparison of
the trigger with a cut-off computed here: arithmetic never touches a column.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from retention.errors import PolicyError


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar period: whole years, months and days, added in that order, as one."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
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
        try:
            return day + relativedelta(years=self.years, months=self.months, days=self.days)
        except (ValueError, OverflowError):
            return None

    def cutoff(self, today: date) -> date | None:
        """The latest start whose period has ended before `today`; None when no date is early enough."""
        try:
            guess = today - timedelta(days=1) - relativedelta(years=self.years, months=self.months, days=self.days)
        except (ValueError, OverflowError):
            return None
        while not ended(self.after(guess), today):
            guess -= timedelta(days=1)
        while guess < today and ended(self.after(guess + timedelta(days=1)), today):
            guess += timedelta(days=1)
        return guess


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Kept not a day longer than the day on which it starts; without a trigger: due as soon as it exists."""

    iso: Final[str] = "P0D"


@dataclass(frozen=True, slots=True)
class Permanent:
    """Never due: appraisal B (*blijvend te bewaren*), to be transferred."""

    iso: Final[str] = "permanent"


AT_ONCE: Final = AtOnce()
PERMANENT: Final = Permanent()
KeepFor = Period | AtOnce | Permanent


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
            return today - timedelta(days=1)
        case Permanent():
            return None


def ended(last_day: date | None, today: date) -> bool:
    """Whether a last day kept lies before today; a day that never comes (None) does not."""
    return last_day is not None and last_day < today


def first_day_destructible(last_day: date | None) -> date | None:
    """The local day from whose first instant a record may be destroyed; None when it never may."""
    return None if last_day is None or last_day == date.max else last_day + timedelta(days=1)


def longer(one: KeepFor, other: KeepFor) -> bool:
    """Whether `one` can end after `other` for some start (years and days are compared over a leap cycle)."""
    starts = [date(2000, 2, 29) + timedelta(days=61 * n) for n in range(25)]
    for start in starts:
        end, limit = last_day_kept(start, one), last_day_kept(start, other)
        if limit is not None and (end is None or end > limit):
            return True
    return False
