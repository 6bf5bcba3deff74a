"""Make a plan: judge every dataset, spool what is due, sign what was planned; the report comes out of the same pass.

A dry run ends here. Stores are only read. Without keys, or for a day that has not come, the report is all there is:
there is nothing to approve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from datetime import UTC, date, datetime
from time import sleep

import structlog
from msgspec import Struct

from retention import events
from retention.audit.entry import Entry, PlanMade, RefKey
from retention.audit.entry import PlannedDataset as LoggedDataset
from retention.audit.merkle import frontier_root, grow, leaf_hash
from retention.audit.reference import ReferenceKey
from retention.census import Census
from retention.changes import Before, New, compared, plans_before, reference_dates
from retention.collecting import seldom
from retention.control.interface import Control
from retention.control.lock import SweepLock
from retention.coverage import held_records
from retention.dataset import Dataset
from retention.details import TableSummary
from retention.errors import ClockError, ConfigError, RetentionError
from retention.fingerprint import sha256
from retention.holds import Hold, stands
from retention.installation import Installation, Keyring, Reached, reach
from retention.inventory import inventory, live_tables, open_tables
from retention.likeness import Likeness
from retention.narrow import expiries
from retention.plan import PLAN_EXPIRES, Plan, PlannedDataset
from retention.reads import nobodys
from retention.recording import changed_datasets, changed_policies, texts_in_force
from retention.scan import Scanner
from retention.sifting import Sifter
from retention.spooling import listed
from retention.start import Day
from retention.startup import check_startup
from retention.stores.interface import Source
from retention.stores.schema import SchemaTable
from retention.summary import PlanSummary
from retention.survey import survey
from retention.text import Text

_log = structlog.get_logger()

Progress = Callable[[str, int], None]
"""Told which dataset is being judged, and how many of its records have been."""


class Governed(Struct, frozen=True, kw_only=True):
    """A dataset of a plan, with what it is bound to."""

    dataset: Dataset
    fingerprint: str
    text: bytes  # what the fingerprint is of
    key: ReferenceKey | None  # None: report only


def make_plan(
    installation: Installation,
    *,
    today: date,
    only: Callable[[Dataset], bool] = lambda _: True,
    due_only: bool = False,
    progress: Progress = lambda _name, _count: None,
) -> PlanSummary:
    """Judge as of `today` and keep the plan, when there are keys and the day has come.

    With `due_only` the stores leave out what cannot be due, by constant cut-offs: the same records are planned, and
    what stays is neither counted nor looked at for findings.

    Raises:
        PolicyError: the register cannot be judged by.
        ClockError: the clock stands before the last plan.
    """
    keyring = installation.keyring if today <= installation.today() else None
    with nullcontext() if keyring is None else SweepLock(installation.state), seldom():
        if keyring is not None:
            check_startup(installation)
        return _Planning(installation, today, keyring, only, due_only, progress).run()


class _Planning(Struct, frozen=True):
    installation: Installation
    today: date
    keyring: Keyring | None
    only: Callable[[Dataset], bool]
    due_only: bool
    progress: Progress

    def run(self) -> PlanSummary:
        register = self.installation.register
        with self.installation.ledger.control.reading() as tx:
            holds = tx.holds()
        stores = {dataset.store for dataset in register.all_datasets}
        with reach(self.installation, stores) as reached:
            surveyed = survey(self.installation, reached)
            governed = self._governed(reached, surveyed.refused)
            draft = self._open(governed)
            scanner = self._scanner(governed, holds, reached)
            before = self._before()
            census = Census(register, self.today, holds, self.installation.limits, reference_dates(before))
            tables = inventory(register, surveyed.live)
            for finding in (*surveyed.findings, *open_tables(tables)):
                census.find(finding)
            live = {} if self.due_only else live_tables(register, surveyed.live)
            for name, why in surveyed.refused.items():
                census.fail(register.dataset(name), why)
            wanted = [one for one in governed if not self.due_only or register.rules_for(one.dataset)]
            planned = [
                self._dataset(one, scanner, reached.sources, draft, census, live.get(one.dataset.id)) for one in wanted
            ]
        made = [one for one in planned if one is not None]
        return self._seal(draft, made, census, surveyed.schemas, before, tables)

    def _before(self) -> Mapping[str, Before]:
        """What was planned before; nothing for a report only, which cannot be compared."""
        if self.keyring is None:
            return {}
        with self.installation.ledger.control.reading() as tx:
            return plans_before(tx, self.installation.clock())

    def _governed(self, reached: Reached, refused: Mapping[str, Text]) -> list[Governed]:
        """The datasets that can be judged, each with its fingerprint and its key."""
        found, register = [], self.installation.register
        for dataset, text in texts_in_force(self.installation, reached).items():
            if dataset.id in refused or not self.only(dataset) or nobodys(register, dataset):
                continue
            key = None
            if self.keyring is not None and register.rules_for(dataset):
                with self.installation.ledger.control.reading() as tx:
                    key = self.keyring.reference_key(tx, dataset.id, self.today.year)
            found.append(Governed(dataset=dataset, fingerprint=sha256(text), text=text, key=key))
        return found

    def _open(self, governed: Iterable[Governed]) -> int | None:
        """Record what is in force, and open a draft; None for a report only."""
        if self.keyring is None:
            return None
        ledger, now = self.installation.ledger, self.installation.clock()
        with ledger.transaction() as tx:
            texts = {one.dataset: one.text for one in governed if one.key is not None}
            entries: list[Entry] = [
                *changed_policies(tx, ledger, self.installation.register),
                *changed_datasets(tx, ledger, texts),
                *self._keys(tx, governed),
            ]
            if entries or tx.unlogged():
                ledger.append(tx, entries, now=now)
            tx.erase_expired(now - PLAN_EXPIRES)
            return tx.open_draft()

    def _keys(self, tx: Control, governed: Iterable[Governed]) -> Iterator[RefKey]:
        """Entries for the reference keys that were made for this plan."""
        for key in (one.key for one in governed if one.key is not None):
            known, dataset = tx.recorded("ref-key", key.id), key.id.rpartition("-")[0]
            if known is None:
                tx.record("ref-key", key.id, key.commit())
                yield RefKey(event="create", id=key.id, dataset=dataset, commit=key.commit())
            elif known != key.commit():
                raise ConfigError(
                    f"The reference key {key.id} is not the one the log recorded. Put the right key file back."
                )

    def _scanner(self, governed: Iterable[Governed], holds: tuple[Hold, ...], reached: Reached) -> Scanner:
        """The judge of this plan; holds are asked where a look-up says that one may matter, never less."""
        register, now = self.installation.register, self.installation.clock()
        keys = {one.dataset.id: one.key for one in governed if one.key is not None}
        day = Day(self.today, self.installation.zone)
        standing = tuple(hold for hold in holds if stands(hold, now))
        held = held_records(register, standing, reached.sources, day=day, now=now)
        return Scanner(register, day, standing, now, keys, held)

    def _dataset(  # noqa: PLR0913, PLR0917 - what a dataset is judged with
        self,
        one: Governed,
        scanner: Scanner,
        sources: Mapping[str, Source],
        draft: int | None,
        census: Census,
        live: SchemaTable | None,
    ) -> PlannedDataset | None:
        """Judge and spool one dataset; None when it could not be judged: the others go on (P6)."""
        count, frontier = 0, tuple[bytes, ...]()
        census.begin(one.dataset, one.fingerprint)
        likeness = None if live is None or not one.dataset.fields else Likeness.of(one.dataset, live)
        try:
            narrow = expiries(scanner.register, one.dataset, self.today) if self.due_only else None
            for page in Sifter(scanner, one.dataset, sources).pages(narrow=narrow):
                census.add(one.dataset, page)
                if likeness is not None:
                    likeness.add(page, sources[one.dataset.store])
                spooled = [] if one.key is None else listed(page.each, count)
                for record in spooled:
                    frontier = grow(count, frontier, leaf_hash(record.leaf))
                    count += 1
                if spooled and draft is not None and self.keyring is not None:
                    with self.installation.ledger.transaction() as tx:
                        tx.spool(draft, one.dataset.id, spooled, self.keyring.vault)
                self.progress(one.dataset.id, len(page))
            if count and self.due_only:
                census.holds_in_all(one.dataset, sources[one.dataset.store].count(one.dataset))
        except RetentionError as error:
            if error.exit_status != 1:
                raise
            census.fail(one.dataset, Text(nl=str(error), en=str(error)))
            if draft is not None:
                with self.installation.ledger.transaction() as tx:
                    tx.unspool(draft, one.dataset.id)
            return None
        if likeness is not None and likeness.records:
            census.left(one.dataset, likeness.remains())
        if one.key is None:
            return None
        return PlannedDataset(
            id=one.dataset.id,
            fingerprint=one.fingerprint,
            count=count,
            root=frontier_root(frontier).hex(),
            total=census.total(one.dataset) if count else None,
        )

    def _seal(  # noqa: PLR0913, PLR0917 - what a plan is made of
        self,
        draft: int | None,
        planned: list[PlannedDataset],
        census: Census,
        schemas: Mapping[str, str],
        before: Mapping[str, Before],
        tables: tuple[TableSummary, ...],
    ) -> PlanSummary:
        """Close the plan: its digest, its entry in the log, its report."""
        ledger = self.installation.ledger
        if draft is None:
            return census.summary(self._plan(self._second(), ()), None, self.installation, (), {}, coverage=tables)
        made = self._unused_second()
        plan = self._plan(made, tuple(planned))
        with ledger.control.reading() as tx:  # counting takes a while, and nobody should wait for it
            new = [New(part=one, ended=census.ended(one.id)) for one in planned]
            draft_of = census.summary(plan, plan.digest, self.installation, (), {})
            since = compared(tx, draft, self.today, new, before, draft_of)
        with ledger.transaction() as tx:
            allowances = {
                one.id: sum(
                    a.records - a.used for a in tx.allowances(one.id, one.fingerprint) if a.expires >= made.date()
                )
                for one in planned
            }
            census.already({one.id: tx.destroyed_on(one.id, self.today) for one in planned})
            summary = census.summary(
                plan, plan.digest, self.installation, tx.approvals(), allowances, since=since, coverage=tables
            )
            entry = PlanMade(
                digest=plan.digest,
                reference_date=plan.reference_date,
                prepared_by=plan.prepared_by,
                datasets=[LoggedDataset(id=d.id, sha256=d.fingerprint, count=d.count) for d in plan.datasets],
            )
            ledger.append(tx, [entry], now=self.installation.clock())
            tx.seal_draft(draft, plan, summary.to_json())
            for name, schema in schemas.items():
                tx.record("schema", f"{plan.digest}:{name}", schema)
        _log.info(events.PLAN_MADE, digest=plan.digest, records=plan.count)
        return summary

    def _second(self) -> datetime:
        return self.installation.clock().astimezone(UTC).replace(microsecond=0)

    def _unused_second(self) -> datetime:
        """The second of this plan: no two plans share one, so that no two digests can be mistaken."""
        with self.installation.ledger.control.reading() as tx:
            newest = max((plan.made for plan in tx.plans()), default=None)
        for _ in range(20):
            made = self._second()
            if newest is None or made > newest:
                return made
            sleep(0.1)
        raise ClockError(
            f"The clock says {made:%Y-%m-%d %H:%M:%S} UTC, which is not after the last plan. Set the clock right."
        )

    def _plan(self, made: datetime, datasets: tuple[PlannedDataset, ...]) -> Plan:
        return Plan(
            made=made,
            reference_date=self.today,
            prepared_by=self.installation.actor,
            datasets=tuple(sorted(datasets, key=lambda one: one.id)),
        )
