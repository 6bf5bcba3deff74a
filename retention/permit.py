"""Permits: whether one dataset of a plan may be disposed of tonight, decided before its first write (P4, P5, P13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from retention.choosing import approves
from retention.control.interface import Control
from retention.dataset import Dataset
from retention.errors import RetentionError
from retention.finding import Finding, Severity
from retention.fingerprint import below, sha256
from retention.installation import Installation
from retention.plan import Plan, PlannedDataset, in_force
from retention.run_summary import DatasetRun
from retention.sequence import readers_first
from retention.stores.drift import drift
from retention.survey import Survey
from retention.text import Text


class Permit(Struct, frozen=True, kw_only=True):
    """What one dataset may do, or why it may not; the status is the exit status that a refusal means."""

    planned: PlannedDataset
    dataset: Dataset | None  # None: it is not in the register any more
    status: int  # 0: go ahead; 1 failed, 3 refused, 5 waits
    why: Text | None = None
    remaining: int = 0  # records that still wait for an outcome
    policies: tuple[str, ...] = ()  # whose rules name it, sorted
    allowed_on: date | None = None  # over the limit, and allowed by name as of this UTC day; None: within the limit
    findings: tuple[Finding, ...] = ()  # what changed in the schema since the plan

    def failing(self, error: RetentionError) -> Permit:
        """The same, stopped by a failure."""
        return replace(self, status=1, why=Text(nl=str(error), en=str(error)))

    def report(self) -> DatasetRun:
        """What the run says of a dataset in which nothing was done."""
        count = self.remaining
        return DatasetRun(
            id=self.planned.id,
            planned=self.planned.count,
            refused=count if self.status == 3 else 0,  # noqa: PLR2004 - the exit status of a refusal
            waiting=count if self.status == 5 else 0,  # noqa: PLR2004 - … and of waiting for a person
            late=count if self.status == 1 else 0,
            why=self.why,
        )


class Asked(Struct, frozen=True):
    """The plan that a run is about to execute, and what it knows."""

    installation: Installation
    plan: Plan
    today: date
    surveyed: Survey
    texts: Mapping[Dataset, bytes]  # in force, of every dataset whose store can be read
    by_name: bool  # as of another day: only an approval of this very plan counts


def permits(asked: Asked) -> Iterator[Permit]:
    """A permit for every dataset of a plan, readers before what they read."""
    register = asked.installation.register
    known = {dataset.id: dataset for dataset in register.all_datasets}
    ordered = readers_first(register, (known[one.id] for one in asked.plan.datasets if one.id in known))
    place = {dataset.id: number for number, dataset in enumerate(ordered)}
    for planned in sorted(asked.plan.datasets, key=lambda one: place.get(one.id, -1)):
        with asked.installation.ledger.control.reading() as tx:
            yield _permit(asked, planned, tx)


def _permit(asked: Asked, planned: PlannedDataset, tx: Control) -> Permit:
    installation = asked.installation
    remaining = tx.spooled_count(asked.plan.digest, planned.id)
    known = {dataset.id: dataset for dataset in installation.register.all_datasets}
    dataset = known.get(planned.id)
    permit = Permit(planned=planned, dataset=dataset, status=0, remaining=remaining)
    if remaining == 0:
        return permit
    if dataset is None:
        return _refused(permit, "staat niet meer in het register", "is not in the register any more")
    rules = installation.register.rules_for(dataset)
    permit = replace(permit, policies=tuple(sorted({policy.purpose for policy, _ in rules})))
    if (why := asked.surveyed.refused.get(dataset.id)) is not None:
        return replace(permit, status=1, why=why)
    permit = replace(permit, findings=tuple(_drift(asked, dataset, tx)))
    if any(one.severity is Severity.ERROR for one in permit.findings):
        return _changed(permit)
    if sha256(asked.texts[dataset]) != planned.fingerprint:
        return _refused(
            permit,
            "wat was goedgekeurd is gewijzigd: maak een nieuw plan en keur het goed",
            "what was approved has changed: make a new plan and approve it",
        )
    if not _approved(asked, planned, tx):
        return _waits(
            permit,
            f"niet goedgekeurd: retention approve {asked.plan.digest}",
            f"not approved: retention approve {asked.plan.digest}",
        )
    if _announced(asked, tx) + timedelta(days=dataset.notice) > asked.today:
        return _waits(permit, "nog niet lang genoeg aangekondigd", "not announced long enough")
    return _within_limits(asked, permit, dataset, tx)


def _drift(asked: Asked, dataset: Dataset, tx: Control) -> Iterator[Finding]:
    """What has changed since the plan in the schemas that a dataset and everything below it rest on."""
    for one in (dataset, *below(asked.installation.register, dataset)):
        before = tx.recorded("schema", f"{asked.plan.digest}:{one.id}") or "null"
        yield from drift(one, before, asked.surveyed.schemas.get(one.id, "null"))


def _announced(asked: Asked, tx: Control) -> date:
    """Since which day a plan counts as announced: one made afterwards since it was made, unless a person read it."""
    if in_force(tx.approvals(), asked.plan.digest, asked.installation.clock()) is not None:
        return asked.plan.reference_date
    return max(asked.plan.reference_date, asked.plan.made.astimezone(asked.installation.zone).date())


def _approved(asked: Asked, planned: PlannedDataset, tx: Control) -> bool:
    now, approvals = asked.installation.clock(), tx.approvals()
    if asked.by_name:
        return in_force(approvals, asked.plan.digest, now) is not None
    return approves(approvals, asked.plan, planned, now)


def _within_limits(asked: Asked, permit: Permit, dataset: Dataset, tx: Control) -> Permit:
    """P4: over the limit the dataset is refused whole, unless a person allowed that many by name.

    The share is of the dataset as it was planned: what a run has taken since, children too, lowers no limit.
    """
    limit = asked.installation.limits.of(dataset, permit.planned.total or 0)
    already = tx.destroyed_on(dataset.id, asked.plan.reference_date)
    if permit.remaining + already <= limit:
        return permit
    today = asked.installation.clock().astimezone(UTC).date()
    allowances = tx.allowances(dataset.id, permit.planned.fingerprint)
    allowed = sum(one.records - one.used for one in allowances if one.expires >= today)
    if permit.remaining <= allowed:
        return replace(permit, allowed_on=today)
    allow = f"retention approve {asked.plan.digest} --allow {dataset.id}={permit.remaining}"
    earlier = (
        Text(nl=f" bij de {already} die al weg zijn", en=f" with the {already} already gone")
        if already
        else Text(nl="", en="")
    )
    return _refused(
        permit,
        f"{permit.remaining} records{earlier.nl} is meer dan de limiet van {limit}; er is niets van vernietigd. "
        f"Klopt het, sta het dan bij naam toe: {allow}",
        f"{permit.remaining} records{earlier.en} is over the limit of {limit}; nothing of it was destroyed. "
        f"If it is right, allow it by name: {allow}",
    )


def _changed(permit: Permit) -> Permit:
    changed = Text(
        nl=f"{permit.planned.id}: het schema van de bron is gewijzigd sinds het plan (sleutel, startdatum of "
        "verwijzing); er is niets van vernietigd. Bekijk het met `retention policies check` en maak een nieuw plan.",
        en=f"{permit.planned.id}: the store's schema has changed since the plan (key, trigger or reference); "
        "nothing of it was destroyed. Look at it with `retention policies check`, and make a new plan.",
    )
    return replace(permit, status=1, why=changed)


def _refused(permit: Permit, nl: str, en: str) -> Permit:
    return replace(permit, status=3, why=Text(nl=f"{permit.planned.id}: {nl}", en=f"{permit.planned.id}: {en}"))


def _waits(permit: Permit, nl: str, en: str) -> Permit:
    return replace(permit, status=5, why=Text(nl=f"{permit.planned.id}: {nl}", en=f"{permit.planned.id}: {en}"))
