"""What a plan tells of one dataset besides its sums: how late, until when, by whose decision."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from msgspec import Struct, field

from retention.candidate import Unlink
from retention.details import OVERDUE_FROM, UNDATED, Kept
from retention.judge import State
from retention.period import Period, first_day_destructible
from retention.reason import Reason
from retention.scan import Judged

_YEAR: Final = Period(years=1)
_IN_DOUBT: Final = {reason for reason in Reason if reason.name.startswith("REVIEW_")}


class _Stay(Struct):
    """Records that stay for one reason and by one decision."""

    records: int = 0
    first: date | None = None
    last: date | None = None


class Outlook(Struct):
    """One dataset, counted while its records are judged."""

    today: date
    before: date | None = None  # reference date of the plan before that listed the dataset; None: there is none
    ended: int = 0  # planned records of which the period ended since then
    _overdue: Counter[int] = field(default_factory=Counter)
    _coming: Counter[tuple[int, int]] = field(default_factory=Counter)  # year, month
    _stays: dict[tuple[str, str], _Stay] = field(default_factory=dict)  # reason, purpose
    _purposes: dict[str, Counter[str]] = field(default_factory=dict)  # purpose: reason: records
    _unlinked: Counter[str] = field(default_factory=Counter)
    _year: date | None = None  # the first day that is not in the coming year

    def __post_init__(self) -> None:
        self._year = _YEAR.after(self.today)

    def add(self, judged: Judged, records: int = 1) -> None:
        """Count so many records of which the same is said."""
        for purpose in {reading.policy.purpose for reading in judged.judgement.readings}:
            self._purposes.setdefault(purpose, Counter())[judged.reason.value] += records
        if judged.gate is None and judged.judgement.action is not None:
            self._goes(judged, records)
        if judged.gate is not None or not (judged.judgement.due or judged.reason is Reason.GOES_WITH_PARENT):
            self._remains(judged, records)

    def lose(self, unlinks: Iterable[Unlink]) -> None:
        """Count records that lose their reference to one that goes."""
        for unlink in unlinks:
            self._unlinked[unlink.dataset.id] += len(unlink.keys)

    def _goes(self, judged: Judged, records: int) -> None:
        first = first_day(judged)
        if first is not None and self.before is not None and first > self.before:
            self.ended += records
        if judged.judgement.due:
            self._overdue[UNDATED if first is None else _band((self.today - first).days)] += records

    def _remains(self, judged: Judged, records: int) -> None:
        decider = None if judged.gate is not None else judged.judgement.decider
        day = until(judged, self.today)
        stay = self._stays.setdefault((judged.reason.value, decider.policy.purpose if decider else ""), _Stay())
        stay.records += records
        if day is None:
            return
        stay.first, stay.last = min(stay.first or day, day), max(stay.last or day, day)
        if self._year is None or day < self._year:
            self._coming[day.year, day.month] += records

    def overdue(self) -> Mapping[str, int]:
        """Records that are due, by the days from which their band counts."""
        return {str(band): count for band, count in sorted(self._overdue.items())}

    def coming(self) -> Mapping[str, int]:
        """Records that stay, by the month of the first day on which they may go, for a year from today."""
        return {f"{year:04}-{month:02}": count for (year, month), count in sorted(self._coming.items())}

    def next_due(self) -> date | None:
        """The earliest first day destructible among what stays; None: none is known."""
        return min((stay.first for stay in self._stays.values() if stay.first is not None), default=None)

    def kept(self) -> tuple[Kept, ...]:
        """What stays, the most first."""
        found = [
            Kept(reason=reason, purpose=purpose, records=stay.records, first=stay.first, last=stay.last)
            for (reason, purpose), stay in self._stays.items()
        ]
        return tuple(sorted(found, key=lambda one: (-one.records, one.reason, one.purpose)))

    def unlinked(self) -> Mapping[str, int]:
        """Records that stay, and lose their reference to one that goes."""
        return dict(sorted(self._unlinked.items()))

    def reasons(self, purpose: str) -> Mapping[str, int] | None:
        """What becomes of the records to which a purpose applies; None: it applies to none."""
        found = self._purposes.get(purpose)
        return None if found is None else dict(sorted(found.items()))


def first_day(judged: Judged) -> date | None:
    """The first day on which what is due of a record may go; None: no period decides it."""
    ends = [one.last_day for one in judged.judgement.readings if one.state is State.EXPIRED]
    return first_day_destructible(max((day for day in ends if day is not None), default=None))


def until(judged: Judged, today: date) -> date | None:
    """The first day on which a record that stays may go, by the periods that run; None: nobody can tell."""
    decider = judged.judgement.decider
    if judged.gate is not None or judged.reason in _IN_DOUBT or decider is None or decider.last_day is None:
        return None
    running = (one.last_day for one in judged.judgement.readings if one.state is State.RUNNING)
    last = max((decider.last_day, *(day for day in running if day is not None)))
    day = first_day_destructible(last)
    return None if day is None or day <= today else day


def _band(days: int) -> int:
    return OVERDUE_FROM[max(0, bisect_right(OVERDUE_FROM, days) - 1)]
