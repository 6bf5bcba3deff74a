"""P38: people who do not want to be contacted."""

from __future__ import annotations

from retention.period import AT_ONCE
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import ends

from ._people import COMMUNICATION, PREPARED_BY
from ._sources import own_choice
from .data_map.priv import SUPPRESSION

POLICY = Policy(
    purpose="bezwaar-suppressie",
    list_entry="P38",
    title=Text(nl="Niet meer benaderen", en="Do not contact"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        own_choice(
            nl="Zolang nodig om het bezwaar te eerbiedigen; alleen een hash, elk jaar nagekeken.",
            en="As long as needed to honour the objection; a hash only, reviewed every year.",
        ),
    ),
    owner=COMMUNICATION,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            SUPPRESSION,
            starts_on=ends("opgeheven_op"),
            keep_for=AT_ONCE,
            shown=Text(nl="Tot het bezwaar wordt ingetrokken.", en="Until the objection is withdrawn."),
        ),
    ),
)
