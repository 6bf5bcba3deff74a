"""P16: direct-debit mandates."""

from __future__ import annotations

from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import ends

from ._people import FINANCE, PREPARED_BY
from ._sources import selection_list
from .data_map.fin import DEBTOR, MANDATE

POLICY = Policy(
    purpose="incasso",
    list_entry="P16",
    title=Text(nl="Incassomandaten", en="Direct-debit mandates"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(selection_list("24.1.3"), selection_list("24.4.1")),
    owner=FINANCE,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            MANDATE,
            starts_on=ends("ingetrokken_op"),
            keep_for=years(7),
            minimum=True,
            shown=Text(nl="Na het einde van het mandaat.", en="After the end of the mandate."),
        ),
        Rule(
            DEBTOR,
            needs=("naam", "iban"),
            while_referenced_by=MANDATE,
            on="debiteur_id",
            starts_on="aangemaakt_op",
            keep_for=years(1),
            minimum=True,
        ),
    ),
)
