"""What changed since the plan before, and why: which records joined the list, which left it.

Compared by the keyed references in the spool, in our own memory; no store is read. Where references were made under
another key (a new year), how many joined and left is not known, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from retention.control.interface import Control
from retention.details import DatasetChange, PlanChanges
from retention.plan import Plan, PlannedDataset
from retention.summary import PlanSummary

_LOOK_BACK = 30  # plans


class Before(Struct, frozen=True):
    """The newest plan before that judged a dataset."""

    plan: Plan
    part: PlannedDataset


class New(Struct, frozen=True, kw_only=True):
    """A dataset as it is planned now."""

    part: PlannedDataset
    ended: int  # of its records: those of which the period ended since the plan before


def plans_before(tx: Control, now: datetime) -> Mapping[str, Before]:
    """For every dataset the newest plan that judged it, and of which the references are still kept."""
    found: dict[str, Before] = {}
    for plan in (one for one in tx.plans()[:_LOOK_BACK] if not one.expired(now)):
        for part in plan.datasets:
            found.setdefault(part.id, Before(plan, part))
    return found


def reference_dates(before: Mapping[str, Before]) -> Mapping[str, date]:
    """As of which day each dataset was judged then."""
    return {name: one.plan.reference_date for name, one in before.items()}


def compared(  # noqa: PLR0913, PLR0917 - what was planned, and what is
    tx: Control, draft: int, today: date, parts: Sequence[New], before: Mapping[str, Before], now: PlanSummary
) -> PlanChanges | None:
    """The draft of a plan beside what was planned before; None: nothing was."""
    if not before:
        return None
    newest = max((one.plan for one in before.values()), key=lambda plan: plan.made)
    told = _once(lambda digest: _report(tx, digest))
    found = [_dataset(tx, draft, today, new, before[new.part.id], told, now) for new in parts if new.part.id in before]
    listed, planned = {new.part.id for new in parts}, {one.id for one in newest.datasets}
    return PlanChanges(
        digest=newest.digest,
        reference_date=newest.reference_date,
        datasets=tuple(one for one in found if not one.same),
        new_datasets=tuple(sorted(listed - set(before))),
        gone_datasets=tuple(sorted(planned - {one.id for one in now.datasets})),
        policies=_policies(told(newest.digest), now),
    )


def _dataset(  # noqa: PLR0913, PLR0917 - both sides of a comparison
    tx: Control,
    draft: int,
    today: date,
    new: New,
    before: Before,
    told: Callable[[str], PlanSummary | None],
    now: PlanSummary,
) -> DatasetChange:
    name, digest = new.part.id, before.plan.digest
    waiting = tx.spooled_count(digest, name)
    both = tx.listed_again(draft, name, digest)
    comparable = today.year == before.plan.reference_date.year  # the reference key is the year's
    then = told(digest)
    held, stops = _stops(then, name), _stops(now, name)
    return DatasetChange(
        dataset=name,
        since=before.plan.reference_date,
        before=before.part.count,
        done=before.part.count - waiting,
        now=new.part.count,
        joined=new.part.count - both if comparable else None,
        left=waiting - both if comparable else None,
        ended=new.ended if comparable else 0,
        rules_changed=new.part.fingerprint != before.part.fingerprint,
        released={hold: count for hold, count in held.items() if hold not in {one.id for one in now.holds}},
        placed={hold: n for hold, n in stops.items() if then is None or hold not in {one.id for one in then.holds}},
    )


def _stops(summary: PlanSummary | None, dataset: str) -> dict[str, int]:
    """The holds that stop records of a dataset, with how many."""
    if summary is None:
        return {}
    return {hold.id: hold.stops[dataset] for hold in summary.holds if hold.stops.get(dataset)}


def _policies(then: PlanSummary | None, now: PlanSummary) -> tuple[str, ...]:
    """The purposes of which the policy is another one now, or there no longer."""
    if then is None:
        return ()
    old, new = ({one.purpose: one.sha256 for one in each.policies} for each in (then, now))
    return tuple(
        sorted(
            name for name in old | new if old.get(name) != new.get(name) and "" not in {old.get(name), new.get(name)}
        )
    )


def _report(tx: Control, digest: str) -> PlanSummary | None:
    text = tx.plan_report(digest)
    return None if text is None else PlanSummary.from_json(text)


def _once(ask: Callable[[str], PlanSummary | None]) -> Callable[[str], PlanSummary | None]:
    """The same question, answered from memory the second time: several datasets share a plan."""
    known: dict[str, PlanSummary | None] = {}

    def asked(digest: str) -> PlanSummary | None:
        if digest not in known:
            known[digest] = ask(digest)
        return known[digest]

    return asked
