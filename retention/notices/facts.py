"""What a notice says, before it is said in any language: one value for each kind, of counts and ids alone.

There is nothing in it to leak: no subject, no key, no matter, no person, no server's words, and no small number, since
notices are kept (P7).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from msgspec import Struct

from retention.notice import NoticeKind
from retention.reports.destruction import Kept


class Ended(StrEnum):
    """How a job ended that did not go well, as its exit status says it."""

    FAILED = "failed"  # 1
    NOT_STARTED = "not-started"  # 2: usage, configuration, policies, clock
    AT_RISK = "at-risk"  # 4: proof


class Refused(Struct, frozen=True, kw_only=True):
    """An approved thing was refused."""

    of: date  # the local day of it
    runs: tuple[str, ...]
    datasets: Mapping[str, Kept]  # dataset: records refused


class Failed(Struct, frozen=True, kw_only=True):
    """A job failed."""

    of: date
    ended: Ended
    job: str | None  # None: a run that is known, or a job of which nothing more is
    runs: tuple[str, ...]
    datasets: Mapping[str, Kept]  # dataset: records that failed; 0 where it could not be worked on at all
    open_intents: int  # batches of which nobody knows how they ended


class Late(Struct, frozen=True, kw_only=True):
    """Records that should have gone, or nights that did not happen."""

    of: date
    last_good: datetime | None  # end of the last run that went well; None: never
    overdue: bool  # that is too long ago
    runs: tuple[str, ...]
    datasets: Mapping[str, Kept | None]  # dataset: records late; None: not countable


class Listed(Struct, frozen=True, kw_only=True):
    """A dataset of a new plan."""

    id: str
    purposes: tuple[str, ...]
    records: Kept
    over_limit: bool
    approved: str | None  # "standing", "list" or None
    judged: bool


class Planned(Struct, frozen=True, kw_only=True):
    """A new plan to read."""

    of: date
    digest: str | None  # None: a report that nobody can approve
    reference_date: date
    expires: date
    records: Kept
    datasets: tuple[Listed, ...]  # that list something, or could not be judged
    to_mend: int  # findings that ask for something to be done

    @property
    def waits(self) -> bool:
        """Whether somebody has to say yes before all of it goes."""
        return any(one.records and one.approved is None for one in self.datasets)

    @property
    def over_limit(self) -> bool:
        """Whether a dataset is over its limit."""
        return any(one.over_limit for one in self.datasets)

    @property
    def unjudged(self) -> tuple[str, ...]:
        """Datasets that could not be judged."""
        return tuple(one.id for one in self.datasets if not one.judged)


class ToReview(Struct, frozen=True, kw_only=True):
    """One hold that somebody should look at again."""

    id: str
    kind: str  # HoldKind
    review_on: date


class Reviews(Struct, frozen=True, kw_only=True):
    """Holds past the day on which somebody would look at them."""

    of: date
    holds: tuple[ToReview, ...]


class Tested(Struct, frozen=True, kw_only=True):
    """Nothing happened: somebody tries whether notices arrive."""

    of: date


Facts = Refused | Failed | Late | Planned | Reviews | Tested


def kind_of(facts: Facts) -> NoticeKind | None:
    """The kind of notice that says these facts; None: a test."""
    match facts:
        case Refused():
            return NoticeKind.REFUSAL
        case Failed():
            return NoticeKind.FAILURE
        case Late():
            return NoticeKind.LATENESS
        case Planned():
            return NoticeKind.PLAN
        case Reviews():
            return NoticeKind.HOLD_REVIEW
        case Tested():
            return None
        case _:
            assert_never(facts)
