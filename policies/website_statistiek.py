"""P26: statistics of visits."""

from __future__ import annotations

from retention.period import days
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._people import COMMUNICATION, PREPARED_BY
from ._sources import own_choice
from .data_map.web import CLICK

POLICY = Policy(
    purpose="website-statistiek",
    list_entry="P26",
    title=Text(nl="Bezoekstatistiek", en="Visit statistics"),
    legal_basis=LegalBasis.LEGITIMATE_INTERESTS,
    sources=(
        own_choice(
            nl="De cijfers worden elke maand geteld; daarna zijn losse bezoeken niet meer nodig.",
            en="Figures are counted every month; after that single visits are not needed.",
        ),
    ),
    owner=COMMUNICATION,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            CLICK,
            needs=("ip", "pagina"),
            starts_on="tijd_utc",
            keep_for=days(30),
            shown=Text(nl="Na het bezoek.", en="After the visit."),
        ),
    ),
)
