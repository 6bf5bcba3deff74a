"""The census: what a plan counts while it judges, so that the report is of the very same pass.

Counts and dates only; no record is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property

from msgspec import Struct, field

from retention.dataset import Dataset
from retention.details import PlanChanges, Remains, TableSummary
from retention.disposition import Action
from retention.finding import Finding
from retention.fingerprint import policy_text, sha256
from retention.holds import Hold, stands
from retention.installation import Installation
from retention.outlook import Outlook
from retention.plan import PLAN_EXPIRES, Approval, ApprovalMode, Limits, Plan, in_force
from retention.policy import Policy, Register
from retention.reason import Reason
from retention.reports.advice import review, singled_out
from retention.reports.conditions import condition_words
from retention.reports.sentences import kept_words, remark_words, trigger_words
from retention.reports.sources import source_summary
from retention.sifting import Sifted
from retention.summary import DatasetSummary, HoldSummary, PlanSummary, PolicySummary, RuleSummary
from retention.tally import Counts, Tally
from retention.technique import sentence
from retention.text import Text

_LOOK_AT = {reason for reason in Reason if reason.name.startswith("REVIEW_")}


class Census(Struct, dict=True):
    """The numbers of one plan."""

    register: Register
    today: date
    holds: tuple[Hold, ...]
    limits: Limits
    before: Mapping[str, date] = field(default_factory=dict)  # reference date of the plan that listed a dataset before
    _findings: list[Finding] = field(default_factory=list)

    @cached_property
    def _tally(self) -> Tally:
        """What is counted, page by page."""
        return Tally(self.today)

    def begin(self, dataset: Dataset, fingerprint: str) -> None:
        """A dataset is going to be judged."""
        self._tally.settle()
        outlook = Outlook(self.today, self.before.get(dataset.id))
        self._tally.datasets[dataset.id] = Counts(outlook, fingerprint=fingerprint)

    def fail(self, dataset: Dataset, why: Text) -> None:
        """A dataset could not be judged: nothing of it is known, and that is said."""
        self._tally.settle()
        self._tally.datasets[dataset.id] = Counts(Outlook(self.today), failed=why)

    def holds_in_all(self, dataset: Dataset, records: int) -> None:
        """How many records a dataset has, where not all of them were judged."""
        self._tally.datasets[dataset.id].total = records

    def total(self, dataset: Dataset) -> int:
        """How many records a dataset has, as far as is known."""
        counts = self._tally.datasets[dataset.id]
        return counts.judged if counts.total is None else counts.total

    def find(self, finding: Finding) -> None:
        """Something a person must look at that is not about records."""
        self._findings.append(finding)

    def already(self, destroyed: Mapping[str, int]) -> None:
        """Records destroyed under other plans of the same reference date: they count towards the limit."""
        for name, records in destroyed.items():
            self._tally.datasets[name].destroyed_today = records

    def left(self, dataset: Dataset, remains: Remains) -> None:
        """What remains of the records of a dataset that are anonymised; a finding where that singles somebody out."""
        self._tally.datasets[dataset.id].remains = remains
        if remains.singles_out:
            self._findings.append(singled_out(dataset.id, remains))

    def ended(self, name: str) -> int:
        """Planned records of a dataset of which the period ended since the plan before."""
        self._tally.settle()
        return self._tally.datasets[name].outlook.ended

    def add(self, dataset: Dataset, page: Sifted) -> None:
        """Count one page of judged records."""
        self._tally.add(dataset.id, page)

    def summary(  # noqa: PLR0913 - what a plan is told by
        self,
        plan: Plan,
        digest: str | None,
        installation: Installation,
        approvals: tuple[Approval, ...],
        allowances: Mapping[str, int],
        *,
        since: PlanChanges | None = None,
        coverage: tuple[TableSummary, ...] = (),
    ) -> PlanSummary:
        """Everything counted, as the value that reports are rendered from."""
        self._tally.settle()
        datasets = tuple(
            self._dataset(dataset, counts, plan, digest, approvals, allowances.get(dataset.id, 0))
            for dataset in self.register.all_datasets
            if (counts := self._tally.datasets.get(dataset.id)) is not None
        )
        return PlanSummary(
            digest=digest,
            made=plan.made,
            reference_date=plan.reference_date,
            zone=installation.zone.key,
            expires=(plan.made + PLAN_EXPIRES).date(),
            prepared_by=plan.prepared_by,
            organisation=installation.organisation,
            tool=installation.tool,
            policies=tuple(self._policy(policy) for policy in self.register),
            datasets=datasets,
            holds=tuple(self._hold(hold) for hold in self.holds if stands(hold, installation.clock())),
            findings=(*self._findings, *self._reviews()),
            approve_command=None if digest is None else approve_command(digest, datasets),
            since=since,
            coverage=coverage,
        )

    def _dataset(  # noqa: PLR0913, PLR0917 - one row of the report
        self,
        dataset: Dataset,
        counts: Counts,
        plan: Plan,
        digest: str | None,
        approvals: tuple[Approval, ...],
        allowed: int,
    ) -> DatasetSummary:
        limit = self.limits.of(dataset, self.total(dataset)) if counts.planned else None
        over = limit is not None and counts.planned + counts.destroyed_today > limit and counts.planned > allowed
        fields = sorted(counts.fields)
        return DatasetSummary(
            id=dataset.id,
            title=dataset.title or Text(nl=dataset.id, en=dataset.id),
            fingerprint=counts.fingerprint,
            purposes=tuple(sorted({policy.purpose for policy, _ in self.register.rules_for(dataset)})),
            judged=counts.judged,
            planned=counts.planned,
            delete=counts.actions[Action.DELETE],
            anonymise=counts.actions[Action.ANONYMISE],
            erase_fields=counts.actions[Action.ERASE_FIELDS],
            reasons={reason.value: n for reason, n in sorted(counts.reasons.items())},
            children=dict(sorted(counts.children.items())),
            limit=limit,
            allowed=allowed,
            refused=over,
            approved=_approved(counts.fingerprint, digest, approvals, plan),
            notice=dataset.notice,
            fields=tuple(fields),
            techniques={name: sentence(dataset.fields[name]) for name in fields},
            longest_overdue=counts.overdue,
            oldest_start=counts.oldest,
            next_due=counts.outlook.next_due(),
            history=kept_words(self.register, dataset),
            failed=counts.failed,
            gone_today=counts.destroyed_today,
            overdue=counts.outlook.overdue(),
            coming=counts.outlook.coming(),
            kept=counts.outlook.kept(),
            unlinked=counts.outlook.unlinked(),
            remains=counts.remains,
        )

    def _policy(self, policy: Policy) -> PolicySummary:
        return PolicySummary(
            purpose=policy.purpose,
            title=policy.title,
            legal_basis=policy.legal_basis.value,
            owner=policy.owner,
            list_entry=policy.list_entry,
            sources=tuple(source_summary(source) for source in policy.sources),
            sha256=sha256(policy_text(policy)),
            reasons={
                name: found
                for name, counts in self._tally.datasets.items()
                if (found := counts.outlook.reasons(policy.purpose)) is not None
            },
            rules=tuple(
                RuleSummary(
                    purpose=policy.purpose,
                    dataset=rule.dataset.id,
                    period=rule.keep_for.iso,
                    trigger=trigger_words(rule.starts_on),
                    minimum=rule.minimum,
                    needs=tuple(sorted(rule.needs or ())),
                    applies=self._tally.applies[rule],
                    expired=self._tally.expired[rule],
                    oldest_start=self._tally.oldest.get(rule),
                    condition=None if rule.where is None else condition_words(rule.where),
                    remarks=remark_words(rule),
                )
                for rule in policy.rules
            ),
        )

    def _hold(self, hold: Hold) -> HoldSummary:
        return HoldSummary(
            id=hold.id,
            kind=hold.kind.value,
            since=hold.placed_at.date(),
            review_on=hold.review_on,
            cooling_until=None if hold.in_force else hold.cooling_until,
            stops=dict(sorted(self._tally.stopped.get(hold.id, {}).items())),
            covers=dict(sorted(self._tally.held.get(hold.id, {}).items())),
        )

    def _reviews(self) -> Iterable[Finding]:
        for name, counts in sorted(self._tally.datasets.items()):
            yield from (review(why, name, n) for why, n in sorted(counts.reasons.items()) if why in _LOOK_AT)


def approve_command(digest: str, datasets: Iterable[DatasetSummary]) -> str:
    """Exactly what to type: every dataset over its limit is allowed by name, or it stays refused."""
    allow = "".join(f" --allow {one.id}={one.planned}" for one in datasets if one.refused)
    return f"retention approve {digest}{allow}"


def _approved(fingerprint: str, digest: str | None, approvals: tuple[Approval, ...], plan: Plan) -> str | None:
    if in_force(approvals, fingerprint, plan.made) is not None:
        return ApprovalMode.STANDING.value
    if digest is not None and in_force(approvals, digest, plan.made) is not None:
        return ApprovalMode.LIST.value
    return None
