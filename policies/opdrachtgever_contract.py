"""P17: contracts with commissioners and accountability of subsidies."""

from __future__ import annotations

from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import ends, year

from ._people import FINANCE, PREPARED_BY
from ._sources import selection_list
from .data_map.crm import CONTRACT
from .data_map.fin import SUBSIDY_LINE

POLICY = Policy(
    purpose="opdrachtgever-contract",
    list_entry="P17",
    title=Text(nl="Contracten en subsidies van opdrachtgevers", en="Contracts and subsidies of commissioners"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(selection_list("23.1.2"), selection_list("16.1")),
    owner=FINANCE,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            SUBSIDY_LINE,
            starts_on=year("jaar"),
            keep_for=years(7),
            minimum=True,
            shown=Text(
                nl="Na het subsidiejaar; de namen gaan, de totalen blijven.",
                en="After the year of the subsidy; the names go, the totals stay.",
            ),
        ),
        Rule(
            CONTRACT,
            starts_on=ends("tot"),
            keep_for=years(10),
            minimum=True,
            shown=Text(
                nl="Na het einde van het contract; de naam gaat, het contract blijft.",
                en="After the end of the contract; the name goes, the contract stays.",
            ),
        ),
    ),
)
