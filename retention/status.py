"""The state of an installation in one look: is it red, and what waits for whom (design.md P9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from retention.control.interface import Control, Run, RunStatus
from retention.plan import Plan, in_force

_GOOD = frozenset({RunStatus.DONE, RunStatus.WAITING})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanState:
    """A plan, and whether somebody said yes."""

    digest: str
    reference_date: date
    made: datetime
    records: int
    approved: bool  # by its digest; standing approvals of its datasets are said by `plan`
    expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What an operator looks at in the morning."""

    red: bool
    why: str | None  # None: it is not red
    last_good: datetime | None  # end of the last run that went well; None: never
    last_run: str | None
    last_status: RunStatus | None  # None: it has not ended, or there was none
    holds: int  # in force
    holds_to_review: int  # of these: their day has come
    open_intents: tuple[int, ...]  # batches without an outcome
    unlogged: int  # holds and approvals that bind and are not yet entries
    plans: tuple[PlanState, ...]  # the newest three

    @property
    def exit_status(self) -> int:
        """1 when red, else 5 when somebody must look, else 0."""
        if self.red:
            return 1
        return 5 if self.open_intents or self.holds_to_review else 0


def status_of(control: Control, *, now: datetime, today: date, late_after: timedelta) -> Status:
    """The status as one consistent view of our own memory tells it."""
    runs, holds = control.runs(), [hold for hold in control.holds() if hold.in_force]
    last_good = max((run.ended for run in runs if run.ended is not None and run.status in _GOOD), default=None)
    why = _red(runs, last_good, now - late_after)
    approvals = control.approvals()
    return Status(
        red=why is not None,
        why=why,
        last_good=last_good,
        last_run=runs[0].id if runs else None,
        last_status=runs[0].status if runs else None,
        holds=len(holds),
        holds_to_review=sum(hold.review_on is not None and hold.review_on <= today for hold in holds),
        open_intents=tuple(sorted(flight.intent for flight in control.flights())),
        unlogged=len(control.unlogged()),
        plans=tuple(
            _plan(plan, in_force(approvals, plan.digest, now) is not None, now) for plan in control.plans()[:3]
        ),
    )


def _red(runs: tuple[Run, ...], last_good: datetime | None, oldest: datetime) -> str | None:
    if not runs:
        return "no run yet: `retention plan`, `retention approve`, then `retention sweep`"
    if last_good is None:
        return "no run went well yet: see `retention audit show --kind run-end`"
    if last_good < oldest:
        return f"the last good run ended {last_good:%Y-%m-%d %H:%M} UTC: the nights since did not happen or failed"
    return None


def _plan(plan: Plan, approved: bool, now: datetime) -> PlanState:  # noqa: FBT001 - one of its two facts
    return PlanState(
        digest=plan.digest,
        reference_date=plan.reference_date,
        made=plan.made,
        records=plan.count,
        approved=approved,
        expired=plan.expired(now),
    )
