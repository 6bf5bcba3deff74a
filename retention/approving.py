"""Approvals: what a person reads and signs, and who may say yes (design.md P5).

The signed text is one page per plan, the same bytes every time it is made from what the control store keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from retention import sshsig
from retention.control.interface import ControlStore
from retention.errors import PlanRefused, UsageError
from retention.people import ADVISES_ONLY, People, Person
from retention.plan import PLAN_EXPIRES, STANDING_EXPIRES, Approval, ApprovalMode, Plan, PlannedDataset, in_force

NAMESPACE: Final = "retention-plan"
"""What signatures over plans are made for (`ssh-keygen -Y sign -n retention-plan`)."""

_MOST_SIGNATURE_BYTES: Final = 16 << 10
_PAGE: Final = """\
retention-plan/v1

digest: {digest}
made: {made:%Y-%m-%dT%H:%M:%SZ}
reference date / peildatum: {reference_date}
prepared by / opgesteld door: {prepared_by}
records: {count}

{datasets}

Wie dit ondertekent, keurt goed dat deze lijst wordt uitgevoerd, min wat intussen is geblokkeerd, gewijzigd of weg.
Met --standing geldt het akkoord ook voor latere lijsten met dezelfde vingerafdrukken, twaalf maanden lang.
Whoever signs this approves that this list is carried out, minus what has since been held, changed or gone.
With --standing the approval also covers later lists with the same fingerprints, for twelve months.
"""


class Signed(Struct, frozen=True):
    """Who signed a plan's page, and the signature's own digest."""

    person: Person
    sha256: str  # 64 lower-case hex


def one_page(plan: Plan, report: Mapping[str, Any]) -> str:
    """The text that is approved, LF, ending in one: a function of the plan and of the report kept with it.

    Of the report it reads `datasets.<id>.actions` (action: records) and `datasets.<id>.limit` (records), where given.
    """
    told: Mapping[str, Any] = report.get("datasets") or {}
    parts = sorted(plan.datasets, key=lambda part: part.id)
    return _PAGE.format(
        digest=plan.digest,
        made=plan.made.astimezone(UTC),
        reference_date=plan.reference_date.isoformat(),
        prepared_by=plan.prepared_by,
        count=plan.count,
        datasets="\n\n".join(_part(part, told.get(part.id) or {}) for part in parts) or "(no datasets / geen datasets)",
    )


def signed_by(text: str, signature: Path, people: People) -> Signed:
    """Who signed a page with a detached SSH signature.

    Raises:
        UsageError: the signature does not hold, or its key is nobody's.

    """
    try:
        with signature.open("rb") as file:
            armoured = file.read(_MOST_SIGNATURE_BYTES + 1)
    except OSError as error:
        raise UsageError(f"The signature {signature} cannot be read: {error.strerror}.") from error
    found = sshsig.verify(text.encode(), armoured, NAMESPACE)
    return Signed(people.by_ssh_key(found.key), found.sha256)


def sign(text: str, private_key: Path) -> str:
    """A detached signature over a page, as `ssh-keygen -Y sign -n retention-plan` makes it."""
    return sshsig.sign(text.encode(), private_key, NAMESPACE)


def approve(  # noqa: PLR0913 - one keyword for each thing an approval says
    store: ControlStore,
    plan: Plan,
    *,
    signer: str,
    role: str,
    preparers: AbstractSet[str],
    standing: bool,
    allow: Mapping[str, int],
    signature_sha256: str | None,
    now: datetime,
) -> tuple[Approval, ...]:
    """Approve a plan, and with `standing` every dataset of it; the same approval again changes nothing.

    `preparers` are all who prepared a policy in the plan; `allow` is records over the limits, by dataset.

    Raises:
        UsageError: the signer prepared it, does not decide, or allows what is not in the plan.
        PlanRefused: the plan has expired.

    """
    _check_signer(plan, signer, role, preparers)
    if plan.expired(now):
        raise PlanRefused(
            f"Plan {plan.digest[:12]} of {plan.made:%Y-%m-%d} has expired. Make a new one: retention plan."
        )
    _check_allow(plan, allow)
    first = Approval(
        of=plan.digest,
        mode=ApprovalMode.LIST,
        granted=True,
        role=role,
        signer=signer,
        at=now.astimezone(UTC),
        expires=_day_after(now, PLAN_EXPIRES.days),
        signature_sha256=signature_sha256,
        allow=tuple(sorted(allow.items())),
    )
    wanted = (first, *(_standing(first, part, now) for part in plan.datasets if standing))
    fingerprints = {part.id: part.fingerprint for part in plan.datasets}
    with store.transaction() as control:
        said = control.approvals()
        before = tuple(in_force(said, approval.of, now) for approval in wanted)
        # Typing it twice must not allow twice as many records.
        given = tuple(
            old if old is not None and _same(old, new) else None for old, new in zip(before, wanted, strict=True)
        )
        for old, new in zip(given, wanted, strict=True):
            if old is None:
                control.approve(new, fingerprints)
    return tuple(old or new for old, new in zip(given, wanted, strict=True))


def withdraw(  # noqa: PLR0913 - as approve
    store: ControlStore, plan: Plan, *, signer: str, role: str, standing: bool, now: datetime
) -> tuple[Approval, ...]:
    """Withdraw the approval of a plan, and with `standing` those of its datasets.

    Raises:
        UsageError: nothing of it is approved, or the signer prepared the plan.

    """
    _check_signer(plan, signer, role, frozenset())
    targets = {plan.digest, *(part.fingerprint for part in plan.datasets if standing)}
    with store.transaction() as control:
        said = control.approvals()
        granted = [found for of in sorted(targets) if (found := in_force(said, of, now)) is not None]
        if not granted:
            raise UsageError(f"Nothing of plan {plan.digest[:12]} is approved now, so there is nothing to withdraw.")
        withdrawn = tuple(_withdrawal(found, signer, role, now) for found in granted)
        for approval in withdrawn:
            control.approve(approval, {})
    return withdrawn


def _part(part: PlannedDataset, told: Mapping[str, Any]) -> str:
    lines = [f"{part.id}: {part.count}"]
    actions: Mapping[str, int] = told.get("actions") or {}
    lines += [f"  {action}: {records}" for action, records in sorted(actions.items())]
    lines += [f"  of / van: {part.total}"] if part.total is not None else []
    lines += [f"  limit / grens: {told['limit']}"] if told.get("limit") is not None else []
    return "\n".join((*lines, f"  root: {part.root}", f"  fingerprint / vingerafdruk: {part.fingerprint}"))


def _check_signer(plan: Plan, signer: str, role: str, preparers: AbstractSet[str]) -> None:
    if role in ADVISES_ONLY:
        raise UsageError(f"The role {role} advises and does not decide (GDPR art. 38(6)). The process owner approves.")
    if signer == plan.prepared_by or signer in preparers:
        what = "this plan" if signer == plan.prepared_by else "a policy in this plan"
        raise UsageError(
            f"{signer} prepared {what} and cannot decide on it: four eyes. Have another person approve, on their own "
            "account or with --signature FILE."
        )


def _check_allow(plan: Plan, allow: Mapping[str, int]) -> None:
    for dataset, records in allow.items():
        if plan.dataset(dataset) is None:
            known = ", ".join(part.id for part in plan.datasets) or "none"
            raise UsageError(f"--allow {dataset}={records}: the plan has no such dataset. It has: {known}.")
        if records < 1:
            raise UsageError(f"--allow {dataset}={records}: allow at least one record, or leave it out.")


def _standing(first: Approval, part: PlannedDataset, now: datetime) -> Approval:
    return Approval(
        of=part.fingerprint,
        mode=ApprovalMode.STANDING,
        granted=True,
        role=first.role,
        signer=first.signer,
        at=first.at,
        expires=_day_after(now, STANDING_EXPIRES.days),
        signature_sha256=first.signature_sha256,
        dataset=part.id,
    )


def _withdrawal(found: Approval, signer: str, role: str, now: datetime) -> Approval:
    return Approval(
        of=found.of,
        mode=found.mode,
        granted=False,
        role=role,
        signer=signer,
        at=now.astimezone(UTC),
        expires=found.expires,
        dataset=found.dataset,
    )


def _same(old: Approval, new: Approval) -> bool:
    alike = (old.signer, old.role, old.allow) == (new.signer, new.role, new.allow)
    return alike and (bool(old.allow) or old.expires >= new.expires)


def _day_after(now: datetime, days: int) -> date:
    return date.fromordinal(now.astimezone(UTC).toordinal() + days)
