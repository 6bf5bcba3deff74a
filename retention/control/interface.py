"""What the run needs of its own memory (design.md section 4, "One control store, one host").

Everything happens inside a transaction, and a transaction holds the one writer lock: that lock is what orders holds
and intents (P1). The log's authority is part of it (`audit.authority.Authority`). Errors are ControlError, exit 4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from retention.audit.authority import Authority
from retention.control.claims import Claims
from retention.control.deliveries import Deliveries
from retention.control.spool import Spool
from retention.holds import Hold, HoldIndex
from retention.plan import Approval


class RunStatus(StrEnum):
    """How a run ended; None in a Run while it has not."""

    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    AT_RISK = "at-risk"
    WAITING = "waiting"
    ABORTED = "aborted"


class Run(Struct, frozen=True, kw_only=True):
    """One sweep, or one attempt at one."""

    id: str  # YYYYMMDDTHHMMSSZ-8hex
    started: datetime  # aware, UTC
    reference_date: date  # the run's own today
    actor: str  # configured id
    plan: str | None  # digest; None: nothing approved and announced
    status: RunStatus | None = None  # None: not ended
    ended: datetime | None = None


class Flight(Struct, frozen=True, kw_only=True):
    """A batch in flight: registered with its intent, gone with its outcome. The only place where keys rest."""

    intent: int  # index of the intent in the log
    run: str
    plan: str  # digest
    dataset: str
    action: str
    fields: tuple[str, ...]
    ref_key: str  # id of the reference key
    records: bytes  # a `vault.Parcel`, encrypted; only the sweep account can read it
    members: Mapping[str, Collection[str]]  # dataset: key texts of every record of every family, for hold place
    subjects: Mapping[str, Collection[str]]  # of all of them: namespace, ids
    purposes: tuple[str, ...]
    registered: datetime

    @property
    def size(self) -> int:
        """How many records it touches, with all that is above and below them."""
        return sum(map(len, self.members.values()))


class EventKind(StrEnum):
    """Committed by a person, not yet an entry: the key holder logs it before its next intent."""

    HOLD_PLACE = "hold-place"
    HOLD_RELEASE = "hold-release"
    APPROVAL = "approval"


class Event(Struct, frozen=True, kw_only=True):
    """Something that binds already and is not yet in the log."""

    seq: int
    kind: EventKind
    at: datetime
    hold: Hold | None = None  # of a hold event
    approval: Approval | None = None  # of an approval


class LoggedHold(Struct, frozen=True, kw_only=True):
    """What the log says of one hold: read from its entries, not from the register of holds."""

    id: str
    last: EventKind  # HOLD_PLACE or HOLD_RELEASE
    scope_commit: str | None  # commitment to its scope, 64 lower-case hex; None: the entry had none


class Allowance(Struct, frozen=True, kw_only=True):
    """Records over the limit that a person allowed by name."""

    dataset: str
    fingerprint: str
    records: int
    used: int
    expires: date


class Control(Authority, Deliveries, Claims, Spool, Protocol):
    """One transaction on the control store; it commits when left without an exception."""

    # holds -----------------------------------------------------------------------------------------------------
    def holds(self) -> tuple[Hold, ...]:
        """Every hold, released ones too, in the order of placing."""
        ...

    def standing(self, now: datetime) -> HoldIndex:
        """The holds that stop anything at a time: those that `holds` would give in this very transaction."""
        ...

    def place(self, hold: Hold) -> None:
        """Add a hold and the event of it."""
        ...

    def release(self, hold: Hold) -> None:
        """Replace a hold in force by its released form, and add the event."""
        ...

    # what binds and is not yet an entry ------------------------------------------------------------------------
    def unlogged(self) -> tuple[Event, ...]:
        """Events that are not yet entries, in order."""
        ...

    def mark_logged(self, seq: int, index: int) -> None:
        """Note which entry an event became."""
        ...

    def logged_holds(self) -> tuple[LoggedHold, ...]:
        """What the log's entries say of each hold, for the start-up guard."""
        ...

    # approvals and allowances ----------------------------------------------------------------------------------
    def approve(self, approval: Approval, fingerprints: dict[str, str]) -> None:
        """Add an approval, the event of it, and its allowances, each for the dataset's fingerprint.

        What is left of earlier allowances that came with approvals of the same thing ends: all of it with a
        withdrawal, that of a dataset when its records are allowed anew.
        """
        ...

    def approvals(self) -> tuple[Approval, ...]:
        """Every approval and withdrawal, in order."""
        ...

    def allowances(self, dataset: str, fingerprint: str) -> tuple[Allowance, ...]:
        """Allowances of one fingerprint, expired ones too."""
        ...

    def use_allowance(self, dataset: str, fingerprint: str, records: int, today: date) -> None:
        """Take records off the allowances that have not expired, the oldest first."""
        ...

    # runs ------------------------------------------------------------------------------------------------------
    def start_run(self, run: Run) -> None:
        """Add a run."""
        ...

    def end_run(self, run: Run, report: str) -> None:
        """Replace a run by its ended form, and keep the JSON of its numbers with it."""
        ...

    def runs(self) -> tuple[Run, ...]:
        """Every run, the newest first."""
        ...

    def run_report(self, id: str) -> str | None:  # noqa: A002 - the run's own word
        """The JSON of a run's numbers; None: it has not ended, or there is no such run."""
        ...

    def destroyed_on(self, dataset: str, reference_date: date) -> int:
        """Records of a dataset that outcomes called destroyed under plans of that reference date."""
        ...

    def add_destroyed(self, dataset: str, reference_date: date, records: int) -> None:
        """Count records whose outcome is destroyed."""
        ...

    # batches in flight -----------------------------------------------------------------------------------------
    def register(self, flight: Flight) -> None:
        """Register a batch with its intent."""
        ...

    def flights(self) -> tuple[Flight, ...]:
        """Batches without an outcome."""
        ...

    def settle(self, intent: int) -> None:
        """Take a batch out of flight and erase its keys."""
        ...

    # what the log recorded last --------------------------------------------------------------------------------
    def recorded(self, kind: str, id: str) -> str | None:  # noqa: A002 - the leaf's own word
        """The SHA-256 that the log recorded last for a policy, dataset or reference key; None: never."""
        ...

    def record(self, kind: str, id: str, sha256: str) -> None:  # noqa: A002 - as above
        """Note what the log has now recorded."""
        ...


class ControlStore(Protocol):
    """Our own memory, on the log host."""

    def transaction(self) -> AbstractContextManager[Control]:
        """Take the writer lock; commit, or roll back when an exception leaves.

        Raises:
            ControlError: it cannot be opened, read or written, or the lock is not free in time.
        """
        ...

    def reading(self) -> AbstractContextManager[Control]:
        """A consistent view that never writes and never waits for the writer."""
        ...

    def close(self) -> None:
        """Let go of every connection, and empty the write-ahead log."""
        ...
