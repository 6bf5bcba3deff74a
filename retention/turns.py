"""Turns: the datasets of a plan, each in its share of the run's time, readers before what they read (ADR 0025)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import structlog
from msgspec import Struct, field

from retention import events, pacing
from retention.control.interface import Control
from retention.dataset import Dataset
from retention.errors import RetentionError
from retention.installation import Installation, Keyring, Reached
from retention.nights import had_a_turn
from retention.pacer import Pacer, Stint
from retention.permit import Permit
from retention.plan import Plan
from retention.run_summary import DatasetRun
from retention.settling import Tally
from retention.stores.interface import Store
from retention.text import Text
from retention.walk import walk
from retention.work import Work

_log = structlog.get_logger()
_FAILED: Final = 1  # exit status
_WAITS: Final = 5  # exit status: for a person


class Turn(Struct):
    """One dataset of a plan in one run: what it may do, and what became of it."""

    permit: Permit
    stint: Stint | None = None  # None: it has nothing to do, or may do nothing
    tally: Tally = field(default_factory=Tally)
    had: bool = False  # whether it had a turn, and came back from it
    why: RetentionError | None = None  # why its store could not be opened; None: it could

    @property
    def dataset(self) -> str:
        """The dataset's id."""
        return self.permit.planned.id

    @property
    def need(self) -> float | None:
        """Seconds of other nights that what is postponed takes; None: nobody knows."""
        return None if self.stint is None or self.stint.pace is None else self.tally.postponed / self.stint.pace

    @property
    def status(self) -> int:
        """The exit status that it means."""
        if self.stint is None:
            return self.permit.status
        failed = self.why or self.tally.why or self.tally.failed.total() or self.tally.left
        return _FAILED if failed else 0

    def report(self, nights: int | None) -> DatasetRun:
        """What the run says of it."""
        if self.stint is not None:
            return (
                self.tally.report(self.dataset, nights) if self.why is None else self.permit.failing(self.why).report()
            )
        if self.permit.status == 0:
            return DatasetRun(id=self.dataset, planned=0)
        return self.permit.report()

    def end(self) -> None:
        """Nothing more is done with it in this run: what it had no time for is postponed, and not late."""
        tally, stint = self.tally, self.stint
        if stint is not None and stint.cut and tally.why is None and self.why is None and not tally.stopped:
            tally.postponed += tally.left


class Turns(Struct, kw_only=True):
    """Every dataset's turns in one run."""

    installation: Installation
    keyring: Keyring
    run: str  # the run's id
    plan: Plan
    reached: Reached
    pacer: Pacer
    stop: Callable[[], bool]
    progress: Callable[[str, int], None]
    turns: list[Turn] = field(default_factory=list)

    def take(self, permits: Iterable[Permit]) -> None:
        """Every dataset has its turns. What is refused or waits, or fails on the way, leaves its time to the others."""
        self.turns = [self._turn(permit) for permit in permits]
        working = {id(turn.stint): turn for turn in self.turns if turn.stint is not None}
        for stint in self.pacer.taking_turns([turn.stint for turn in self.turns if turn.stint is not None]):
            turn = working[id(stint)]
            self._work(turn, stint)
            turn.had = True

    def told(self) -> Iterator[tuple[int, DatasetRun]]:
        """What became of each, with the exit status that it means; of a run that broke off, of those that came so far.

        A run that was stopped told every dataset to stop.
        """
        ended = [turn for turn in self.turns if turn.had or turn.stint is None]
        for turn in ended:
            turn.end()
        needs = {turn.dataset: turn.need for turn in ended if turn.tally.postponed}
        nights = pacing.nights(needs, self.pacer.seconds)
        for turn in ended:
            told = turn.report(nights.get(turn.dataset))
            self._say(turn, told)
            yield turn.status, told

    def _turn(self, permit: Permit) -> Turn:
        if permit.status != 0 or permit.dataset is None or permit.remaining == 0:
            return Turn(permit)
        dataset = permit.dataset
        stint = self.pacer.stint(self.plan, dataset.id, dataset.store, permit.remaining)
        return Turn(permit, stint, Tally(planned=permit.remaining))

    def _work(self, turn: Turn, stint: Stint) -> None:
        dataset = turn.permit.dataset
        if dataset is None or not stint.in_time():
            return
        try:
            store = self.installation.opener.store(dataset.store)
        except RetentionError as error:
            if stint.walked:  # an earlier turn of this run did some of it
                turn.tally.why = error
            else:
                turn.why = error
            return
        try:
            walk(self._of(turn, stint, dataset, store), turn.tally, self.progress)
        finally:
            store.close()
        stint.cut = stint.cut and turn.tally.why is None
        stint.note()

    def _of(self, turn: Turn, stint: Stint, dataset: Dataset, store: Store) -> Work:
        return Work(
            installation=self.installation,
            keyring=self.keyring,
            run=self.run,
            plan=self.plan,
            planned=turn.permit.planned,
            dataset=dataset,
            store=store,
            sources=self.reached.sources,
            policies=turn.permit.policies,
            stop=self.stop,
            stint=stint,
            allowed_on=turn.permit.allowed_on,
        )

    def _say(self, turn: Turn, told: DatasetRun) -> None:
        """The dataset's line in the operators' log."""
        if turn.stint is None and turn.permit.status != 0:
            event = events.DATASET_FAILED if turn.permit.status == _FAILED else events.DATASET_REFUSED
            _log.warning(event, dataset=told.id, status=turn.permit.status, records=turn.permit.remaining)
        elif turn.stint is not None and turn.why is None:
            counts = {name: getattr(told, name) for name in ("planned", "destroyed", "changed", "gone", "late")}
            held, failed = turn.tally.held.total(), turn.tally.failed.total()
            _log.info(events.DATASET_DONE, dataset=told.id, held=held, failed=failed, **counts)
            if told.postponed:
                _log.info(events.DATASET_POSTPONED, dataset=told.id, records=told.postponed, nights=told.nights)


