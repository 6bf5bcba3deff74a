"""What a status is made of, as values: gathered at the edge, judged purely."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum, auto
from pathlib import Path

from msgspec import Struct

from retention.control.interface import Flight, Run
from retention.holds import Hold
from retention.nights import is_second
from retention.run_summary import DatasetRun, RunSummary
from retention.status.value import Anchor, DatasetState, Disk, Expiry, KeyAge, PlanState, Verified
from retention.text import Text


class Thresholds(Struct, frozen=True, kw_only=True):
    """From when on something is red."""

    late_after: timedelta  # since the last good night
    anchor_after: timedelta | None  # since the newest anchor; None: it is kept elsewhere, and not watched here


class ToldRun(Struct, frozen=True):
    """A run, and what it said of itself."""

    run: Run
    told: RunSummary | None  # None: it has not ended, or broke off

    @property
    def same_day(self) -> bool:
        """Whether it is a night's second run, whose plan is of its own day."""
        return is_second(self.told)

    @property
    def failing(self) -> tuple[DatasetRun, ...]:
        """Datasets in which something failed, or is late, or could not be counted (P9)."""
        told = () if self.told is None else self.told.datasets
        return tuple(one for one in told if one.late != 0 or one.failed)


class KeyKind(Enum):
    """What a key is for."""

    LOG = auto()  # signs every entry
    SPOOL = auto()  # opens the keys of records that plans list
    REFERENCE = auto()  # names the records of one dataset and year in the log


class LostKey(Struct, frozen=True, kw_only=True):
    """A key that the next sweep needs and cannot use."""

    kind: KeyKind
    path: Path
    why: str | None  # None: there is no such file
    dataset: str | None = None  # of a reference key
    more: int = 0  # others of its kind with which something is the matter too


class Memory(Struct, frozen=True, kw_only=True):
    """What our own memory tells, in one consistent view."""

    began: datetime | None  # time of the log's first entry; None: none yet
    runs: tuple[ToldRun, ...]  # of the last weeks, the newest first
    plans: tuple[PlanState, ...]  # the newest three
    datasets: tuple[DatasetState, ...]
    unjudged: tuple[tuple[str, Text], ...]  # (dataset, why): the newest plan could not judge it
    expiring: tuple[Expiry, ...]
    holds: tuple[Hold, ...]  # in force
    flights: tuple[Flight, ...]
    unlogged: int
    undelivered: int = 0  # notices that reached nobody, or not everybody
    reference_keys: tuple[tuple[str, int], ...] = ()  # (dataset, year): recorded, and needed

    @property
    def last_night(self) -> RunSummary | None:
        """What the newest night that ended said; None: none did."""
        return next((one.told for one in self.runs if one.told is not None and not one.same_day), None)


class Facts(Struct, frozen=True, kw_only=True):
    """Everything that a status is made of."""

    now: datetime
    today: date
    thresholds: Thresholds
    memory: Memory | str  # a text: why it cannot be read
    old_copy: str | None = None  # why our own memory is not the newest; None: it is
    log: str | None = None  # why the published log cannot be verified; None: it can, as far as a quick look goes
    log_size: int | None = None
    verified: Verified | None = None
    anchor: Anchor | None = None
    disk: Disk | None = None
    keys: tuple[KeyAge, ...] | None = None
    lost: tuple[LostKey, ...] = ()  # keys that cannot be used, where this account should have them
    next_night: datetime | None = None
