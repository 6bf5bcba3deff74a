"""Reports of what was done: read from the log and from our own memory, put together as values.

What was destroyed and what failed comes from the outcomes in the log; the plan says what things are called and why
they were due; the run's own summary says the rest. Nothing here reads a swept store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from retention.audit.story import LoggedBatch, LoggedRun, checkpoint_of, read_run
from retention.control.interface import Control, Run
from retention.disposition import Action
from retention.errors import ControlError, UsageError
from retention.installation import Installation
from retention.plan import Approval, ApprovalMode, Plan
from retention.reports.figures import pseudonymises
from retention.reports.run import Approved, DatasetDone, HoldEvent, PurposeDone, RunReport
from retention.run_summary import DatasetRun, RunSummary
from retention.summary import DatasetSummary, PlanSummary, PolicySummary
from retention.text import Text

_SHORTEST = 8  # characters of a run's id
NEWEST = "last"
"""Stands for the newest run."""


class Remembered(Struct, frozen=True):
    """A run, its plan and what the log says of both, read in one consistent view."""

    run: Run
    logged: LoggedRun
    plan: Plan | None
    planned: PlanSummary | None  # None: its report is no longer kept
    told: RunSummary | None  # None: the run broke off
    approvals: tuple[Approval, ...]
    checkpoint: tuple[str, ...]


def run_report(installation: Installation, run: str) -> RunReport:
    """The report of a run, by its id, a beginning of it, or the newest one.

    Raises:
        UsageError: there is no such run, or several begin so.
    """
    found = remember(installation, run)
    planned = found.planned
    names = _names(found)
    return RunReport(
        organisation=installation.organisation,
        zone=installation.zone.key,
        tool=installation.tool,
        run=found.run.id,
        actor=found.run.actor,
        config=found.logged.config,
        started=found.run.started,
        ended=found.run.ended,
        status=None if found.run.status is None else found.run.status.value,
        exit_status=None if found.told is None else found.told.exit_status,
        reference_date=found.run.reference_date,
        plan=found.run.plan,
        plan_reference_date=None if found.plan is None else found.plan.reference_date,
        plan_made=None if found.plan is None else found.plan.made,
        prepared_by=None if found.plan is None else found.plan.prepared_by,
        datasets=tuple(_done(name, found) for name in names),
        purposes=_purposes(found.logged.batches, () if planned is None else planned.policies),
        approvals=approved(found),
        holds=tuple(
            HoldEvent(id=one.hold, kind=one.kind, placed=one.event == "place", at=one.at) for one in found.logged.holds
        ),
        findings=() if found.told is None else found.told.findings,
        remarks=() if found.told is None else found.told.remarks,
        told=found.told is not None,
        first_entry=found.logged.first,
        last_entry=found.logged.last,
        open_intents=tuple(one.intent for one in found.logged.batches if one.outcome is None),
        settled=found.logged.settled,
        checkpoint=found.checkpoint,
    )


def remember(installation: Installation, run: str) -> Remembered:
    """Everything that is known of a run.

    Raises:
        UsageError: there is no such run, or several begin so.
        ControlError: our own memory has a run that the log knows nothing of.
    """
    ledger = installation.ledger
    with ledger.control.reading() as tx:
        found = named_run(tx, run)
        logged = read_run(tx, ledger.log.manifests, found.id)
        if logged is None:
            raise ControlError(f"Run {found.id} is not in the log, though our own memory has it. Verify the log.")
        report = None if found.plan is None else tx.plan_report(found.plan)
        said = tx.run_report(found.id)
        head = checkpoint_of(tx, logged.last)
        return Remembered(
            run=found,
            logged=logged,
            plan=None if found.plan is None else tx.plan(found.plan),
            planned=None if report is None else PlanSummary.from_json(report),
            told=None if said is None else RunSummary.from_json(said),
            approvals=tx.approvals(),
            checkpoint=() if head is None else tuple(head.text.splitlines()),
        )


def named_run(tx: Control, name: str) -> Run:
    """A run by its id, by a beginning of at least 8 characters, or the newest.

    Raises:
        UsageError: there is none, or several begin so.
    """
    runs = tx.runs()
    if name == NEWEST:
        found = list(runs[:1])
    else:
        found = [one for one in runs if one.id == name or (len(name) >= _SHORTEST and one.id.startswith(name))]
    if len(found) == 1:
        return found[0]
    newest = ", ".join(one.id for one in runs[:3])
    there = f"The newest: {newest}." if newest else "There has been none yet: `retention sweep` makes one."
    if not found:
        raise UsageError(f"There is no run {name!r}. {there}")
    raise UsageError(f"Several runs begin with {name!r}: {', '.join(one.id for one in found[:3])}. Write more of it.")


def _names(found: Remembered) -> list[str]:
    """The datasets that a run had to do with."""
    told = () if found.told is None else found.told.datasets
    planned = () if found.plan is None else (one.id for one in found.plan.datasets if one.count)
    return sorted({*(one.id for one in told), *planned, *(one.dataset for one in found.logged.batches)})


def _done(name: str, found: Remembered) -> DatasetDone:
    batches = [one for one in found.logged.batches if one.dataset == name]
    planned = planned_dataset(name, found.planned)
    by_action = Counter[str]()
    for one in batches:
        by_action[one.action] += one.destroyed
    return DatasetDone(
        id=name,
        title=Text(nl=name, en=name) if planned is None else planned.title,
        deleted=by_action[Action.DELETE],
        anonymised=by_action[Action.ANONYMISE],
        fields_erased=by_action[Action.ERASE_FIELDS],
        failed=found.logged.failed.get(name, 0),
        open=sum(one.cleared for one in batches if one.outcome is None),
        children=along(batches),
        pseudonyms=planned is not None and pseudonymises(planned),
        fields=tuple(sorted({name for one in batches if one.destroyed for name in one.fields})),
        told=_told(name, found.told),
    )


def along(batches: Iterable[LoggedBatch]) -> Mapping[str, int]:
    """The records that went along with batches, by their dataset."""
    total = Counter[str]()
    for one in batches:
        total.update(one.children)
    return dict(sorted(total.items()))


def planned_dataset(name: str, planned: PlanSummary | None) -> DatasetSummary | None:
    """What a plan says of a dataset; None: nothing, or it is no longer kept."""
    return None if planned is None else next((one for one in planned.datasets if one.id == name), None)


def _told(name: str, told: RunSummary | None) -> DatasetRun | None:
    return None if told is None else next((one for one in told.datasets if one.id == name), None)


def _purposes(batches: Iterable[LoggedBatch], policies: Iterable[PolicySummary]) -> tuple[PurposeDone, ...]:
    gone = Counter[tuple[str, str]]()
    for one in batches:
        for purpose in one.policies:
            gone[purpose, one.dataset] += one.destroyed
    return tuple(
        PurposeDone(
            policy=policy,
            destroyed={
                dataset: count for (purpose, dataset), count in sorted(gone.items()) if purpose == policy.purpose
            },
        )
        for policy in policies
    )


def approved(found: Remembered) -> tuple[Approved, ...]:
    """The approvals by which a run could do what it did: those that held when it began."""
    if found.plan is None:
        return ()
    of = {found.plan.digest, *(one.fingerprint for one in found.plan.datasets if one.count)}
    last = {one.of: one for one in found.approvals if one.of in of and one.at <= _until(found)}
    return tuple(
        Approved(
            at=one.at,
            role=one.role,
            signer=one.signer,
            mode=one.mode.value,
            dataset=one.dataset if one.mode is ApprovalMode.STANDING else None,
            signed=one.signature_sha256 is not None,
            allow=one.allow,
        )
        for one in sorted(last.values(), key=lambda one: one.at)
        if one.valid(found.run.started)
    )


def _until(found: Remembered) -> datetime:
    return found.run.ended or datetime.max.replace(tzinfo=UTC)
