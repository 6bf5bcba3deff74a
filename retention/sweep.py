"""The sweep: one run, from settling what was left open to the published checkpoint (design.md section 4, R9, P4 to P6).

Every run ends in the log and is published: also when it refused, failed, was stopped, or had nothing to do. One
dataset's trouble is its own; trouble with our own memory or proof ends the run, and no batch is begun after it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Final

import structlog
from msgspec import Struct, field
from msgspec.structs import replace
from structlog.contextvars import bound_contextvars

from retention import events
from retention.audit.entry import RunEnd, RunStart
from retention.choosing import choose
from retention.control.interface import Run, RunStatus
from retention.control.lock import SweepLock
from retention.errors import ClockError, ConfigError, RetentionError, StoreError, UsageError
from retention.finding import Finding
from retention.installation import Installation, Keyring, Reached, reach
from retention.pacer import Pacer
from retention.permit import Asked, Permit, permits
from retention.plan import Plan
from retention.recording import record_what_is_in_force
from retention.recovery import end_broken_run, logged_totals, settle, totals_of
from retention.run_summary import DatasetRun, RunSummary, unjudged
from retention.settling import left_behind
from retention.startup import check_day, check_startup
from retention.survey import survey
from retention.text import Text
from retention.tidying import tidy
from retention.turns import Turns, postponed, words

_log = structlog.get_logger()
CLOCK_SKEW: Final = timedelta(minutes=5)
_GRAVEST: Final = (4, 2, 1, 3, 5, 0)
_STATUS: Final = (  # by exit status
    *(RunStatus.DONE, RunStatus.FAILED, RunStatus.REFUSED),
    *(RunStatus.REFUSED, RunStatus.AT_RISK, RunStatus.WAITING),
)


class Order(Struct, frozen=True, kw_only=True):
    """What a sweep was asked to do."""

    plan: str | None = None  # a digest; None: the newest plan that is approved and announced
    today: date | None = None  # the run's own today; None: the clock's
    after_pause: bool = False  # the log has been silent for over 35 days, and that is known
    stop: Callable[[], bool] = lambda: False
    progress: Callable[[str, int], None] = lambda _name, _count: None
    minutes: int | None = None  # how long it may take; None: as configured
    rate: int | None = None  # records a second at most; None: as configured
    outside_window: bool = False  # work outside the configured windows too
    same_day: bool = False  # a night's second run, of what has a notice of 0 days


class _Said(Struct):
    """What a run has to say when it ends."""

    datasets: list[DatasetRun] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    remarks: list[Text] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    recovered: int = 0
    stopped: bool = False

    def remark(self, status: int, nl: str, en: str) -> None:
        self.statuses.add(status)
        self.remarks.append(Text(nl=nl, en=en))


def sweep(installation: Installation, order: Order) -> RunSummary:
    """Run one sweep.

    Raises:
        SweepRunning: another one runs.
        ConfigError: this account holds no keys.
        ClockError: the day cannot be trusted.
        AuditError, ControlError: proof is at risk; no batch was begun after that point.
    """
    if installation.keyring is None:
        raise ConfigError("A sweep needs the keys of the log. Run it under the sweep account, or see [keys] directory.")
    today = order.today or installation.today()
    with SweepLock(installation.state):
        check_startup(installation)
        if order.today is not None and order.plan is None:
            raise UsageError("--today needs --plan DIGEST: a run as of another day executes one plan, by name.")
        check_day(installation, today, after_pause=order.after_pause)
        with closing(pacer(installation, order).begin()) as paced:
            return _Sweep(installation, installation.keyring, order, today, paced).run()


def pacer(installation: Installation, order: Order) -> Pacer:
    """The run's time, as configured or as ordered."""
    pace, minutes = installation.pace, order.minutes
    budget = pace.budget if minutes is None else minutes * 60.0
    asked = replace(pace, budget=budget, rate=order.rate or pace.rate)
    return Pacer(installation, asked, order.outside_window, order.stop)


