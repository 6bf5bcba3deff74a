"""P40: copies of identity documents and wage-tax statements of employees."""

from __future__ import annotations

from retention.condition import In
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import end_of_year, ends, latest_of

from ._people import PREPARED_BY, STAFF
from ._sources import secondary, unchecked
from .data_map.hr import EMPLOYEE, PAYROLL_PAPER

POLICY = Policy(
    purpose="hr-loon-id",
    list_entry="P40",
    title=Text(nl="Identiteit en loonbelasting", en="Identity and wage tax"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        secondary("fundamentvoor.nl, mei 2025", "vijf kalenderjaren na het einde van de dienstbetrekking"),
        secondary("bakertilly.nl"),
        unchecked("Uitvoeringsregeling loonbelasting 2011", "art. 7.5"),
    ),
    owner=STAFF,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            PAYROLL_PAPER,
            where=In("soort", ("loonbelastingverklaring", "kopie_id")),
            starts_on=end_of_year(latest_of(EMPLOYEE, ends("uit_dienst"), "medewerker_id")),
            keep_for=years(5),
            minimum=True,
            shown=Text(nl="Na het jaar van uitdiensttreding.", en="After the year of leaving."),
        ),
    ),
)
