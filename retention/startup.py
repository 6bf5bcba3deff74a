"""The start-up guard: our memory, the published log and the journal of holds must tell one story (P1, exit 4).

And what day it is, is not taken on trust (R9).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from retention.audit.recover import guard
from retention.control.guard import reconcile
from retention.control.journal import Journal
from retention.errors import ClockError, PolicyError
from retention.holding import check_names
from retention.installation import Installation

LONG_PAUSE: Final = timedelta(days=35)


def check_startup(installation: Installation) -> None:
    """Refuse to go on when the control store was rolled back, or forgets a hold that the log or journal knows.

    Raises:
        AuditError: the control store's log does not extend what was published, or what the last verification kept.
        ControlError: a hold is missing or differs.
        PolicyError: the register has lost what an open hold names.
    """
    log = installation.ledger.log
    with installation.ledger.control.transaction() as tx:
        guard(tx, log.directory, log.signer.vkey, kept=installation.kept)
        reconcile(tx, Journal(installation.state / "holds.journal"))
        lost = check_names(installation.register, tx.holds())
    if lost:
        raise PolicyError(" ".join(lost))


def check_day(installation: Installation, today: date, *, after_pause: bool) -> None:
    """Refuse a day that has not come, and a clock that the log contradicts.

    Raises:
        ClockError: the message says what to do.
    """
    now = installation.clock()
    if today > installation.today():
        raise ClockError(f"{today} has not come yet: the clock says {installation.today()}. A sweep never runs ahead.")
    with installation.ledger.control.reading() as tx:
        said = tx.last_time()
    last = None if said is None else datetime.fromisoformat(said)
    if last is not None and now < last:
        raise ClockError(f"The clock says {now:%Y-%m-%d %H:%M} UTC, before the log's last entry. Set the clock right.")
    if last is not None and now - last > LONG_PAUSE and not after_pause:
        raise ClockError(
            f"The log has been silent since {last:%Y-%m-%d}. If the clock is right, say so: sweep --after-pause."
        )