class _Sweep(Struct):
    installation: Installation
    keyring: Keyring
    order: Order
    today: date
    pacer: Pacer
    said: _Said = field(default_factory=_Said)

    def run(self) -> RunSummary:
        """Settle, begin, do the work, end, publish."""
        installation = self.installation
        if (left := tidy(installation.state, installation.today())) is not None:
            self.said.remark(1, left.nl, left.en)
        broken = end_broken_run(installation, self.keyring)
        self.said.recovered += 0 if broken is None else broken.batches
        if broken is not None:
            self.said.remark(
                1 if broken.open else 0,
                f"een afgebroken run is afgerond: {broken.batches} batch(es) nagezocht",
                f"a run that had broken off was ended: {broken.batches} batch(es) settled",
            )
            installation.ledger.publish()
        chosen = self._choose()
        started = self._begin(chosen)
        with bound_contextvars(run_id=started.id):
            _log.info(events.RUN_STARTED, plan=started.plan, today=self.today.isoformat())
            try:
                self._work(started, chosen)
            except (RetentionError, OSError) as error:
                self._break_off(started, chosen, error)
                raise
            return self._end(started, chosen)

    def _choose(self) -> Plan | None:
        """The plan to execute; None when there is none."""
        with self.installation.ledger.control.reading() as tx:
            if self.order.plan is not None:
                named = tx.plan(self.order.plan)
                if named is None:
                    raise UsageError(f"There is no plan {self.order.plan}. `retention status` lists those there are.")
                return named
            choice = choose(tx, self.installation.register, self.today, self.installation.clock())
        if choice.remark is not None:
            self.said.statuses.add(choice.status)
            self.said.remarks.append(choice.remark)
        return choice.plan

    def _begin(self, chosen: Plan | None) -> Run:
        """One transaction: the run and its entry."""
        installation = self.installation
        now = installation.clock().astimezone(UTC)
        run = Run(
            id=f"{now:%Y%m%dT%H%M%SZ}-{os.urandom(4).hex()}",
            started=now,
            reference_date=self.today,
            actor=installation.actor,
            plan=None if chosen is None else chosen.digest,
        )
        with installation.ledger.transaction() as tx:
            entry = RunStart(
                run=run.id,
                prev=installation.ledger.log.published_head(tx),
                config=installation.config,
                tool=installation.tool,
                actor=installation.actor,
                plan=run.plan,
            )
            installation.ledger.append(tx, [entry], now=now)
            tx.start_run(run)
        return run

    def _work(self, run: Run, chosen: Plan | None) -> None:
        """Settle what an earlier run had to leave, then every dataset of the plan."""
        left = settle(self.installation, self.keyring, run.id)
        self.said.recovered += left.batches
        if chosen is None:
            return
        if chosen.expired(self.installation.clock()):
            self.said.remark(3, "het plan is verlopen: maak een nieuw", "the plan has expired: make a new one")
            return
        if self.pacer.opens is not None:
            with self.installation.ledger.control.reading() as tx:
                self.said.datasets += postponed(chosen, tx)
            self._say_time()
            self._say_unjudged(chosen)
            return
        stores = {dataset.store for dataset in self.installation.register.all_datasets}
        with reach(self.installation, stores) as reached:
            surveyed = survey(self.installation, reached)
            self.said.findings += surveyed.findings
            texts = record_what_is_in_force(self.installation, reached, surveyed.refused)
            self._check_server_clocks(reached)
            asked = Asked(self.installation, chosen, self.today, surveyed, texts, self.order.today is not None)
            allowed = [
                permit if (why := left.why.get(permit.planned.id)) is None else permit.failing(why)
                for permit in permits(asked)  # every limit is computed before the first write (P4)
            ]
            self._in_turns(run, chosen, allowed, reached)
            self._say_unjudged(chosen)

    def _in_turns(self, run: Run, plan: Plan, allowed: Sequence[Permit], reached: Reached) -> None:
        """Execute every dataset in its share of the time, or say why not."""
        self.said.findings += [one for permit in allowed for one in permit.findings]
        turns = Turns(
            installation=self.installation,
            keyring=self.keyring,
            run=run.id,
            plan=plan,
            reached=reached,
            pacer=self.pacer,
            stop=self.order.stop,
            progress=self.order.progress,
        )
        try:
            turns.take(allowed)
        finally:
            for status, told in turns.told():
                self.said.statuses.add(status)
                self.said.datasets.append(told)
            self.said.stopped |= any(turn.tally.stopped for turn in turns.turns)
            self._say_time()

    def _say_time(self) -> None:
        for status, remark in words(self.pacer, self.said.datasets):
            self.said.statuses.add(status)
            self.said.remarks.append(remark)

    def _say_unjudged(self, plan: Plan) -> None:
        """What the plan could not judge is late by an unknown number: never a good night (P9)."""
        with self.installation.ledger.control.reading() as tx:
            told = tx.plan_report(plan.digest)
        for dataset, why in unjudged(told).items() if told else ():
            self.said.statuses.add(1)
            self.said.datasets.append(DatasetRun(id=dataset, planned=0, late=None, why=why))

    def _check_server_clocks(self, reached: Reached) -> None:
        for name, source in reached.sources.items():
            try:
                theirs = source.clock()
            except StoreError:  # its datasets will say so themselves
                continue
            if theirs is not None and abs(theirs - self.installation.clock()) > CLOCK_SKEW:
                raise ClockError(
                    f"Store {name}'s clock and ours differ by more than 5 minutes. Set the wrong one right."
                )

    def _end(self, run: Run, chosen: Plan | None) -> RunSummary:
        """The last entry, then the published checkpoint."""
        ledger = self.installation.ledger
        gravest = next(status for status in _GRAVEST if status in self.said.statuses | {0})
        with ledger.transaction() as tx:
            opened = tuple(sorted(flight.intent for flight in tx.flights()))
            totals = logged_totals(tx, run.id)
            gravest = gravest if gravest in (2, 4) or not opened else 1
            status = RunStatus.ABORTED if self.said.stopped else _STATUS[gravest]
            entry = RunEnd(run=run.id, status=status.value, totals=totals_of(totals), open=list(opened))
            ended = self.installation.clock().astimezone(UTC)
            ledger.append(tx, [entry], now=ended)
            summary = self._summary(run, chosen, status, gravest, ended, opened)
            tx.end_run(replace(run, status=status, ended=ended), summary.to_json())
        head = ledger.publish()
        _log.info(events.LOG_PUBLISHED, size=head.size)
        _log.info(events.RUN_ENDED, status=status.value, exit_status=gravest)
        return replace(summary, checkpoint=tuple(head.text.splitlines()))

    def _summary(  # noqa: PLR0913, PLR0917 - the parts of one value
        self, run: Run, chosen: Plan | None, status: RunStatus, gravest: int, ended: datetime, opened: tuple[int, ...]
    ) -> RunSummary:
        return RunSummary(
            run=run.id,
            status=status.value,
            exit_status=gravest,
            started=run.started,
            ended=ended,
            reference_date=self.today,
            plan=run.plan,
            plan_reference_date=None if chosen is None else chosen.reference_date,
            same_day=self.order.same_day,
            datasets=tuple(self.said.datasets),
            recovered=self.said.recovered,
            open_intents=opened,
            findings=tuple(self.said.findings),
            remarks=(*self.said.remarks, *left_behind(self.installation.register, self.said.datasets)),
        )

    def _break_off(self, run: Run, chosen: Plan | None, error: Exception) -> None:
        """End the run in the log all the same, if that can be; what cannot be written is settled by the next run."""
        self.said.statuses.add(error.exit_status if isinstance(error, RetentionError) else 4)
        with suppress(RetentionError, OSError):
            self._end(run, chosen)
