"""Choosing: which plan a run executes when nobody names one (design.md section 8, P5, P9, P13)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from retention.control.interface import Control, Run, RunStatus
from retention.nights import had_no_time
from retention.plan import Approval, Plan, PlannedDataset, in_force
from retention.policy import Register
from retention.run_summary import RunSummary
from retention.text import Text

_NONE: Final = Text(nl="er is geen plan: maak er een met `retention plan`", en="no plan: run `retention plan`")
_TOO_NEW: Final = Text(
    nl="het nieuwste plan is nog niet lang genoeg aangekondigd", en="the newest plan has not been announced long enough"
)
_STALE: Final = Text(
    nl="er is geen plan gemaakt sinds de vorige run; wat sindsdien is verlopen, is niet bekend",
    en="no plan was made since the last run; what has expired since is not known",
)


class Choice(Struct, frozen=True):
    """The plan to execute, and what must be said about the choice."""

    plan: Plan | None  # None: there is none to execute
    status: int = 0  # the exit status that the remark means
    remark: Text | None = None


def choose(tx: Control, register: Register, today: date, now: datetime) -> Choice:
    """The newest plan that is approved and announced; else the newest that is announced."""
    plans = tx.plans()
    if not plans:
        return Choice(None, 1, _NONE)
    announced = [plan for plan in plans if _announced(plan, register, today)]
    if not announced:
        return Choice(None, 5, _TOO_NEW)
    chosen = _newest_approved(tx, announced, now) or announced[0]
    last = next((run.started for run in tx.runs() if run.plan is not None and not _had_no_time(tx, run)), None)
    return Choice(chosen) if last is None or plans[0].made >= last.replace(microsecond=0) else Choice(chosen, 1, _STALE)


def _announced(plan: Plan, register: Register, today: date) -> bool:
    """Whether everything that a plan lists was announced long enough ago (P13)."""
    known = {dataset.id: dataset.notice for dataset in register.all_datasets}
    notices = (known.get(one.id, 0) for one in plan.datasets if one.count)
    return plan.reference_date + timedelta(days=max(notices, default=0)) <= today


def approves(approvals: Sequence[Approval], plan: Plan, planned: PlannedDataset, now: datetime) -> bool:
    """Whether a person said yes: to this list, or to whatever later lists of this dataset say."""
    return any(in_force(approvals, of, now) is not None for of in (plan.digest, planned.fingerprint))


def _newest_approved(tx: Control, announced: Sequence[Plan], now: datetime) -> Plan | None:
    """Of plans, the newest first, the one to execute; None when nothing of any is approved.

    A person who approved a list means that list: it goes before a newer one that nobody has looked at, until a run has
    been through it. After that, the newest of which something is approved.
    """
    approvals, runs = tx.approvals(), tx.runs()
    valid = [plan for plan in announced if not plan.expired(now)]
    for plan in valid:
        said = in_force(approvals, plan.digest, now)
        if said is not None and not any(_went_through(tx, run, plan, said) for run in runs):
            return plan
    return next((plan for plan in valid if any(approves(approvals, plan, one, now) for one in _left(tx, plan))), None)


def _went_through(tx: Control, run: Run, plan: Plan, said: Approval) -> bool:
    """Whether a run has done what it could of a plan since it was approved, perhaps with more allowed."""
    ended = run.status not in {None, RunStatus.ABORTED, RunStatus.AT_RISK}
    return ended and run.plan == plan.digest and run.started >= said.at and not _postponed(tx, run)


def _postponed(tx: Control, run: Run) -> bool:
    """Whether a run had no time for all of its plan: the next one goes on with it."""
    told = _told(tx, run)
    return told is not None and told.postponed > 0


def _had_no_time(tx: Control, run: Run) -> bool:
    told = _told(tx, run)
    return told is not None and had_no_time(told)


def _told(tx: Control, run: Run) -> RunSummary | None:
    report = tx.run_report(run.id)
    return None if report is None else RunSummary.from_json(report)


def _left(tx: Control, plan: Plan) -> Iterator[PlannedDataset]:
    """What of a plan has records without an outcome."""
    return (one for one in plan.datasets if one.count and tx.spooled_count(plan.digest, one.id))
