"""P03: the youth dossier."""

from __future__ import annotations

from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._dossiers import closed, of_client, provided
from ._people import PREPARED_BY, SOCIAL_WORK
from ._sources import law, own_choice, secondary, selection_list, unchecked
from .data_map.cvs import CLIENT, DOSSIER, PERSON_IN_DOSSIER

POLICY = Policy(
    purpose="jeugd-dossier",
    list_entry="P03",
    title=Text(nl="Jeugddossier", en="Youth dossier"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        law("Jeugdwet", "art. 7.3.8 lid 3"),
        selection_list("8.1.2"),
        selection_list("8.3.2"),
        selection_list("3.1.4"),
        secondary("rijksoverheid.nl", "minimaal 20 jaar"),
        unchecked("Jeugdwet vóór 2020", "15 jaar; gevolg voor toen gesloten dossiers niet nagegaan"),
        own_choice(
            nl="De sluiting telt als laatste wijziging, en een dossier zonder sluitingsdatum wordt niet stilzwijgend "
            "gesloten.",
            en="The closing counts as the last change, and a dossier without a closing date is not closed silently.",
        ),
    ),
    owner=SOCIAL_WORK,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            DOSSIER,
            where=provided("jeugd"),
            starts_on=closed("jeugd", "laatste_inhoudelijke_wijziging"),
            keep_for=years(20),
            shown=Text(nl="Na de laatste wijziging in het dossier.", en="After the last change in the dossier."),
        ),
        Rule(
            CLIENT,
            needs=("voornaam", "achternaam"),
            while_referenced_by=PERSON_IN_DOSSIER,
            on="client_id",
            starts_on="aangemaakt_op",
            keep_for=years(1),
            shown=Text(
                nl="Ouders, kinderen en anderen, zolang een dossier hen noemt.",
                en="Parents, children and others, as long as a dossier names them.",
            ),
        ),
        Rule(
            CLIENT,
            needs=("bsn", "geslacht", "adres", "postcode"),
            while_referenced_by=DOSSIER,
            on=of_client("jeugd"),
            starts_on="aangemaakt_op",
            keep_for=years(1),
        ),
    ),
)
