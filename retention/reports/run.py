"""What a run did, as one value: every form of its report is rendered from it.

What was destroyed and what failed is counted from the log's outcomes; the rest is what the run told of itself when it
ended. A run that broke off told nothing: what only it knew is None, which is no 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct, field

from retention.finding import Finding
from retention.reason import Reason
from retention.run_summary import DatasetRun
from retention.summary import PolicySummary
from retention.text import Text

_COOLING_OFF: Final = Reason.KEEP_COOLING_OFF.value


class DatasetDone(Struct, frozen=True, kw_only=True):
    """What a run did in one dataset."""

    id: str
    title: Text
    deleted: int = 0  # records, by the last outcome of each in the log; so are the next four
    anonymised: int = 0
    fields_erased: int = 0
    failed: int | None = 0  # None: the log's list of them was destroyed with its key
    open: int = 0  # records of batches without an outcome
    children: Mapping[str, int] = field(default_factory=dict)  # child dataset: records that went along
    pseudonyms: bool = False  # what is left of an anonymised record is still personal data
    fields: tuple[str, ...] = ()  # that were erased while the record stayed
    told: DatasetRun | None = None  # what the run told of the rest; None: it told nothing

    @property
    def destroyed(self) -> int:
        """Records deleted, anonymised or with fields erased."""
        return self.deleted + self.anonymised + self.fields_erased

    @property
    def along(self) -> int:
        """Records that went with these."""
        return sum(self.children.values())

    @property
    def cooling_off(self) -> int | None:
        """Records whose hold was released too recently; None: not known."""
        return None if self.told is None else self.told.held.get(_COOLING_OFF, 0)

    @property
    def postponed(self) -> int | None:
        """Records that wait for another night: these, and those that there was no time for; None: not known."""
        return None if self.told is None else (self.cooling_off or 0) + self.told.postponed

    @property
    def held(self) -> int | None:
        """Records that a hold of after the plan keeps; None: not known."""
        return None if self.told is None else sum(self.told.held.values()) - (self.cooling_off or 0)

    @property
    def changed(self) -> int | None:
        """Records that differ from what was planned."""
        return None if self.told is None else self.told.changed

    @property
    def gone(self) -> int | None:
        """Records that somebody else had removed before."""
        return None if self.told is None else self.told.gone

    @property
    def refused(self) -> int | None:
        """Records that an approved plan lists and that were refused as a whole."""
        return None if self.told is None else self.told.refused

    @property
    def waiting(self) -> int | None:
        """Records that wait for an approval or an announcement."""
        return None if self.told is None else self.told.waiting

    @property
    def late(self) -> int | None:
        """Records that were planned and are none of all this; None: not known."""
        return None if self.told is None else self.told.late


class PurposeDone(Struct, frozen=True, kw_only=True):
    """What a run destroyed of the data that a purpose has rules for; a record counts for each such purpose."""

    policy: PolicySummary
    destroyed: Mapping[str, int]  # dataset: records


class HoldEvent(Struct, frozen=True, kw_only=True):
    """A hold that was placed or released between the plan and the end of the run."""

    id: str
    kind: str  # HoldKind
    placed: bool  # False: released
    at: datetime


class Approved(Struct, frozen=True, kw_only=True):
    """A person's yes, by which something of a run could go."""

    at: datetime
    role: str
    signer: str  # configured id, never a name
    mode: str  # ApprovalMode
    dataset: str | None  # of a standing approval; None: the whole list
    signed: bool  # with a key; False: by the operating-system account
    allow: tuple[tuple[str, int], ...] = ()  # (dataset, records) over the limit


class RunReport(Struct, frozen=True, kw_only=True):
    """A run, as the log and our own memory have it."""

    organisation: str
    zone: str
    tool: str
    run: str
    actor: str
    config: str  # SHA-256 of the settings without secrets
    started: datetime
    ended: datetime | None  # None: it has not ended
    status: str | None  # RunStatus; None: it has not ended
    exit_status: int | None  # None: not known
    reference_date: date  # the run's own today
    plan: str | None  # digest; None: there was nothing to execute
    plan_reference_date: date | None
    plan_made: datetime | None
    prepared_by: str | None  # of the plan
    datasets: tuple[DatasetDone, ...]
    purposes: tuple[PurposeDone, ...]
    approvals: tuple[Approved, ...]
    holds: tuple[HoldEvent, ...]
    findings: tuple[Finding, ...]
    remarks: tuple[Text, ...]
    told: bool  # the run told what it did when it ended; False: it broke off, or is under way
    first_entry: int  # of its entries in the log
    last_entry: int | None
    open_intents: tuple[int, ...]  # its batches without an outcome
    settled: Mapping[int, int]  # batches of earlier runs that it settled: records that were gone
    checkpoint: tuple[str, ...]  # the three lines; of an unfinished run the newest published one; empty: none

    @property
    def finished(self) -> bool:
        """Whether it has ended, and told so."""
        return self.ended is not None and self.told

    @property
    def duration(self) -> timedelta | None:
        """How long it took; None: it has not ended."""
        return None if self.ended is None else self.ended - self.started

    @property
    def destroyed(self) -> int:
        """Records disposed of."""
        return sum(one.destroyed for one in self.datasets)
