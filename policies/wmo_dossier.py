"""P01: the Wmo support dossier, as a whole."""

from __future__ import annotations

from typing import Final

from retention.condition import Empty, Not
from retention.period import months, years
from retention.policy import LegalBasis, Policy, Rule
from retention.relation import Join
from retention.text import Text
from retention.trigger import latest_of

from ._dossiers import closed, of_client, provided
from ._people import PREPARED_BY, SOCIAL_WORK
from ._sources import law, own_choice, peer, secondary, selection_list
from .data_map.cvs import CLIENT, DOCUMENT, DOSSIER
from .data_map.msg import MESSAGE
from .wmo_stuk import INCOMING, OUTGOING

_RECEIVED: Final = latest_of(
    DOCUMENT,
    "ontvangen_op",
    Join((("dossier_id", "dossier_id"),), where=INCOMING),
    if_none="laatste_inhoudelijke_wijziging",
)
_MADE: Final = latest_of(
    DOCUMENT,
    "vervaardigd_op",
    Join((("dossier_id", "dossier_id"),), where=OUTGOING),
    if_none="laatste_inhoudelijke_wijziging",
)

POLICY = Policy(
    purpose="wmo-dossier",
    list_entry="P01",
    title=Text(nl="Wmo-ondersteuningsdossier", en="Wmo support dossier"),
    description=Text(
        nl="Welzijn, individuele en maatschappelijke dienstverlening voor de gemeenten.",
        en="Welfare, individual and social services for the municipalities.",
    ),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        law("Wmo 2015", "art. 5.3.4 lid 1"),
        secondary("schulinck.nl"),
        selection_list("8.1.1"),
        selection_list("8.3.1"),
        peer("Kwadraad", "na sluiting van het laatste traject"),
        own_choice(
            nl="De wet telt per stuk. Wij bewaren het dossier als geheel, vanaf de sluiting of het laatste stuk: een "
            "dossier waaruit stukken wegvallen is niet meer te beoordelen. Elk contact, plan en verslag zet de laatste "
            "inhoudelijke wijziging; later ingekomen stukken tellen zelf mee. Dit blijft binnen artikel 5.3.4.",
            en="The law counts per item. We keep the dossier as a whole, from its closing or its last item: a dossier "
            "with items missing cannot be judged. Every contact, plan and report sets the last substantive change; "
            "items received later count themselves. This stays within article 5.3.4.",
        ),
    ),
    owner=SOCIAL_WORK,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            DOSSIER,
            where=provided("wmo"),
            starts_on=closed("wmo", "laatste_inhoudelijke_wijziging", _RECEIVED, _MADE),
            keep_for=years(15),
            shown=Text(
                nl="Na de sluiting van het laatste traject of het laatste stuk, wat het laatste is.",
                en="After the closing of the last track or the last item, whichever is later.",
            ),
        ),
        Rule(
            CLIENT,
            needs=("voornaam", "achternaam"),
            while_referenced_by=DOSSIER,
            on="client_id",
            starts_on="aangemaakt_op",
            keep_for=years(1),
            shown=Text(
                nl="Wie de cliënt is, zolang een dossier naar hem of haar verwijst.",
                en="Who the client is, as long as a dossier refers to them.",
            ),
        ),
        Rule(
            CLIENT,
            needs=("bsn", "geslacht", "adres", "postcode", "telefoon", "email", "taal"),
            while_referenced_by=DOSSIER,
            on=of_client("wmo"),
            starts_on="aangemaakt_op",
            keep_for=years(1),
            shown=Text(
                nl="De overige gegevens, zolang een Wmo-dossier naar de cliënt verwijst.",
                en="The other data, as long as a Wmo dossier refers to the client.",
            ),
        ),
        Rule(
            MESSAGE,
            where=Not(Empty("dossier_id")),
            while_referenced_by=DOSSIER,
            on="dossier_id",
            starts_on="ontvangen_utc",
            keep_for=months(6),
            shown=Text(
                nl="Een bericht dat in een dossier is opgeborgen gaat na het dossier.",
                en="A message filed in a dossier goes after the dossier.",
            ),
        ),
    ),
)
