"""What the command line and the jobs ask of a run: one method a command, over one installation.

What is only read, such as a report or an explanation, has a function of its own that takes the installation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from retention.dataset import Dataset
from retention.errors import UsageError
from retention.installation import Installation
from retention.people import People, Person
from retention.plan import Approval, Plan
from retention.reports.files import write
from retention.run_summary import RunSummary
from retention.sweep import Order, sweep
from retention.tidying import tidy

if TYPE_CHECKING:
    from retention.summary import PlanSummary


class Retention(Struct, frozen=True):
    """One installation, ready for a person or for the night."""

    installation: Installation
    people: People

    def plan(
        self,
        *,
        today: date | None = None,
        out: Path | None = None,
        only: Callable[[Dataset], bool] = lambda _: True,
        due_only: bool = False,
        progress: Callable[[str, int], None] = lambda _name, _count: None,
    ) -> PlanSummary:
        """A dry run; with `out`, its pages in both languages, its numbers, and the text to sign."""
        from retention.planning import make_plan  # noqa: PLC0415 - to sweep what was planned before needs none of it

        day = today or self.installation.today()
        tidy(self.installation.state, self.installation.today())
        summary = make_plan(self.installation, today=day, only=only, due_only=due_only, progress=progress)
        if out is not None:
            self.write(summary, out)
        return summary

    def write(self, summary: PlanSummary, out: Path) -> tuple[Path, ...]:
        """Write a plan's pages, tables and numbers, and the text to sign; readable by their owner's group at most."""
        from retention.reports.render import files  # noqa: PLC0415 - a run without pages needs no templates

        found = dict(files(summary))
        if summary.digest is not None:
            found[f"{summary.digest}.txt"] = self.page(self.named(summary.digest)).encode()
        return write(out, found)

    def named(self, digest: str) -> Plan:
        """A plan by its digest, or by a beginning of it.

        Raises:
            UsageError: there is no such plan.
        """
        with self.installation.ledger.control.reading() as tx:
            plan = tx.plan(digest)
        if plan is None:
            raise UsageError(f"There is no plan {digest}. Make one with `retention plan`; it prints the digest.")
        return plan

    def summary(self, plan: Plan) -> PlanSummary:
        """The report kept with a plan."""
        from retention.summary import PlanSummary  # noqa: PLC0415 - a sweep reads no plan's report

        with self.installation.ledger.control.reading() as tx:
            report = tx.plan_report(plan.digest)
        if report is None:
            raise UsageError(f"The report of plan {plan.digest} is no longer kept. Make a new plan.")
        return PlanSummary.from_json(report)

    def page(self, plan: Plan) -> str:
        """The text that a signature over a plan is made of, byte for byte."""
        from retention.approving import one_page  # noqa: PLC0415 - a sweep reads no signature

        kept = json.loads(self.summary(plan).to_json())["datasets"]
        actions = ("delete", "anonymise", "erase_fields")
        told = {
            one["id"]: {"actions": {name: one[name] for name in actions if one[name]}, "limit": one["limit"]}
            for one in kept
        }
        return one_page(plan, {"datasets": told})

    def approve(  # noqa: PLR0913 - one keyword for each thing an approval says
        self,
        digest: str,
        *,
        person: Person,
        roles: tuple[str, ...],
        standing: bool = False,
        allow: Mapping[str, int],
        signature: Path | None = None,
    ) -> tuple[Approval, ...]:
        """Approve a plan as the account that runs this, or as whoever signed its text."""
        from retention.approving import approve, signed_by  # noqa: PLC0415 - a sweep reads no signature

        plan = self.named(digest)
        signer, sha256 = person, None
        if signature is not None:
            signed = signed_by(self.page(plan), signature, self.people)
            signer, sha256 = signed.person, signed.sha256
        return approve(
            self.installation.ledger.control,
            plan,
            signer=signer.id,
            role=signer.approving_role(roles),
            preparers=self.preparers(plan),
            standing=standing,
            allow=allow,
            signature_sha256=sha256,
            now=self.installation.clock(),
        )

    def withdraw(self, digest: str, *, person: Person, roles: tuple[str, ...], standing: bool) -> tuple[Approval, ...]:
        """Withdraw an approval."""
        from retention.approving import withdraw  # noqa: PLC0415 - a sweep reads no signature

        return withdraw(
            self.installation.ledger.control,
            self.named(digest),
            signer=person.id,
            role=person.approving_role(roles),
            standing=standing,
            now=self.installation.clock(),
        )

    def preparers(self, plan: Plan) -> frozenset[str]:
        """Who prepared a policy of which a plan lists datasets: they do not approve it."""
        planned = {one.id for one in plan.datasets}
        return frozenset(
            policy.prepared_by
            for policy in self.installation.register
            if any(rule.dataset.id in planned for rule in policy.rules)
        )

    def sweep(self, order: Order) -> RunSummary:
        """One sweep."""
        return sweep(self.installation, order)

    def sweep_same_day(self, order: Order) -> RunSummary | None:
        """Plan and sweep the datasets of notice 0, the second run of a night (P13); None when there are none.

        Only a standing approval lets anything go: nobody has seen this plan.
        """
        if not any(dataset.notice == 0 for dataset in self.installation.register.all_datasets):
            return None
        planned = self.plan(only=lambda dataset: dataset.notice == 0, due_only=True, progress=order.progress)
        return self.sweep(replace(order, plan=planned.digest, today=None, same_day=True))
