"""Execute a plan, batch by batch: lock, judge again, clear, sign, dispose, read back (design.md section 4, P1, P2).

The one caller of `Store.dispose`. A batch goes through five steps, numbered below as in docs/protocol.md; a batch that
fails is split in halves under new intents until the culprit stands alone.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import structlog

from retention import events
from retention.audit.entry import Intent, Manifest
from retention.audit.reference import ReferenceKey
from retention.candidate import Candidate, Candidates, Cleared, Held, clear
from retention.confirm import confirm
from retention.control.interface import Control, Flight
from retention.dataset import Dataset
from retention.disposition import Action
from retention.errors import AuditError, ClockError, ControlError, RetentionError, StoreError
from retention.installation import Installation, Keyring
from retention.plan import Plan, PlannedDataset, Spooled
from retention.reads import columns_read
from retention.reason import Reason
from retention.record import Key, Record, RecordId
from retention.scan import Scanner
from retention.settling import Tally, book, outcome_of, remaining, take_off
from retention.start import Day
from retention.stores.errors import LinkedDataError, LockedError, StoreDownError
from retention.stores.interface import Batch, Reader, Source, Store
from retention.vault import decode_key, encode

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One dataset of one plan in one run."""

    installation: Installation
    keyring: Keyring
    run: str  # the run's id
    plan: Plan
    planned: PlannedDataset
    remaining: int  # records that still wait for an outcome
    dataset: Dataset
    store: Store
    sources: Mapping[str, Source]  # every store that can be read
    policies: tuple[str, ...]  # sorted; of the rules for the dataset
    stop: Callable[[], bool]
    allowed_on: date | None = None  # over the limit, and allowed by name on this UTC day: what goes is taken off it


def execute(work: Work, progress: Callable[[str, int], None]) -> Tally:
    """Dispose of what the plan lists of one dataset and what is still due, not held and unchanged."""
    tally = Tally(planned=work.remaining)
    key = work.keyring.existing(work.dataset.id, work.plan.reference_date.year)
    run = _Execution(work, key, tally, progress)
    try:
        with work.store.session():
            run.all_batches()
    except (AuditError, ControlError, ClockError):
        raise
    except RetentionError as error:
        tally.why = error
    return tally


