"""P43: secrecy declarations."""

from __future__ import annotations

from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import ends

from ._people import PREPARED_BY, STAFF
from ._sources import own_choice
from .data_map.hr import SECRECY

POLICY = Policy(
    purpose="geheimhouding",
    list_entry="P43",
    title=Text(nl="Geheimhoudingsverklaringen", en="Secrecy declarations"),
    legal_basis=LegalBasis.CONTRACT,
    sources=(
        own_choice(
            nl="Een schending blijkt doorgaans binnen twee jaar nadat iemand is vertrokken.",
            en="A breach usually shows within two years after somebody left.",
        ),
    ),
    owner=STAFF,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            SECRECY,
            starts_on=ends("einde_op"),
            keep_for=years(2),
            shown=Text(nl="Na het einde van het werk.", en="After the end of the work."),
        ),
    ),
)
