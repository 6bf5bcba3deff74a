"""What the purposes of social work share: which dossiers are theirs, and when a dossier is closed."""

from __future__ import annotations

from typing import Final

from retention.condition import And, Condition, Equals, In
from retention.period import years
from retention.relation import Join
from retention.trigger import StartsOn, Trigger, followed_by, latest, open_while_empty

CLOSED: Final = open_while_empty("afgesloten_op", activity="laatste_inhoudelijke_wijziging", stale_after=years(2))
"""A dossier's own closing date; without one it is open, until nothing has happened in it for two years."""


def provided(regime: str) -> Condition:
    """Dossiers of one regime in which something was provided; the others have terms of their own (P07, P08)."""
    return And(Equals("regime", regime), In("resultaat", ("verstrekt", "beeindigd")))


def closed(regime: str, *also: StartsOn) -> Trigger:
    """The latest of a dossier's closing, that of the last one that reopened it, and what else is said.

    Its own closing always counts beside its successor's: so nothing changes for it when the successor has gone (P12).
    """
    reopened_by = Join((("heropend_van_dossier_id", "dossier_id"),), where=provided(regime))
    return latest(followed_by(CLOSED, reopened_by), CLOSED, *also)


def of_client(regime: str) -> Join:
    """How dossiers of one regime refer to their client."""
    return Join((("client_id", "client_id"),), where=Equals("regime", regime))
