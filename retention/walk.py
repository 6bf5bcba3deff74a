"""Walk what a plan lists of one dataset, page by page, in one or more hands, as fast as the run's pace allows.

A server works while we judge and sign: two pages at a time, each in a session of its own, keep both busy (ADR 0033).
Only records that have nothing in common are walked so: no two pages then touch the same one.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from threading import Event
from typing import Final, Self

from msgspec import Struct, field

from retention.batching import alike, next_size
from retention.collecting import seldom
from retention.columns import apart
from retention.errors import AuditError, ClockError, ControlError, RetentionError
from retention.execute import Hand, Page
from retention.plan import Slice, Spooled
from retention.reason import Reason
from retention.settling import Tally
from retention.stores.interface import Store
from retention.work import Work

_ENDS_THE_RUN: Final = (AuditError, ControlError, ClockError)  # trouble with our own memory or proof


def walk(work: Work, tally: Tally, progress: Callable[[str, int], None]) -> None:
    """Dispose of what the plan lists of one dataset and what is still due, not held and unchanged: in time, or in part.

    The tally is the dataset's own for the whole run; what another turn did of it is not walked again.
    """
    key = work.keyring.existing(work.dataset.id, work.plan.reference_date.year)
    try:
        with sessions(work) as stores, seldom():
            given_up = Event()
            with Abreast([Hand(work, one, key, given_up) for one in stores]) as hands:
                _Walk(work, hands, tally, progress, work.installation.batch_records).all()
    except _ENDS_THE_RUN:
        raise
    except RetentionError as error:
        tally.why = error


@contextmanager
def sessions(work: Work) -> Iterator[Sequence[Store]]:
    """The store, in as many sessions as there is work for; one where the server gives no more."""
    register, several = work.installation.register, work.stint.remaining > 2 * work.installation.batch_records
    with ExitStack() as stack:
        stack.enter_context(work.store.session())
        opened = [work.store]
        for number in range(1, work.store.abreast if several and apart(register, work.dataset) else 1):
            try:
                store = work.installation.opener.store(work.dataset.store)
                stack.callback(store.close)
                stack.enter_context(store.session(number))
            except RetentionError:
                break
            opened.append(store)
        yield opened


class Abreast:
    """Hands, and the pages that they are at: these end in the order in which they began."""

    def __init__(self, hands: Sequence[Hand]) -> None:
        self._free = deque(hands)
        self._under_way = deque[tuple[Hand, Future[Page]]]()
        self._pool = ThreadPoolExecutor(len(hands), "hand") if len(hands) > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """A batch that is under way is settled, whatever happened to another."""
        if self._pool is not None:
            self._pool.shutdown()

    def begin(self, page: Page) -> None:
        """Hand out a page; a hand must be free."""
        hand = self._free.popleft()
        if self._pool is None:
            done = Future[Page]()
            done.set_result(hand.walk(page))
        else:
            done = self._pool.submit(copy_context().run, hand.walk, page)
        self._under_way.append((hand, done))

    def ended(self, *, all_of_them: bool) -> Iterator[Page]:
        """The pages that end until a hand is free, or until all are."""
        while self._under_way and (all_of_them or not self._free):
            hand, done = self._under_way.popleft()
            page = done.result()
            self._free.append(hand)
            yield page


class _Walk(Struct):
    work: Work
    hands: Abreast
    tally: Tally
    progress: Callable[[str, int], None]
    size: int  # records of the next page
    busy: list[Spooled] = field(default_factory=list)  # what others kept from us, to be tried again
    why: RetentionError | None = None  # why a page was given up; None: none was

    def all(self) -> None:
        """Everything that is planned; what others kept locked a few times more, and then it waits for tomorrow."""
        self._spool()
        size = self.work.installation.batch_records
        for _ in self.work.installation.patience.rounds(lambda: bool(self.busy) and self._may_go_on()):
            busy, self.busy = self.busy, []
            for part in (group[at : at + size] for group in alike(busy) for at in range(0, len(group), size)):
                if self._may_go_on():
                    self.hands.begin(Page(part))
                    self._count(*self.hands.ended(all_of_them=True))
                else:
                    self.busy += part
        if self.why is not None:
            raise self.why
        if self.work.stint.cut:
            self.tally.postponed += len(self.busy)
        else:
            self.tally.failed += Counter({Reason.FAIL_LOCKED: len(self.busy)})

    def _may_go_on(self) -> bool:
        return self.why is None and not self._stopping() and self.work.stint.in_time()

    def _stopping(self) -> bool:
        self.tally.stopped = self.tally.stopped or self.work.stop()
        return self.tally.stopped

    def _spool(self) -> None:
        """Walk the spool, each slice in the store's key order, in pages that take about as long as they may."""
        for of in self.work.stint.slices():
            try:
                through = self._slice(of)
            finally:
                for page in self.hands.ended(all_of_them=True):
                    self._note(page)
            if self.why is not None:
                raise self.why
            if not through:
                return

    def _slice(self, of: Slice) -> bool:
        """Hand out a slice; False: it was not walked to its end."""
        stint = self.work.stint
        after = stint.after
        while True:
            for page in self.hands.ended(all_of_them=stint.alone):
                self._note(page)
            if self.why is not None or self._stopping():
                return False
            spooled = self._spooled(of, after, stint.size(self.size))
            if not spooled:
                return True
            if not stint.may_begin():
                self._stopping()  # perhaps while it waited
                return False
            self.hands.begin(Page(spooled))
            after = spooled[-1].seq

    def _spooled(self, of: Slice, after: int, limit: int) -> Sequence[Spooled]:
        with self.work.installation.ledger.control.reading() as tx:
            return tx.spooled(self.work.plan.digest, self.work.dataset.id, after, limit, self.work.keyring.vault, of)

    def _note(self, page: Page) -> None:
        """Count a page of the spool, and learn from it how many records the next one takes."""
        self._count(page)
        if not page.through:
            return
        stint, installation = self.work.stint, self.work.installation
        aim = self.work.batch_seconds
        stint.did(page.records[-1].seq, len(page.records), page.longest, aim, waited=page.waited)
        self.progress(self.work.dataset.id, len(page.records))
        if stint.size(self.size) == self.size:
            self.size = min(next_size(self.size, page.longest, aim), installation.largest_batch)

    def _count(self, *pages: Page) -> None:
        """Count what was settled; what others kept from us comes back, as far as there is room for it."""
        for page in pages:
            self.tally.add(page.tally)
            self.tally.stopped |= page.tally.stopped
            room = max(0, self.work.installation.largest_batch - len(self.busy))
            self.busy += page.tally.busy[:room]
            self.tally.failed += Counter({Reason.FAIL_LOCKED: len(page.tally.busy[room:])})
            if self.why is None or isinstance(page.why, _ENDS_THE_RUN):
                self.why = page.why
