"""A person decides on a plan: who they are, what they sign, what is kept of it (design.md P5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from retention.approving import approve, one_page, signed_by, withdraw
from retention.control.interface import ControlStore
from retention.disposition import Action
from retention.errors import UsageError
from retention.people import People
from retention.plan import Approval, Plan
from retention.policy import Register
from retention.summary import PlanSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody typed."""

    digest: str  # or a beginning of it
    account: str  # operating-system account that runs the command
    signature: Path | None  # detached SSH signature; None: the account decides
    standing: bool
    allow: Mapping[str, int]  # dataset: records over its limit
    withdraw: bool
    roles: tuple[str, ...]  # that may approve


def decide(
    control: ControlStore, register: Register, people: People, decision: Decision, *, now: datetime
) -> tuple[Approval, ...]:
    """Approve a plan, or withdraw an approval, in the name of whoever signed it or runs the command.

    Raises:
        UsageError: no such plan, or this person may not decide on it.
        PlanRefused: the plan has expired.

    """
    plan, page = _plan(control, decision.digest)
    signed = signed_by(page, decision.signature, people) if decision.signature is not None else None
    person = people.by_account(decision.account) if signed is None else signed.person
    role = person.approving_role(decision.roles)
    if decision.withdraw:
        return withdraw(control, plan, signer=person.id, role=role, standing=decision.standing, now=now)
    return approve(
        control,
        plan,
        signer=person.id,
        role=role,
        preparers=preparers(register, plan),
        standing=decision.standing,
        allow=decision.allow,
        signature_sha256=None if signed is None else signed.sha256,
        now=now,
    )


def page_of(plan: Plan, report: str | None) -> str:
    """The text that is signed: what `plan --out` writes as `<digest>.txt`, byte for byte.

    `report` is the plan's own, as the control store keeps it; None: none is kept.
    """
    if report is None:
        return one_page(plan, {})
    summary = PlanSummary.from_json(report)
    told = {
        one.id: {
            "actions": {
                action.value: count
                for action, count in (
                    (Action.DELETE, one.delete),
                    (Action.ANONYMISE, one.anonymise),
                    (Action.ERASE_FIELDS, one.erase_fields),
                )
                if count
            },
            "limit": one.limit,
        }
        for one in summary.datasets
    }
    return one_page(plan, {"datasets": told})


def preparers(register: Register, plan: Plan) -> frozenset[str]:
    """Who prepared a policy that says something about a dataset of the plan."""
    planned = {part.id for part in plan.datasets}
    return frozenset(policy.prepared_by for policy in register for rule in policy.rules if rule.dataset.id in planned)


def _plan(control: ControlStore, digest: str) -> tuple[Plan, str]:
    with control.reading() as view:
        plan = view.plan(digest)
        if plan is None:
            known = ", ".join(one.digest[:12] for one in view.plans()) or "none"
            raise UsageError(f"There is no plan {digest!r}. Known: {known}. Make one: retention plan.")
        return plan, page_of(plan, view.plan_report(plan.digest))
