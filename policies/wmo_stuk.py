"""P02: the same support, read strictly: every item by itself."""

from __future__ import annotations

from typing import Final

from retention.condition import And, In, Not, exists
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._dossiers import provided
from ._people import PREPARED_BY, SOCIAL_WORK
from ._sources import law
from .data_map.cvs import DOCUMENT, DOSSIER

INCOMING: Final = In("soort", ("ingekomen_brief", "indicatie", "medische_verklaring"))
"""Items made by others: they count from their receipt."""

OUTGOING: Final = Not(INCOMING)
"""Items we made ourselves: they count from their making."""

_OF_WMO: Final = exists(DOSSIER, "dossier_id", provided("wmo"))

POLICY = Policy(
    purpose="wmo-stuk",
    list_entry="P02",
    title=Text(nl="Stukken in een Wmo-dossier", en="Items of a Wmo dossier"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(law("Wmo 2015", "art. 5.3.4 lid 1"),),
    owner=SOCIAL_WORK,
    prepared_by=PREPARED_BY,
    # Only items of dossiers with a Wmo provision: the items of every other dossier go with their dossier.
    rules=(
        Rule(
            DOCUMENT,
            where=And(_OF_WMO, INCOMING),
            starts_on="ontvangen_op",
            keep_for=years(15),
            shown=Text(nl="Vanaf de ontvangst van het stuk.", en="From the receipt of the item."),
        ),
        Rule(
            DOCUMENT,
            where=And(_OF_WMO, OUTGOING),
            starts_on="vervaardigd_op",
            keep_for=years(15),
            shown=Text(nl="Vanaf de vervaardiging van het stuk.", en="From the making of the item."),
        ),
    ),
)
