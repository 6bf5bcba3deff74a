"""What our own memory tells of the nights, the plans and what waits, in one consistent view; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from retention.audit.authority import leaf_time
from retention.audit.keys import reference_key_id
from retention.audit.manifests import Manifests
from retention.choosing import approves
from retention.control.interface import Allowance, Control
from retention.notice import undelivered
from retention.plan import Approval, Plan, PlannedDataset, in_force
from retention.reason import Reason
from retention.run_summary import DatasetRun, RunSummary
from retention.status.facts import Memory, ToldRun
from retention.status.residue import Residue, residue
from retention.status.value import DatasetState, Expiry, PlanState
from retention.summary import DatasetSummary, PlanSummary, PolicySummary
from retention.text import Text

_WEEKS: Final = timedelta(days=35)  # how far back runs and outcomes are read
_DUE: Final = (Reason.DUE_EXPIRED.value, Reason.PARTIAL_PURPOSE.value)
_HELD: Final = (Reason.KEEP_HOLD, Reason.KEEP_RESTRICTED, Reason.KEEP_OPEN_REQUEST, Reason.KEEP_COOLING_OFF)


class _Judged(Struct, frozen=True):
    """A dataset as the newest plan that judged it says."""

    plan: Plan
    planned: PlannedDataset
    told: DatasetSummary
    policies: tuple[PolicySummary, ...]
    command: str | None


class _View(Struct, frozen=True):
    """What a status asks of our own memory, and as of when."""

    tx: Control
    now: datetime
    today: date
    approvals: tuple[Approval, ...]
    runs: tuple[ToldRun, ...]
    residue: Mapping[str, Residue]


def remember(tx: Control, manifests: Manifests, *, now: datetime, today: date, expiring: timedelta) -> Memory:
    """What our own memory tells.

    Raises:
        ControlError: it cannot be read.
    """
    plans = tx.plans()
    judged, unjudged = _judged(tx, [plan for plan in plans if now - plan.made <= _WEEKS])
    left = residue(tx, manifests, {name: one.plan for name, one in judged.items()}, now - _WEEKS)
    view = _View(tx, now, today, tx.approvals(), tuple(_runs(tx, now)), left)
    datasets = tuple(_dataset(view, one) for _, one in sorted(judged.items()))
    return Memory(
        began=datetime.fromisoformat(leaf_time(tx.leaves(0, 1)[0])) if tx.size() else None,
        runs=view.runs,
        plans=tuple(_plan(view, plan) for plan in plans[:3]),
        datasets=datasets,
        unjudged=tuple(sorted(unjudged.items(), key=lambda pair: pair[0])),
        expiring=tuple(sorted(set(_expiring(view, judged, expiring)), key=lambda one: (one.expires, one.of))),
        holds=tuple(hold for hold in tx.holds() if hold.in_force),
        flights=tx.flights(),
        unlogged=len(tx.unlogged()),
        undelivered=len(undelivered(tx.deliveries())),
        reference_keys=tuple(_reference_keys(view, judged, datasets)),
    )


def _runs(tx: Control, now: datetime) -> Iterator[ToldRun]:
    """The runs of the last weeks, and the newest of all."""
    for number, run in enumerate(tx.runs()):
        if number == 0 or now - run.started <= _WEEKS:
            report = tx.run_report(run.id)
            yield ToldRun(run, None if report is None else RunSummary.from_json(report))


def _judged(tx: Control, plans: list[Plan]) -> tuple[dict[str, _Judged], dict[str, Text]]:
    """By dataset what the newest plan that judged it says, and why a newer one could not."""
    judged: dict[str, _Judged] = {}
    unjudged: dict[str, Text] = {}
    wanted = {one.id for plan in plans for one in plan.datasets}
    for plan in plans:
        report = tx.plan_report(plan.digest)
        if report is None or (judged and wanted <= judged.keys()):
            continue
        summary = PlanSummary.from_json(report)
        for told in summary.datasets:
            planned = plan.dataset(told.id)
            if told.id in judged:
                continue
            if told.failed is not None:
                if told.purposes:
                    unjudged.setdefault(told.id, told.failed)
            elif planned is not None:
                judged[told.id] = _Judged(plan, planned, told, summary.policies, summary.approve_command)
    return judged, unjudged


def _dataset(view: _View, one: _Judged) -> DatasetState:
    name, plan = one.planned.id, one.plan
    left = view.residue.get(name, Residue(0, 0))
    held, changed = _spared(view, one)
    listed = max(view.tx.spooled_count(plan.digest, name) - held - changed, 0)
    overdue = listed + left.since
    oldest = one.told.longest_overdue
    approved = not plan.expired(view.now) and approves(view.approvals, plan, one.planned, view.now)
    refused, why = _refused(view, one, listed) if approved else (0, None)
    waiting = 0 if approved else listed
    return DatasetState(
        id=name,
        purposes=dict(_purposes(one, overdue)),
        plan=plan.digest,
        overdue=overdue,
        oldest_days=None if not overdue or oldest is None else oldest + (view.today - plan.reference_date).days,
        held=held + sum(one.told.reasons.get(reason.value, 0) for reason in _HELD),
        refused=refused,
        waiting=waiting,
        residue=left.records,
        command=None if not (waiting or refused) else _command(view, one),
        why=why,
    )


def _reference_keys(
    view: _View, judged: Mapping[str, _Judged], datasets: Iterable[DatasetState]
) -> Iterator[tuple[str, int]]:
    """The keys without which what is overdue cannot go, and no plan of this year is made: those that were recorded."""
    for dataset in datasets:
        plan = judged[dataset.id].plan
        years = {plan.reference_date.year} if dataset.overdue and not plan.expired(view.now) else set()
        for year in sorted(years | {view.today.year}):
            if view.tx.recorded("ref-key", reference_key_id(dataset.id, year)) is not None:
                yield dataset.id, year


def _purposes(one: _Judged, overdue: int) -> Iterator[tuple[str, int]]:
    """The purposes of a dataset, and how many of what is overdue each has done with."""
    said = {policy.purpose: policy.reasons.get(one.planned.id) for policy in one.policies}
    for purpose in one.told.purposes:
        reasons = said.get(purpose)
        yield purpose, overdue if reasons is None else min(overdue, sum(reasons.get(why, 0) for why in _DUE))


def _spared(view: _View, one: _Judged) -> tuple[int, int]:
    """Of what a plan still lists: held, and changed, as its newest run found."""
    runs = (run for run in view.runs if run.run.plan == one.plan.digest)
    told = next((said for run in runs for said in _of(run, one.planned.id)), None)
    return (0, 0) if told is None else (sum(told.held.values()), told.changed)


def _command(view: _View, one: _Judged) -> str:
    return "retention plan" if one.plan.expired(view.now) or one.command is None else one.command


def _refused(view: _View, one: _Judged, listed: int) -> tuple[int, Text | None]:
    """What of an approved dataset a run refused since its plan, or its limit will refuse; and why, of the former."""
    since = [run for run in view.runs if run.run.started >= one.plan.made]
    last = next(((run.run.started, said) for run in since for said in _of(run, one.planned.id)), None)
    decided = max((said.at for said in view.approvals), default=None)
    if last is not None and last[1].refused and (decided is None or decided < last[0]):
        return last[1].refused, last[1].why
    return (listed, None) if one.told.refused and listed and not _allowed(view, one, listed) else (0, None)


def _of(run: ToldRun, dataset: str) -> Iterator[DatasetRun]:
    return (told for told in (() if run.told is None else run.told.datasets) if told.id == dataset)


def _allowed(view: _View, one: _Judged, records: int) -> bool:
    allowances = view.tx.allowances(one.planned.id, one.planned.fingerprint)
    day = view.now.date()
    return records <= sum(said.records - said.used for said in allowances if said.expires >= day)


def _expiring(view: _View, judged: Mapping[str, _Judged], within: timedelta) -> Iterator[Expiry]:
    """Approvals that hold now, end soon, and that something still rests on."""
    last = (view.now + within).date()
    for name, one in judged.items():
        standing = in_force(view.approvals, one.planned.fingerprint, view.now)
        if standing is not None:
            if standing.expires <= last:
                yield Expiry(what="standing", of=name, expires=standing.expires)
            continue
        if not view.tx.spooled_count(one.plan.digest, name):
            continue
        listed = in_force(view.approvals, one.plan.digest, view.now)
        if listed is not None and listed.expires <= last:
            yield Expiry(what="list", of=one.plan.digest[:12], expires=listed.expires)
    for name, one in judged.items():
        ends = [said.expires for said in _left(view, one) if view.now.date() <= said.expires <= last]
        if ends and view.tx.spooled_count(one.plan.digest, name):
            yield Expiry(what="allowance", of=name, expires=min(ends))


def _left(view: _View, one: _Judged) -> list[Allowance]:
    found = view.tx.allowances(one.planned.id, one.planned.fingerprint)
    return [said for said in found if said.used < said.records]


def _plan(view: _View, plan: Plan) -> PlanState:
    return PlanState(
        digest=plan.digest,
        reference_date=plan.reference_date,
        made=plan.made,
        records=plan.count,
        approved=in_force(view.approvals, plan.digest, view.now) is not None,
        expired=plan.expired(view.now),
    )
