"""The status as a value: what an operator looks at in the morning, and what notices and metrics are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from msgspec import Struct

from retention.control.interface import RunStatus
from retention.status.code import Alarm, Code, Level
from retention.text import Text

_GRAVEST: Final = (4, 2, 1, 3, 5, 0)


class Night(Struct, frozen=True, kw_only=True):
    """One run, as it ended."""

    run: str
    started: datetime
    ended: datetime | None  # None: it has not
    status: RunStatus | None  # None: likewise


class PlanState(Struct, frozen=True, kw_only=True):
    """A plan, and whether somebody said yes."""

    digest: str
    reference_date: date
    made: datetime
    records: int
    approved: bool  # by its digest; standing approvals of its datasets count in `datasets`
    expired: bool


class DatasetState(Struct, frozen=True, kw_only=True):
    """What the newest plan that judged a dataset says of it, less what has happened since."""

    id: str
    purposes: Mapping[str, int]  # of these purposes the period of so many has ended, at most `overdue`
    plan: str  # digest
    overdue: int  # records that are due and still there
    oldest_days: int | None  # days since the first of them could go, at most; None: none is overdue
    held: int  # records that a hold keeps, or the time after its release
    refused: int = 0  # of the overdue: over the limit and not allowed, or refused by the last run
    waiting: int = 0  # of the overdue: nobody approved them
    residue: int = 0  # of the overdue: an outcome says that they are not shown to be gone
    command: str | None = None  # what a person types to let the refused or waiting go; None: nothing
    why: Text | None = None  # why the last run refused it; None: it did not


class Overdue(Struct, frozen=True, kw_only=True):
    """What is overdue of one purpose; a record of several purposes counts for each."""

    purpose: str
    records: int
    oldest_days: int | None  # None: none is


class Expiry(Struct, frozen=True, kw_only=True):
    """A yes that holds now and ends soon, of something that is still to be done."""

    what: str  # standing, list or allowance
    of: str  # the dataset, or the beginning of the plan's digest
    expires: date  # the last UTC day on which it holds


class KeyAge(Struct, frozen=True, kw_only=True):
    """Keys of one kind: the log's key, or the reference keys of one year."""

    name: str  # log.key, or refkeys/2026
    count: int
    made: datetime  # of the oldest, as its file says


class Anchor(Struct, frozen=True, kw_only=True):
    """The newest checkpoint that a verification kept: up to there nobody can rewrite the log unnoticed."""

    size: int  # entries it covers
    at: datetime  # when it was verified and kept


class Verified(Struct, frozen=True, kw_only=True):
    """The last time that the whole log was verified."""

    at: datetime
    exit_status: int  # 0 or 5: it verified


class Disk(Struct, frozen=True, kw_only=True):
    """Room on the file system of the state directory, in bytes."""

    free: int
    total: int
    needed: int  # for the next run, and the threshold; less is red


class Status(Struct, frozen=True, kw_only=True):
    """What an operator looks at in the morning."""

    at: datetime
    readable: bool  # False: our own memory cannot be read; what it would tell is empty, and not known
    alarms: tuple[Alarm, ...]  # red first
    last_good: datetime | None  # end of the last night that went well; None: never, or not known
    late_from: datetime | None  # when the absence of another good night turns red; None: not known
    next_night: datetime | None  # as [schedule] says; None: something else starts it, or not known
    last_night: Night | None  # the newest run; None: none yet
    datasets: tuple[DatasetState, ...]  # those that a plan judged, by id
    overdue: tuple[Overdue, ...]  # by purpose
    open_intents: tuple[int, ...]  # batches without an outcome, of no run under way
    holds: int  # in force
    holds_to_review: int  # of these: their day has come
    expiring: tuple[Expiry, ...]
    unlogged: int  # holds and approvals that bind and are not yet entries
    plans: tuple[PlanState, ...]  # the newest three
    keys: tuple[KeyAge, ...] | None  # None: this account cannot see them
    anchor: Anchor | None  # None: nothing was kept yet
    verified: Verified | None  # None: never, by the job
    log_size: int | None  # entries published; None: not readable
    disk: Disk | None  # None: not readable
    undelivered: int = 0  # notices that reached nobody, or not everybody
    postponed: int = 0  # records that the last night had no time for
    nights: int | None = None  # about how many more nights those take; None: nothing is postponed, or nobody knows

    @property
    def red(self) -> tuple[Alarm, ...]:
        """What is wrong."""
        return tuple(alarm for alarm in self.alarms if alarm.level is Level.RED)

    @property
    def waits(self) -> tuple[Alarm, ...]:
        """What waits for a person."""
        return tuple(alarm for alarm in self.alarms if alarm.level is Level.WAITS)

    @property
    def exit_status(self) -> int:
        """4 proof at risk, else 1 something failed, else 5 something waits for a person, else 0."""
        statuses = {alarm.code.exit_status for alarm in self.alarms} | {0}
        return next(status for status in _GRAVEST if status in statuses)

    def has(self, code: Code) -> bool:
        """Whether that is the matter."""
        return any(alarm.code is code for alarm in self.alarms)

    @property
    def held(self) -> int:
        """Records that holds keep."""
        return sum(one.held for one in self.datasets)
