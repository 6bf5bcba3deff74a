"""P39: the personnel file."""

from __future__ import annotations

from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import ends

from ._people import PREPARED_BY, STAFF
from ._sources import own_choice, secondary, selection_list
from .data_map.hr import EMPLOYEE

POLICY = Policy(
    purpose="hr-dossier",
    list_entry="P39",
    title=Text(nl="Personeelsdossier", en="Personnel file"),
    legal_basis=LegalBasis.CONTRACT,
    sources=(
        secondary("bakertilly.nl", "richtlijn: 2 jaar na vertrek"),
        secondary("vhic.nl", "afkomstig uit het vervallen Vrijstellingsbesluit"),
        selection_list("17.1"),  # public bodies: 10 years
        own_choice(
            nl="Twee jaar na vertrek zijn referenties en geschillen afgehandeld; overheden kennen tien jaar, dat geldt "
            "niet voor ons.",
            en="Two years after leaving references and disputes are settled; public bodies have ten years, which does "
            "not bind us.",
        ),
    ),
    owner=STAFF,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            EMPLOYEE,
            needs=("naam", "geboortedatum"),
            starts_on=ends("uit_dienst"),
            keep_for=years(2),
            shown=Text(nl="Na het einde van het dienstverband.", en="After the end of the employment."),
        ),
    ),
)
