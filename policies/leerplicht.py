"""P06: support around compulsory education."""

from __future__ import annotations

from retention.condition import And, Empty, Not
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import birth, latest_of

from ._dossiers import CLOSED, of_client, provided
from ._people import PREPARED_BY, SOCIAL_WORK
from ._sources import own_choice, selection_list
from .data_map.cvs import CLIENT, DOSSIER

POLICY = Policy(
    purpose="leerplicht",
    list_entry="P06",
    title=Text(nl="Leerplicht en verzuim", en="Compulsory education and truancy"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        selection_list("12.1.3"),
        selection_list("11.1.8"),
        own_choice(
            nl="De termijn loopt vanaf de geboorte, maar een dossier dat niet is gesloten wordt eerst beoordeeld.",
            en="The period runs from birth, but a dossier that is not closed is reviewed first.",
        ),
    ),
    owner=SOCIAL_WORK,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            DOSSIER,
            where=And(provided("leerplicht"), Not(Empty("afgesloten_op"))),
            starts_on=latest_of(CLIENT, birth("geboortedatum"), "client_id"),
            keep_for=years(19),
            shown=Text(nl="Vanaf de geboorte van de leerling.", en="From the birth of the pupil."),
        ),
        Rule(
            DOSSIER,
            where=And(provided("leerplicht"), Empty("afgesloten_op")),
            starts_on=CLOSED,
            keep_for=years(19),
            shown=Text(nl="Het dossier is nog niet gesloten.", en="The dossier is not closed yet."),
        ),
        Rule(
            CLIENT,
            needs=("adres", "postcode"),
            while_referenced_by=DOSSIER,
            on=of_client("leerplicht"),
            starts_on="aangemaakt_op",
            keep_for=years(1),
        ),
    ),
)
