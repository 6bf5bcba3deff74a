"""The start-up guard: our memory, the published log and the journal of holds must tell one story (P1, exit 4)."""

from __future__ import annotations

from retention.audit.recover import guard
from retention.control.guard import reconcile
from retention.control.journal import Journal
from retention.installation import Installation


def check_startup(installation: Installation) -> None:
    """Refuse to go on when the control store was rolled back, or forgets a hold that the log or journal knows.

    Raises:
        AuditError: the control store's log does not extend what was published.
        ControlError: a hold is missing or differs.
    """
    log = installation.ledger.log
    with installation.ledger.control.transaction() as tx:
        guard(tx, log.directory, log.signer.vkey)
        reconcile(tx, Journal(installation.state / "holds.journal"))