@dataclass(slots=True)
class _Execution:
    work: Work
    key: ReferenceKey
    tally: Tally
    progress: Callable[[str, int], None]
    longest: float = 0.0  # seconds that a batch of this page kept its locks

    def all_batches(self) -> None:
        """Walk the spool in the store's key order, in batches that take about as long as they may."""
        size, after = self.work.installation.batch_records, -1
        while spooled := self._spooled(after, size):
            after, self.longest = spooled[-1].seq, 0.0
            for group in _alike(spooled):
                if self.work.stop():
                    self.tally.stopped = True
                    return
                self._batch(group)
            self.progress(self.work.dataset.id, len(spooled))
            size = self._next_size(size, self.longest)

    def _spooled(self, after: int, limit: int) -> Sequence[Spooled]:
        with self.work.installation.ledger.control.reading() as tx:
            return tx.spooled(self.work.plan.digest, self.work.dataset.id, after, limit)

    def _next_size(self, size: int, seconds: float) -> int:
        aim = self.work.installation.batch_seconds
        grown = int(size * min(2.0, max(0.5, aim / max(seconds, 0.001))))
        return max(50, min(grown, self.work.installation.largest_batch))

    def _batch(self, spooled: list[Spooled]) -> None:
        """One batch; on failure its halves, until the culprit stands alone."""
        counted = Tally()
        failure = self._try(spooled, counted)
        if failure is not None and len(spooled) > 1 and _by_record(failure):
            _log.warning(events.BATCH_SPLIT, dataset=self.work.dataset.id, records=len(spooled))
            middle = len(spooled) // 2
            self._batch(spooled[:middle])
            self._batch(spooled[middle:])
            return
        self.tally.add(counted)
        if failure is not None and not _by_record(failure):
            raise failure

    def _try(self, spooled: list[Spooled], counted: Tally) -> RetentionError | None:
        """The five steps. Returns why nothing of the batch was disposed of; None when it was."""
        keys = {self._key(one): one for one in spooled}
        failure: RetentionError | None = None
        children: Mapping[str, int] = {}
        with self.work.store.batch() as batch:
            locked = time.monotonic()
            try:
                batch.lock(self.work.dataset, keys, self.work.installation.register.below(self.work.dataset))  # (1)
            except LockedError as error:
                return error
            candidates = self._judge_again(batch, keys, counted)  # (2)
            cleared, held, signed = self._clear(candidates, keys)  # (3)
            counted.held.update(one.gate.reason for one in held.records)
            if signed is None:
                return None
            try:
                children = batch.dispose(cleared)  # (4)
                batch.commit()
            except RetentionError as error:
                failure = error
            self.longest = max(self.longest, time.monotonic() - locked)
        return self._settle(_Settling(*signed, cleared, keys, children, failure), counted)  # (5)

    def _key(self, one: Spooled) -> Key:
        return decode_key(self.work.keyring.vault.open(one.key, self.work.dataset.id))

    def _judge_again(self, batch: Batch, keys: Mapping[Key, Spooled], counted: Tally) -> Candidates:
        """(2) What is still there, still due, and unchanged in every value that was read for the plan."""
        work, dataset = self.work, self.work.dataset
        records = batch.fetch(dataset, columns_read(work.installation.register, dataset), list(keys))
        readers: dict[str, Reader] = {**work.sources, dataset.store: batch}
        day = Day(work.plan.reference_date, work.installation.zone)
        scanner = Scanner(
            work.installation.register, day, (), work.installation.clock(), {dataset.id: self.key}, listing=False
        )
        found = confirm(scanner, dataset, _in_order(records, keys), readers, keys)
        still: list[Candidate] = []
        left_alone = set[RecordId]()  # children that some record of the batch leaves to another parent
        for key in keys:
            if key not in found:
                counted.gone += 1
            elif (candidate := found[key]) is None or not left_alone.isdisjoint(
                leaving := _unlinked(candidate)
            ):  # a child that was left to this very record would now stay behind without any parent
                counted.changed += 1
            else:
                left_alone |= leaving
                still.append(candidate)
        first = next(iter(keys.values()))
        return Candidates(dataset=dataset, action=first.action, fields=first.fields, records=tuple(still))

    def _clear(
        self, candidates: Candidates, keys: Mapping[Key, Spooled]
    ) -> tuple[Cleared, Held, tuple[Flight, Manifest] | None]:
        """(3) One control transaction: read holds, sign the intent, register the batch in flight; None: all held."""
        work, ledger = self.work, self.work.installation.ledger
        with ledger.transaction() as tx:
            now = work.installation.clock()
            cleared, held = clear(candidates, tx.holds(), now)
            if not cleared.records:
                return cleared, held, None
            intent = Intent(
                run=work.run,
                dataset=work.dataset.id,
                action=cleared.action.value,
                policies=work.policies,
                reference_date=work.plan.reference_date,
                ref_key=self.key.id,
                manifest=ledger.log.write_manifest(cleared.refs),
                fields=cleared.fields if cleared.action is not Action.DELETE else (),
            )
            [index] = ledger.append(tx, [intent], now=now)
            flight = self._flight(index, cleared, keys, tx)
        return cleared, held, (flight, intent.manifest)

    def _flight(self, index: int, cleared: Cleared, keys: Mapping[Key, Spooled], tx: Control) -> Flight:
        work, register = self.work, self.work.installation.register
        families = {id(record.family): record.family for record in cleared.records}  # siblings share theirs
        members = {member for family in families.values() for member in family}
        rules = (
            rule for name in {one.dataset for one in members} for rule in register.rules_for(register.dataset(name))
        )
        records = [[keys[one.key].seq, list(one.key), one.ref.hex()] for one in cleared.records]
        plain = encode({"allowed_on": work.allowed_on and work.allowed_on.isoformat(), "records": records})
        flight = Flight(
            intent=index,
            run=work.run,
            plan=work.plan.digest,
            dataset=work.dataset.id,
            action=cleared.action.value,
            fields=cleared.fields,
            ref_key=self.key.id,
            records=work.keyring.vault.lock(plain, f"batch {index}"),
            members=tuple(sorted((one.dataset, one.key) for one in members)),
            subjects=tuple(sorted({subject for one in members for subject in one.subjects})),
            purposes=tuple(sorted({*work.policies, *(policy.purpose for policy, _ in rules)})),  # perhaps more
            registered=work.installation.clock(),
        )
        tx.register(flight)
        return flight

    def _settle(self, batch: _Settling, counted: Tally) -> RetentionError | None:
        """(5) Read back, sign the outcome, take the batch out of flight.

        Returns why nothing was disposed of. A commit whose answer was lost shows as records that are gone.
        """
        work, cleared = self.work, batch.cleared
        reader = work.sources[work.dataset.store]
        still = remaining(reader, cleared.dataset, cleared.action, cleared.fields, cleared.keys)
        gone = [one for one in cleared.records if one.key not in still] if still else cleared.records
        children = batch.children if gone else {}
        ledger = work.installation.ledger
        with ledger.transaction() as tx:
            outcome = outcome_of(
                work.run,
                batch.flight,
                destroyed=ledger.log.write_manifest([one.ref for one in gone]) if still else batch.intended,
                failed=ledger.log.write_manifest([one.ref for one in cleared.records if one.key in still]),
                children=children,
                policies=work.policies,
            )
            ledger.append(tx, [outcome], now=work.installation.clock())
            book(tx, batch.flight, work.plan, [batch.keys[one.key].seq for one in gone])
            if work.allowed_on is not None:
                take_off(tx, work.planned, len(gone), work.allowed_on)
        self.tally.totals.update(destroyed=len(gone), failed=len(still))
        counted.destroyed += len(gone)
        counted.children.update(children)
        counted.failed += Counter({_reason(batch.failure): len(still)})
        return None if gone else batch.failure


