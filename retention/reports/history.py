"""The months behind us as a value: what was destroyed, how late it was, what holds stand, what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from retention.text import Text


class Month(Struct, frozen=True, kw_only=True):
    """One month of the organisation's own calendar."""

    month: str  # YYYY-MM
    runs: int  # that began in it
    destroyed: int  # records, by the outcomes in the log; each once
    by_purpose: Mapping[str, int]  # the same, for every purpose that has rules for their dataset
    overdue: int | None  # days, the longest of any record on the last plan of the month; None: there is none to ask
    late: int | None  # records planned and not done, in the worst of its runs; None: no run told
    refused: int  # runs in which something approved was refused
    failed: int  # runs in which something failed, or that broke off


class OpenHold(Struct, frozen=True, kw_only=True):
    """A hold in force."""

    id: str
    kind: str  # HoldKind
    since: date
    days: int  # how long it has stood
    review_on: date | None  # None: not set
    forgotten: bool  # its review has passed


class Refusal(Struct, frozen=True, kw_only=True):
    """Something approved that was refused in one dataset."""

    dataset: str
    title: Text
    times: int  # runs
    records: int  # the most at once
    last: date
    why: Text | None  # the last time; None: not told


class History(Struct, frozen=True, kw_only=True):
    """What the log and our own memory say of the months behind us."""

    organisation: str
    zone: str
    tool: str
    made: date
    months: tuple[Month, ...]  # without a gap, the oldest first, the last one being the current month
    purposes: Mapping[str, Text]  # what each purpose is called
    holds: tuple[OpenHold, ...]  # the oldest first
    refusals: tuple[Refusal, ...]  # the latest first

    @property
    def destroyed(self) -> int:
        """Records disposed of in all these months."""
        return sum(one.destroyed for one in self.months)
