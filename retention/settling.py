"""Settling a batch: what became of its records, the entry that says so, and the books that follow it (P2).

The same for a batch that went its way and for one that an earlier run left in flight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

import rfc8785
from msgspec import Struct, field

from retention.audit.entry import Manifest, Outcome
from retention.candidate import Cleared, Several
from retention.control.interface import Control, Flight
from retention.control.spool import Locker
from retention.dataset import Dataset
from retention.disposition import Action
from retention.erase import done
from retention.errors import RetentionError, StoreError
from retention.fingerprint import described, sha256
from retention.plan import Plan, PlannedDataset, Spooled
from retention.policy import Register
from retention.reason import Reason
from retention.record import Key
from retention.run_summary import DatasetRun
from retention.stores.interface import Reader, Source
from retention.text import Text


class Tally(Struct):
    """What became of one dataset's planned records; each counts once."""

    planned: int = 0
    destroyed: int = 0
    held: Counter[Reason] = field(default_factory=Counter)
    changed: int = 0
    gone: int = 0  # not there any more when their batch came
    failed: Counter[Reason] = field(default_factory=Counter)
    children: Counter[str] = field(default_factory=Counter)
    history: dict[str, int | None] = field(default_factory=dict)  # dataset: old versions of what went; None: unknown
    postponed: int = 0  # that there was no time for in this run
    why: RetentionError | None = None  # why the dataset was given up; None: it was not
    stopped: bool = False  # the run was asked to stop

    @property
    def left(self) -> int:
        """Planned and none of these: late (P9)."""
        known = self.destroyed + self.held.total() + self.changed + self.gone + self.failed.total()
        return self.planned - known - self.postponed

    def report(self, dataset: str, nights: int | None) -> DatasetRun:
        """The same, as the run's summary has it; `nights` as it says them."""
        return DatasetRun(
            id=dataset,
            planned=self.planned,
            destroyed=self.destroyed,
            held={reason.value: count for reason, count in sorted(self.held.items())},
            changed=self.changed,
            gone=self.gone,
            failed={reason.value: count for reason, count in sorted(self.failed.items())},
            late=self.left,
            postponed=self.postponed,
            nights=nights if self.postponed else None,
            children=dict(sorted(self.children.items())),
            history=dict(sorted(self.history.items())),
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
        self.keeps(batch.history)

    def went(self, records: int, children: Mapping[str, int], history: Mapping[str, int | None]) -> None:
        """Count what was disposed of, and what is left of it in the database's own history."""
        self.destroyed += records
        self.children.update(children)
        self.keeps(history)

    def keeps(self, history: Mapping[str, int | None]) -> None:
        """Count what the database's own history still has; once it is not known of some, it is not known of all."""
        for name, count in history.items():
            known = self.history.get(name, 0)
            self.history[name] = None if known is None or count is None else known + count


def history_of(register: Register, source: Source, dataset: Dataset, gone: Several) -> dict[str, int | None]:
    """Where a history is declared, how many old versions the database itself still has of what is gone (P8)."""
    every = (dataset, *(child for _, child, _ in register.below(dataset)))
    if not gone or all(one.history is None for one in every):
        return {}
    asked = {dataset: set(gone.keys)}
    for take in gone.takes:
        asked.setdefault(take.dataset, set()).update(take.keys)
    return {one.id: _versions(source, one, keys) for one, keys in asked.items() if one.history is not None and keys}


def _versions(source: Source, dataset: Dataset, keys: Collection[Key]) -> int | None:
    """The outcome is signed by now, and a server that fails takes nothing of it back."""
    try:
        return source.versions(dataset, keys)
    except StoreError:
        return None


def left_behind(register: Register, datasets: Iterable[DatasetRun]) -> Iterator[Text]:
    """What the database's own history still has of what a run disposed of, in words."""
    kept = [(name, versions) for told in datasets for name, versions in told.history.items()]
    if kept:
        from retention.reports.sentences import left_words  # noqa: PLC0415 - few databases keep a history

        for name, versions in kept:
            yield left_words(register.dataset(name), versions)


class Counted(Tally):
    """A batch while it is at work."""

    busy: list[Spooled] = field(default_factory=list)  # locked by others, or with something below that is
    signed: bool = False  # whether its intent is in the log


class Tried(Struct, frozen=True):
    """A batch after its disposal was tried."""

    flight: Flight
    intended: Manifest
    cleared: Cleared
    keys: Mapping[Key, Spooled]
    children: Mapping[str, int]
    failure: RetentionError | None


def remaining(
    reader: Reader, dataset: Dataset, action: Action, fields: Iterable[str], keys: Sequence[Key]
) -> frozenset[Key]:
    """The records of a batch that are not shown to be gone: still there, or with a field not yet erased."""
    names = tuple(fields) or tuple(dataset.fields)  # none: every one, or it is deleted
    found = reader.fetch(dataset, sorted({*dataset.key, *names}), keys)
    if action is Action.DELETE:
        return frozenset(record.key for record in found)
    return frozenset(
        record.key for record in found if not all(done(dataset.fields[name], record.values[name]) for name in names)
    )


def whereabouts(dataset: Dataset, fields: Iterable[str], store: str) -> str:
    """Where a batch's records are looked up and how they are erased, as a digest; `store` is the database's identity.

    Elsewhere, by another key or under other techniques nobody can say what became of it.
    """
    techniques = {name: described(dataset.fields.get(name)) for name in fields}
    found_by = {"store": store, "collection": dataset.collection, "key": [*dataset.key]}
    return sha256(rfc8785.dumps({**found_by, "fields": techniques}))


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


def book(tx: Control, flight: Flight, plan: Plan, gone: Sequence[int], vault: Locker) -> None:
    """Take a batch out of flight: erase what is done from the spool, and count it for its reference date."""
    tx.settle(flight.intent)
    tx.erase_spooled(plan.digest, flight.dataset, gone, vault)
    tx.add_destroyed(flight.dataset, plan.reference_date, len(gone))


def take_off(tx: Control, planned: PlannedDataset, gone: int, allowed_on: date) -> None:
    """Take what is gone off what was allowed by name that day; an allowance withdrawn since has nothing left to take.

    What is gone is gone: that a person changed their mind meanwhile must not keep its outcome out of the log.
    """
    allowances = tx.allowances(planned.id, planned.fingerprint)
    left = sum(one.records - one.used for one in allowances if one.expires >= allowed_on)
    if taken := min(gone, left):
        tx.use_allowance(planned.id, planned.fingerprint, taken, allowed_on)
