"""P27: how visitors click through the site."""

from __future__ import annotations

from retention.period import days
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._people import COMMUNICATION, PREPARED_BY
from ._sources import own_choice, secondary
from .data_map.web import CLICK

POLICY = Policy(
    purpose="klikgedrag",
    list_entry="P27",
    title=Text(nl="Klikgedrag", en="Click behaviour"),
    legal_basis=LegalBasis.LEGITIMATE_INTERESTS,
    sources=(
        own_choice(
            nl="Paden door de site worden elke maand samengevat; daarna is de sessie niet meer nodig.",
            en="Paths through the site are summed up every month; after that the session is not needed.",
        ),
        secondary("CNIL, cnil.fr 167364; quantic-avocats.com", "Frans: gegevens ten hoogste 25 maanden"),
    ),
    owner=COMMUNICATION,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            CLICK,
            needs=("sessie", "pagina"),
            starts_on="tijd_utc",
            keep_for=days(30),
            shown=Text(nl="Na het bezoek.", en="After the visit."),
        ),
    ),
)
