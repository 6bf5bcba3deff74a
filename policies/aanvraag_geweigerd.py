"""P08: inquiries without a provision, and refusals."""

from __future__ import annotations

from retention.condition import In
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._dossiers import CLOSED
from ._people import PREPARED_BY, SOCIAL_WORK
from ._sources import secondary, selection_list
from .data_map.cvs import DOSSIER

POLICY = Policy(
    purpose="plan-niet-vastgesteld",
    list_entry="P08",
    title=Text(nl="Plan niet vastgesteld of aanvraag geweigerd", en="Plan not adopted or request refused"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(selection_list("3.2"), selection_list("8.2"), secondary("vhic.nl/faq/wmo")),
    owner=SOCIAL_WORK,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            DOSSIER,
            where=In("resultaat", ("geweigerd", "niet_vastgesteld")),
            starts_on=CLOSED,
            keep_for=years(5),
            shown=Text(nl="Na de afhandeling van de aanvraag.", en="After the request was handled."),
        ),
    ),
)
