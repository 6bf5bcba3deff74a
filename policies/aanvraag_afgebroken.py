"""P07: requests withdrawn or broken off before a decision."""

from __future__ import annotations

from retention.condition import Equals
from retention.period import days
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._dossiers import CLOSED
from ._people import PREPARED_BY, SOCIAL_WORK
from ._sources import secondary, selection_list
from .data_map.cvs import DOSSIER

POLICY = Policy(
    purpose="sociaal-domein-afgebroken",
    list_entry="P07",
    title=Text(nl="Aanvraag ingetrokken of afgebroken", en="Request withdrawn or broken off"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        selection_list("8.4.1"),
        selection_list("3.3.1"),
        secondary("schulinck.nl", "na 6 weken vernietigen"),
    ),
    owner=SOCIAL_WORK,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            DOSSIER,
            where=Equals("resultaat", "afgebroken"),
            starts_on=CLOSED,
            keep_for=days(42),
            shown=Text(nl="Na de afhandeling van de aanvraag.", en="After the request was handled."),
        ),
    ),
)