def words(pacer: Pacer, told: Sequence[DatasetRun]) -> Iterator[tuple[int, Text]]:
    """What there is to say of a run's time, each with the exit status that it means."""
    yield from ((0, remark) for remark in pacer.remarks())
    yield from ((0, _postponed(one)) for one in told if one.postponed)
    yield from ((_FAILED, behind) for behind in pacer.behind.values())
    if left := sum(one.postponed for one in told):
        _log.info(events.RUN_TIME_UP, records=left)
        if not pacer.behind and not any(map(had_a_turn, told)):
            yield _WAITS, _nothing_done(pacer)


def postponed(plan: Plan, tx: Control) -> Iterator[DatasetRun]:
    """All of a plan, for a run that began while the window was closed: no store is asked for anything."""
    for one in plan.datasets:
        count = tx.spooled_count(plan.digest, one.id)
        yield DatasetRun(id=one.id, planned=count, postponed=count)


def _nothing_done(pacer: Pacer) -> Text:
    """Whoever starts the nights must know, or none of them is ever a good one."""
    opens = pacer.opens
    nl = "" if opens is None else f"; het venster gaat open op {opens:%Y-%m-%d om %H:%M}"
    en = "" if opens is None else f"; the window opens at {opens:%Y-%m-%d %H:%M}"
    return Text(
        nl=f"er was geen tijd om iets te doen, en er is niets vernietigd{nl}. Start de run als het venster opengaat "
        "([schedule] sweep, [sweep] windows), of voor deze keer met --outside-window",
        en=f"there was no time to do anything, and nothing was destroyed{en}. Start the run when the window opens "
        "([schedule] sweep, [sweep] windows), or for this once with --outside-window",
    )


def _postponed(one: DatasetRun) -> Text:
    """What is left for other nights."""
    records = "record" if one.postponed == 1 else "records"
    if one.nights is None:
        return Text(
            nl=f"{one.id}: {one.postponed} records uitgesteld; hoeveel nachten dat nog duurt, is nog niet te zeggen",
            en=f"{one.id}: {one.postponed} {records} postponed; how many more nights that takes is not known yet",
        )
    nights = Text(nl="nacht", en="night") if one.nights == 1 else Text(nl="nachten", en="nights")
    return Text(
        nl=f"{one.id}: {one.postponed} records uitgesteld, de oudste eerst: nog ongeveer {one.nights} {nights.nl}",
        en=f"{one.id}: {one.postponed} {records} postponed, the oldest first: about {one.nights} more {nights.en}",
    )
