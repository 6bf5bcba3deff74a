"""Whose data it is, as the configuration says it, for what people read."""

from __future__ import annotations

from retention.config import Settings
from retention.config.sections import ActivitySettings, Organisation
from retention.reports.activities import Controller, Declared


def controller(settings: Settings) -> Controller:
    """Whose register it is, and what the configuration says where policies do not."""
    own = settings.organisation
    return Controller(
        name=own.name,
        address=own.address or None,
        contact=own.contact or None,
        privacy_officer=own.privacy_officer or None,
        everywhere=_declared(own),
        of={purpose: _declared(said) for purpose, said in own.activities.items()},
    )


def _declared(said: Organisation | ActivitySettings) -> Declared:
    return Declared(
        recipients=said.recipients or None, transfers=said.transfers or None, security=said.security or None
    )
