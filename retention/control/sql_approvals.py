"""Approvals in the control store, and the records over the limits that a person allowed by name."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import insert, select, update

from retention.control import rows, wire
from retention.control.interface import Allowance, EventKind
from retention.control.schema import ALLOWANCES, APPROVALS
from retention.control.tables import Tables
from retention.errors import ControlError
from retention.plan import ALLOWANCE_EXPIRES, Approval

_ALLOWED: Final = """
SELECT dataset, fingerprint, records, used, expires FROM allowance WHERE dataset = ? AND fingerprint = ? ORDER BY seq
"""
_LEFT: Final = """
SELECT seq, records, used FROM allowance
WHERE dataset = ? AND fingerprint = ? AND expires >= ? AND used < records ORDER BY seq
"""


class ApprovalTables(Tables):
    """Approvals and allowances over the open transaction."""

    def approve(self, approval: Approval, fingerprints: dict[str, str]) -> None:
        """Add an approval, the event of it, and its allowances; what is left of earlier ones of the same thing ends.

        Raises:
            ControlError: it allows records of a dataset whose fingerprint is not given.

        """
        seq = self._add(insert(APPROVALS).values(rows.approval_columns(approval)))
        self._add_event(EventKind.APPROVAL, wire.instant_text(approval.at), approval=seq)
        if not approval.granted:
            self._end_allowances(approval.of, None)
        for dataset, records in approval.allow:
            if dataset not in fingerprints:
                raise ControlError(f"Records of {dataset} cannot be allowed without its fingerprint.")
            self._end_allowances(approval.of, dataset)
            self._change(
                insert(ALLOWANCES).values(
                    approval=seq,
                    dataset=dataset,
                    fingerprint=fingerprints[dataset],
                    records=records,
                    used=0,
                    expires=(approval.at.date() + ALLOWANCE_EXPIRES).isoformat(),
                )
            )

    def approvals(self) -> tuple[Approval, ...]:
        """Every approval and withdrawal, in order."""
        return tuple(rows.approval(row) for row in self._rows(select(APPROVALS).order_by(APPROVALS.c.seq)))

    def allowances(self, dataset: str, fingerprint: str) -> tuple[Allowance, ...]:
        """Allowances of one fingerprint, expired ones too, the oldest first."""
        return tuple([rows.allowance(*row) for row in self._asked(_ALLOWED, dataset, fingerprint)])

    def use_allowance(self, dataset: str, fingerprint: str, records: int, today: date) -> None:
        """Take records off the allowances that have not expired, the oldest first.

        Raises:
            ControlError: they do not suffice.

        """
        for seq, allowed, used in self._asked(_LEFT, dataset, fingerprint, today.isoformat()):
            taken = min(records, allowed - used)
            self._said("UPDATE allowance SET used = ? WHERE seq = ?", used + taken, seq)
            records -= taken
        if records > 0:
            raise ControlError(f"{dataset}: {records} records more than a person allowed. Approve again with --allow.")

    def _end_allowances(self, of: str, dataset: str | None) -> None:
        """End what is left of earlier allowances: the last word on a plan counts. None: of every dataset."""
        earlier = select(APPROVALS.c.seq).where(APPROVALS.c.of == of)
        ended = update(ALLOWANCES).where(ALLOWANCES.c.approval.in_(earlier)).values(records=ALLOWANCES.c.used)
        self._change(ended if dataset is None else ended.where(ALLOWANCES.c.dataset == dataset))
