"""Execute a plan, batch by batch: lock, judge again, clear, sign, dispose, read back (design.md section 4, P1, P2).

The one caller of `Store.dispose`. A batch goes through five steps, numbered below as in docs/protocol.md; a batch that
fails is split in halves under new intents until the culprit stands alone.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import structlog
from structlog.contextvars import bound_contextvars

from retention import events
from retention.audit.entry import Intent, Manifest
from retention.audit.reference import ReferenceKey
from retention.batching import alike, is_ours, next_size, unlinked
from retention.candidate import Candidate, Candidates, Cleared, Held, clear
from retention.collecting import seldom
from retention.confirm import confirm
from retention.control.interface import Control, Flight
from retention.disposition import Action
from retention.errors import AuditError, ClockError, ControlError, RetentionError
from retention.failing import by_record, passes, reason_of, stubborn, weight
from retention.holds import Subject
from retention.plan import Slice, Spooled
from retention.reads import columns_read
from retention.reason import Reason
from retention.record import Key, RecordId
from retention.scan import Scanner
from retention.settling import Counted, Tally, Tried, book, history_of, outcome_of, remaining, take_off, whereabouts
from retention.start import Day
from retention.stores.errors import CommitUnknownError, LockedError
from retention.stores.interface import Batch, Locked, Reader
from retention.vault import decode_keys, encode
from retention.work import Work

_log = structlog.get_logger()


def execute(work: Work, tally: Tally, progress: Callable[[str, int], None]) -> None:
    """Dispose of what the plan lists of one dataset and what is still due, not held and unchanged: in time, or in part.

    The tally is the dataset's own for the whole run; what another turn did of it is not walked again.
    """
    key = work.keyring.existing(work.dataset.id, work.plan.reference_date.year)
    run = _Execution(work, key, tally, progress)
    try:
        with work.store.session(), seldom():
            run.all_batches()
    except (AuditError, ControlError, ClockError):
        raise
    except RetentionError as error:
        tally.why = error


@dataclass(slots=True)
class _Execution:
    work: Work
    key: ReferenceKey
    tally: Tally
    progress: Callable[[str, int], None]
    longest: float = 0.0  # seconds that a batch of this page kept its locks
    busy: list[Spooled] = field(default_factory=list)  # what others kept from us, to be tried again
    in_vain: int = 0  # failures that pass since the last batch that went through

    def all_batches(self) -> None:
        """Everything that is planned; what others kept locked a few times more, and then it waits for tomorrow."""
        stint, size = self.work.stint, self.work.installation.batch_records
        self._walk()
        for _ in self.work.installation.patience.rounds(lambda: bool(self.busy) and self._may_go_on()):
            busy, self.busy = self.busy, []
            for group in alike(busy):
                for start in range(0, len(group), size):
                    part = group[start : start + size]
                    if self._may_go_on():
                        self._batch(part)
                    else:
                        self.busy += part
        if stint.cut:
            self.tally.postponed += len(self.busy)
        else:
            self.tally.failed += Counter({Reason.FAIL_LOCKED: len(self.busy)})

    def _stopping(self) -> bool:
        self.tally.stopped = self.tally.stopped or self.work.stop()
        return self.tally.stopped

    def _may_go_on(self) -> bool:
        return not self._stopping() and self.work.stint.in_time()

    def _walk(self) -> None:
        """Walk the spool, each slice in the store's key order, in batches that take about as long as they may."""
        size, stint = self.work.installation.batch_records, self.work.stint
        for of in stint.slices():
            while spooled := self._spooled(of, stint.size(size)):
                if not stint.may_begin():
                    self._stopping()  # perhaps while it waited
                    return
                self.longest, waits = 0.0, self._waits()
                for group in alike(spooled):
                    if self._stopping():
                        return
                    self._batch(group)
                aim = self.work.batch_seconds
                stint.did(spooled[-1].seq, len(spooled), self.longest, aim, waited=self._waits() > waits)
                self.progress(self.work.dataset.id, len(spooled))
                if stint.size(size) == size:
                    size = min(next_size(size, self.longest, aim), self.work.installation.largest_batch)

    def _waits(self) -> int:
        """How much others' locks were in the way."""
        return self.in_vain + len(self.busy) + self.tally.failed[Reason.FAIL_LOCKED]

    def _spooled(self, of: Slice, limit: int) -> Sequence[Spooled]:
        with self.work.installation.ledger.control.reading() as tx:
            return tx.spooled(self.work.plan.digest, self.work.dataset.id, self.work.stint.after, limit, of)

    def _batch(self, spooled: list[Spooled]) -> None:
        """One batch; on failure its halves, until the culprit stands alone."""
        counted = Counted()
        failure = self._try(spooled, counted)
        self.in_vain = self.in_vain + weight(failure, signed=counted.signed) if passes(failure) else 0
        if failure is not None and (not by_record(failure) or stubborn(self.in_vain)):
            self._add(counted)
            raise failure
        if failure is not None and len(spooled) > 1:
            _log.warning(events.BATCH_SPLIT, dataset=self.work.dataset.id, records=len(spooled))
            if passes(failure):
                self.work.installation.patience.give_way()
            middle = len(spooled) // 2
            for half in (spooled[:middle], spooled[middle:]):
                if not self._stopping():
                    self._batch(half)
        elif passes(failure):
            self._add(Counted(busy=spooled))
        else:
            self._add(counted)

    def _add(self, counted: Counted) -> None:
        """Count a batch that was settled; what others kept from us comes back, as far as there is room for it."""
        self.tally.add(counted)
        room = max(0, self.work.installation.largest_batch - len(self.busy))
        self.busy += counted.busy[:room]
        self.tally.failed += Counter({Reason.FAIL_LOCKED: len(counted.busy[room:])})

    def _try(self, spooled: list[Spooled], counted: Counted) -> RetentionError | None:
        """The five steps. Returns why nothing of the batch was disposed of; None when it was."""
        keys = dict(zip(self._keys(spooled), spooled, strict=True))
        failure: RetentionError | None = None
        children: Mapping[str, int] = {}
        with self.work.store.batch() as batch:
            locked = time.monotonic()
            try:
                below = self.work.installation.register.below(self.work.dataset)
                reads = partial(columns_read, self.work.installation.register)
                ours = batch.lock(self.work.dataset, keys, below, reads=reads)  # (1)
                candidates = self._judge_again(batch, ours, keys, counted)  # (2)
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
            self.longest = max(self.longest, time.monotonic() - locked)
        with bound_contextvars(batch=signed[0].intent):
            return self._settle(Tried(*signed, cleared, keys, children, failure), counted)  # (5)

    def _keys(self, spooled: Iterable[Spooled]) -> list[Key]:
        return decode_keys(self.work.keyring.vault.open_all((one.key for one in spooled), self.work.dataset.id))

    def _judge_again(self, batch: Batch, ours: Locked, keys: Mapping[Key, Spooled], counted: Counted) -> Candidates:
        """(2) What is locked with all that it touches, still due, and unchanged in every value read for the plan."""
        work, dataset = self.work, self.work.dataset
        records = batch.fetch(dataset, columns_read(work.installation.register, dataset), list(keys))
        readers: dict[str, Reader] = {**work.sources, dataset.store: batch}
        day = Day(work.plan.reference_date, work.installation.zone)
        scanner = Scanner(
            work.installation.register, day, (), work.installation.clock(), {dataset.id: self.key}, listing=False
        )
        found = confirm(scanner, dataset, records.arranged(keys), readers, keys)
        still: list[Candidate] = []
        left_alone = set[RecordId]()  # children that some record of the batch leaves to another parent
        for key, planned in keys.items():
            if key not in found:
                counted.gone += 1
            elif not is_ours(ours, dataset, key, found[key]):
                counted.busy.append(planned)
            elif (candidate := found[key]) is None or not left_alone.isdisjoint(
                leaving := unlinked(candidate)
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
        families = cleared.families
        names = dict.fromkeys(chain.from_iterable(one.names for one in families))
        seen = {name for name, _ in names}
        rules = (rule for name in seen for rule in register.rules_for(register.dataset(name)))
        records = [[keys[one.key].seq, list(one.key), one.ref.hex()] for one in cleared.records]
        plain = encode(
            {
                "allowed_on": work.allowed_on and work.allowed_on.isoformat(),
                "whereabouts": whereabouts(work.dataset, cleared.fields, work.store.identity),
                "records": records,
            }
        )
        flight = Flight(
            intent=index,
            run=work.run,
            plan=work.plan.digest,
            dataset=work.dataset.id,
            action=cleared.action.value,
            fields=cleared.fields,
            ref_key=self.key.id,
            records=work.keyring.vault.lock(plain, f"batch {index}"),
            members=tuple(names),
            subjects=tuple(sorted(set[Subject]().union(*(one.subjects for one in families)))),
            purposes=tuple(sorted({*work.policies, *(policy.purpose for policy, _ in rules)})),  # perhaps more
            registered=work.installation.clock(),
        )
        tx.register(flight)
        return flight

    def _settle(self, batch: Tried, counted: Tally) -> RetentionError | None:
        """(5) Read back, sign the outcome, take the batch out of flight.

        Returns why nothing was disposed of. A commit whose answer was lost shows as records that are gone.
        """
        work, cleared = self.work, batch.cleared
        still = remaining(work.store, cleared.dataset, cleared.action, cleared.fields, cleared.keys)
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
        counted.went(len(gone), children, history_of(work.store, cleared, {one.key for one in gone}))
        counted.failed += Counter({reason_of(batch.failure): len(still)})
        if gone or batch.failure is None:
            return None
        cause = reason_of(batch.failure).value
        _log.warning(events.BATCH_FAILED, dataset=work.dataset.id, records=len(still), cause=cause)
        return batch.failure
