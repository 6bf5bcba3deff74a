"""P04: support under the Participatiewet."""

from __future__ import annotations

from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._dossiers import closed, of_client, provided
from ._people import PREPARED_BY, SOCIAL_WORK
from ._sources import secondary, selection_list
from .data_map.cvs import CLIENT, DOSSIER

POLICY = Policy(
    purpose="participatie",
    list_entry="P04",
    title=Text(nl="Ondersteuning Participatiewet", en="Participatiewet support"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        selection_list("8.1"),
        selection_list("8.3"),
        selection_list("12.1.1"),
        secondary("breednetwerk.nl", "huidige bewaartermijn is 10 jaar"),
    ),
    owner=SOCIAL_WORK,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            DOSSIER,
            where=provided("participatie"),
            starts_on=closed("participatie"),
            keep_for=years(10),
            shown=Text(nl="Na het einde van de voorziening.", en="After the end of the provision."),
        ),
        Rule(
            CLIENT,
            needs=("adres", "postcode", "telefoon"),
            while_referenced_by=DOSSIER,
            on=of_client("participatie"),
            starts_on="aangemaakt_op",
            keep_for=years(1),
        ),
    ),
)
