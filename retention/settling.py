"""Settling a batch: what became of its records, the entry that says so, and the books that follow it (P2).

The same for a batch that went its way and for one that an earlier run left in flight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from retention.audit.entry import Manifest, Outcome
from retention.control.interface import Control, Flight
from retention.dataset import Dataset
from retention.disposition import Action
from retention.erase import done
from retention.errors import RetentionError
from retention.plan import Plan, PlannedDataset, Spooled
from retention.reason import Reason
from retention.record import Key
from retention.stores.interface import Reader
from retention.summary import DatasetRun
from retention.text import Text


@dataclass(slots=True)
class Tally:
    """What became of one dataset's planned records; each counts once."""

    planned: int = 0
    destroyed: int = 0
    held: Counter[Reason] = field(default_factory=Counter)
    changed: int = 0
    gone: int = 0  # not there any more when their batch came
    failed: Counter[Reason] = field(default_factory=Counter)
    children: Counter[str] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)  # what the outcomes name; a record may stand in several
    why: RetentionError | None = None  # why the dataset was given up; None: it was not
    stopped: bool = False  # the run was asked to stop

    @property
    def left(self) -> int:
        """Planned and none of these: late (P9)."""
        known = self.destroyed + self.held.total() + self.changed + self.gone + self.failed.total()
        return self.planned - known

    def report(self, dataset: str) -> DatasetRun:
        """The same, as the run's summary has it."""
        return DatasetRun(
            id=dataset,
            planned=self.planned,
            destroyed=self.destroyed,
            held={reason.value: count for reason, count in sorted(self.held.items())},
            changed=self.changed,
            gone=self.gone,
            failed={reason.value: count for reason, count in sorted(self.failed.items())},
            late=self.left,
            children=dict(sorted(self.children.items())),
            why=None if self.why is None else Text(nl=str(self.why), en=str(self.why)),
        )

    def add(self, batch: Tally) -> None:
        """Count a batch that was settled."""
        self.destroyed += batch.destroyed
        self.held += batch.held
        self.changed += batch.changed
        self.gone += batch.gone
        self.failed += batch.failed
        self.children += batch.children


@dataclass(slots=True)
class Counted(Tally):
    """A batch while it is at work."""

    busy: list[Spooled] = field(default_factory=list)  # locked by others, or with something below that is
    signed: bool = False  # whether its intent is in the log


def remaining(
    reader: Reader, dataset: Dataset, action: Action, fields: Iterable[str], keys: Sequence[Key]
) -> frozenset[Key]:
    """The records of a batch that are not shown to be gone: still there, or with a field not yet erased."""
    names = tuple(fields) if action is Action.ERASE_FIELDS else tuple(dataset.fields)
    found = reader.fetch(dataset, sorted({*dataset.key, *names}), keys)
    if action is Action.DELETE:
        return frozenset(record.key for record in found)
    return frozenset(
        record.key for record in found if not all(done(dataset.fields[name], record.values[name]) for name in names)
    )


def outcome_of(  # noqa: PLR0913 - one keyword for each member of the entry
    run: str,
    flight: Flight,
    *,
    destroyed: Manifest,
    failed: Manifest,
    children: Mapping[str, int],
    policies: Sequence[str],
    recovered: bool = False,
) -> Outcome:
    """The entry that says what became of a batch."""
    return Outcome(
        run=run,
        intent=flight.intent,
        dataset=flight.dataset,
        check="locking-read" if recovered else "read-back",
        recovered=recovered,
        destroyed=destroyed if destroyed.count else None,
        failed=failed if failed.count else None,
        children=children,
        by_policy=dict.fromkeys(policies, destroyed.count) if destroyed.count else {},
    )


def book(tx: Control, flight: Flight, plan: Plan, gone: Sequence[int]) -> None:
    """Take a batch out of flight: erase what is done from the spool, and count it for its reference date."""
    tx.settle(flight.intent)
    tx.erase_spooled(plan.digest, flight.dataset, gone)
    tx.add_destroyed(flight.dataset, plan.reference_date, len(gone))


def take_off(tx: Control, planned: PlannedDataset, gone: int, allowed_on: date) -> None:
    """Take what is gone off what was allowed by name that day; an allowance withdrawn since has nothing left to take.

    What is gone is gone: that a person changed their mind meanwhile must not keep its outcome out of the log.
    """
    allowances = tx.allowances(planned.id, planned.fingerprint)
    left = sum(one.records - one.used for one in allowances if one.expires >= allowed_on)
    if taken := min(gone, left):
        tx.use_allowance(planned.id, planned.fingerprint, taken, allowed_on)