@dataclass(frozen=True, slots=True)
class _Settling:
    """A batch after its disposal was tried."""

    flight: Flight
    intended: Manifest
    cleared: Cleared
    keys: Mapping[Key, Spooled]
    children: Mapping[str, int]
    failure: RetentionError | None


def _alike(spooled: Iterable[Spooled]) -> list[list[Spooled]]:
    """The records by what is to be done to them, each group in the plan's order: as few batches as there can be."""
    groups: dict[tuple[Action, tuple[str, ...]], list[Spooled]] = {}
    for one in spooled:
        groups.setdefault((one.action, one.fields), []).append(one)
    return list(groups.values())


def _in_order(records: Iterable[Record], keys: Mapping[Key, Spooled]) -> list[Record]:
    """The plan's own order; the store may answer in any."""
    by_key = {record.key: record for record in records}
    return [by_key[key] for key in keys if key in by_key]


def _unlinked(candidate: Candidate) -> frozenset[RecordId]:
    """The children that stay with another parent when this record goes."""
    return frozenset((unlink.dataset.id, key) for unlink in candidate.unlinks for key in unlink.keys)


def _by_record(failure: RetentionError) -> bool:
    """Whether single records may be the culprits; a store that is down, or a key that is missing, fails them all."""
    return isinstance(failure, StoreError) and not isinstance(failure, StoreDownError)


def _reason(error: RetentionError | None) -> Reason:
    return Reason.FAIL_FK if isinstance(error, LinkedDataError) else Reason.FAIL_STORE
