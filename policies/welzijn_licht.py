"""P09: light contacts: drop-in, living room, neighbour mediation."""

from __future__ import annotations

from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._dossiers import closed, of_client, provided
from ._people import PREPARED_BY, SOCIAL_WORK
from ._sources import own_choice, peer
from .data_map.cvs import CLIENT, DOSSIER

POLICY = Policy(
    purpose="welzijn-licht",
    list_entry="P09",
    title=Text(nl="Lichte welzijnscontacten", en="Light welfare contacts"),
    legal_basis=LegalBasis.CONTRACT,
    sources=(
        own_choice(
            nl="Wie na twee jaar niet is teruggekomen begint opnieuw; voor de verantwoording volstaan aantallen.",
            en="Who has not come back in two years starts afresh; numbers suffice for accountability.",
        ),
        peer("Kwadraad buurtbemiddeling", "2 jaar na het laatste traject"),
    ),
    owner=SOCIAL_WORK,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            DOSSIER,
            where=provided("welzijn_licht"),
            starts_on=closed("welzijn_licht", "laatste_inhoudelijke_wijziging"),
            keep_for=years(2),
            shown=Text(nl="Na het laatste contact.", en="After the last contact."),
        ),
        Rule(
            CLIENT,
            needs=("telefoon", "email"),
            while_referenced_by=DOSSIER,
            on=of_client("welzijn_licht"),
            starts_on="aangemaakt_op",
            keep_for=years(1),
        ),
    ),
)
