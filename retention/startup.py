"""The start-up guard: our memory, the published log and the journal of holds must tell one story (P1, exit 4)."""

from __future__ import annotations

from retention.audit.recover import guard
from retention.control.guard import reconcile
from retention.control.journal import Journal
from retention.errors import PolicyError
from retention.holding import check_names
from retention.installation import Installation


def check_startup(installation: Installation) -> None:
    """Refuse to go on when the control store was rolled back, or forgets a hold that the log or journal knows.

    Raises:
        AuditError: the control store's log does not extend what was published.
        ControlError: a hold is missing or differs.
        PolicyError: the register has lost what an open hold names.
    """
    log = installation.ledger.log
    with installation.ledger.control.transaction() as tx:
        guard(tx, log.directory, log.signer.vkey)
        reconcile(tx, Journal(installation.state / "holds.journal"))
        lost = check_names(installation.register, tx.holds())
    if lost:
        raise PolicyError(" ".join(lost))
