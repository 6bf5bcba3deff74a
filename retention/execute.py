"""Execute a batch of a plan: lock, judge again, clear, sign, dispose, read back (design.md section 4, P1, P2).

The one caller of `Store.dispose`. A batch goes through five steps, numbered below as in docs/protocol.md; a batch that
fails is split in halves under new intents until the culprit stands alone.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from threading import Event

import structlog
from msgspec import Struct, field
from structlog.contextvars import bound_contextvars

from retention import events
from retention.audit.entry import Intent, Manifest
from retention.audit.reference import ReferenceKey
from retention.batching import Confirmed, alike
from retention.candidate import Candidates, Cleared, Held, clear
from retention.confirm import confirm
from retention.control.interface import Control, Flight
from retention.disposition import Action
from retention.errors import RetentionError
from retention.failing import by_record, passes, reason_of, stubborn, weight
from retention.holds import by_name
from retention.plan import Spooled
from retention.reads import columns_read
from retention.reason import Reason
from retention.record import Key
from retention.scan import Scanner
from retention.settling import Counted, Tried, book, history_of, outcome_of, remaining, take_off, whereabouts
from retention.start import Day
from retention.stores.errors import CommitUnknownError, LockedError
from retention.stores.interface import Batch, Locked, Reader, Store
from retention.vault import Parcel
from retention.work import Work

_log = structlog.get_logger()


class Page(Struct):
    """Records that one hand disposes of, batch by batch, and what became of them."""

    records: Sequence[Spooled]
    tally: Counted = field(default_factory=Counted)
    longest: float = 0.0  # seconds that a batch of it kept its locks
    waited: bool = False  # whether others' locks were in the way
    through: bool = False  # whether each of its batches was tried
    why: RetentionError | None = None  # why it was given up; None: it was not

    def count(self, batch: Counted) -> None:
        """Count a batch that was settled."""
        self.tally.add(batch)
        self.tally.busy += batch.busy


class Hand(Struct):
    """One session of a store, which disposes of one batch at a time."""

    work: Work
    store: Store
    key: ReferenceKey
    given_up: Event  # of all hands: whether one has failed for good, so that no other begins a batch
    in_vain: int = 0  # failures that pass since the last batch that went through

    def walk(self, page: Page) -> Page:
        """Dispose of what is still due of a page, until somebody asks to stop; what fails for good is told in it."""
        before = self.in_vain
        try:
            for group in alike(page.records):
                if self._stopping(page):
                    break
                self._batch(group, page)
            else:
                page.through = True
        except RetentionError as error:
            page.why = error
            self.given_up.set()
        locked = page.tally.busy or page.tally.failed[Reason.FAIL_LOCKED]
        page.waited = bool(locked) or self.in_vain > before
        return page

    def _stopping(self, page: Page) -> bool:
        page.tally.stopped = page.tally.stopped or self.work.stop()
        return page.tally.stopped or self.given_up.is_set()

    def _batch(self, spooled: list[Spooled], page: Page) -> None:
        """One batch; on failure its halves, until the culprit stands alone."""
        counted = Counted()
        failure = self._try(spooled, counted, page)
        self.in_vain = self.in_vain + weight(failure, signed=counted.signed) if passes(failure) else 0
        if failure is not None and (not by_record(failure) or stubborn(self.in_vain)):
            page.count(counted)
            raise failure
        if failure is not None and len(spooled) > 1:
            _log.warning(events.BATCH_SPLIT, dataset=self.work.dataset.id, records=len(spooled))
            if passes(failure):
                self.work.installation.patience.give_way()
            middle = len(spooled) // 2
            for half in (spooled[:middle], spooled[middle:]):
                if not self._stopping(page):
                    self._batch(half, page)
        elif passes(failure):
            page.tally.busy += spooled
        else:
            page.count(counted)

    def _try(self, spooled: list[Spooled], counted: Counted, page: Page) -> RetentionError | None:
        """The five steps. Returns why nothing of the batch was disposed of; None when it was."""
        keys = {one.key: one for one in spooled}
        failure: RetentionError | None = None
        children: Mapping[str, int] = {}
        with self.store.batch() as batch:
            locked = time.monotonic()
            try:
                below = self.work.installation.register.below(self.work.dataset)
                reads = partial(columns_read, self.work.installation.register)
                ours = batch.lock(self.work.dataset, keys, below, reads=reads)  # (1)
                candidates = self._sort(self._judge_again(batch, keys), ours, keys, counted)  # (2)
            except LockedError as error:
                return error
            cleared, held, signed = self._clear(candidates, keys)  # (3)
            counted.held.update(one.gate.reason for one in held.records)
            if signed is None:
                return None
            counted.signed = True
            try:
                with bound_contextvars(batch=signed[0].intent):
                    children = batch.dispose(cleared)  # (4)
                    batch.commit()
            except CommitUnknownError:  # the intent stays open: only the next run can know
                raise
            except RetentionError as error:
                failure = error
            page.longest = max(page.longest, time.monotonic() - locked)
        with bound_contextvars(batch=signed[0].intent):
            return self._settle(Tried(*signed, cleared, keys, children, failure), counted)  # (5)

    def _judge_again(self, batch: Batch, keys: Mapping[Key, Spooled]) -> Confirmed:
        """(2) What is still due, and unchanged in every value read for the plan."""
        work, dataset = self.work, self.work.dataset
        records = batch.fetch(dataset, columns_read(work.installation.register, dataset), list(keys))
        readers: dict[str, Reader] = {**work.sources, dataset.store: batch}
        day = Day(work.plan.reference_date, work.installation.zone)
        scanner = Scanner(
            work.installation.register, day, (), work.installation.clock(), {dataset.id: self.key}, listing=False
        )
        return confirm(scanner, dataset, records.arranged(keys), readers, keys)

    def _sort(self, found: Confirmed, ours: Locked, keys: Mapping[Key, Spooled], counted: Counted) -> Candidates:
        """What is still to be done and locked with all that it touches; the rest is counted."""
        still, busy, changed = found.sort(ours)
        counted.gone += len(keys) - len(found)
        counted.busy += [keys[key] for key in busy]
        counted.changed += changed
        first = next(iter(keys.values()))
        return Candidates(dataset=self.work.dataset, action=first.action, fields=first.fields, records=still)

    def _clear(
        self, candidates: Candidates, keys: Mapping[Key, Spooled]
    ) -> tuple[Cleared, Held, tuple[Flight, Manifest] | None]:
        """(3) One control transaction: read holds, sign the intent, register the batch in flight; None: all held."""
        work, ledger = self.work, self.work.installation.ledger
        with ledger.transaction() as tx:
            now = work.installation.clock()
            cleared, held = clear(candidates, tx.standing(now), now)
            if not cleared.records:
                return cleared, held, None
            intent = Intent(
                run=work.run,
                dataset=work.dataset.id,
                action=cleared.action.value,
                policies=work.policies,
                reference_date=work.plan.reference_date,
                ref_key=self.key.id,
                manifest=ledger.log.write_manifest(cleared.records.refs),
                fields=cleared.fields if cleared.action is not Action.DELETE else (),
            )
            [index] = ledger.append(tx, [intent], now=now)
            flight = self._flight(index, cleared, keys, tx)
        return cleared, held, (flight, intent.manifest)

    def _flight(self, index: int, cleared: Cleared, keys: Mapping[Key, Spooled], tx: Control) -> Flight:
        work, register = self.work, self.work.installation.register
        records, members = cleared.records, cleared.records.names()
        rules = (rule for name in members for rule in register.rules_for(register.dataset(name)))
        parcel = Parcel(
            seqs=[keys[key].seq for key in records.keys],
            keys=records.keys,
            refs=records.refs,
            allowed_on=work.allowed_on,
            whereabouts=whereabouts(work.dataset, cleared.fields, self.store.identity),
        )
        flight = Flight(
            intent=index,
            run=work.run,
            plan=work.plan.digest,
            dataset=work.dataset.id,
            action=cleared.action.value,
            fields=cleared.fields,
            ref_key=self.key.id,
            records=work.keyring.vault.lock(parcel.packed(), f"batch {index}"),
            members=members,
            subjects=by_name(records.subjects()),
            purposes=tuple(sorted({*work.policies, *(policy.purpose for policy, _ in rules)})),  # perhaps more
            registered=work.installation.clock(),
        )
        tx.register(flight)
        return flight

    def _settle(self, batch: Tried, counted: Counted) -> RetentionError | None:
        """(5) Read back, sign the outcome, take the batch out of flight.

        Returns why nothing was disposed of. A commit whose answer was lost shows as records that are gone.
        """
        work, cleared = self.work, batch.cleared
        records = cleared.records
        still = remaining(self.store, cleared.dataset, cleared.action, cleared.fields, records.keys)
        gone = records.only([at for at, key in enumerate(records.keys) if key not in still]) if still else records
        left = [ref for key, ref in zip(records.keys, records.refs, strict=True) if key in still] if still else ()
        children = batch.children if gone else {}
        ledger = work.installation.ledger
        with ledger.transaction() as tx:
            outcome = outcome_of(
                work.run,
                batch.flight,
                destroyed=ledger.log.write_manifest(gone.refs) if still else batch.intended,
                failed=ledger.log.write_manifest(left),
                children=children,
                policies=work.policies,
            )
            ledger.append(tx, [outcome], now=work.installation.clock())
            book(tx, batch.flight, work.plan, [batch.keys[key].seq for key in gone.keys], work.keyring.vault)
            if work.allowed_on is not None:
                take_off(tx, work.planned, len(gone), work.allowed_on)
        history = history_of(work.installation.register, self.store, cleared.dataset, gone)
        counted.went(len(gone), children, history)
        counted.failed += Counter({reason_of(batch.failure): len(still)})
        if gone or batch.failure is None:
            return None
        cause = reason_of(batch.failure).value
        _log.warning(events.BATCH_FAILED, dataset=work.dataset.id, records=len(still), cause=cause)
        return batch.failure
