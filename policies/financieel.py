"""P15: what the tax authority may ask for."""

from __future__ import annotations

from retention.condition import Equals
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import end_of_year, ends, latest, open_while_empty, year

from ._people import FINANCE, PREPARED_BY
from ._sources import law, own_choice, secondary, selection_list
from .data_map.fin import DEBTOR, INVOICE
from .data_map.hr import EMPLOYEE, PAYROLL_PAPER
from .data_map.vrij import EXPENSE_CLAIM, VOLUNTEER

POLICY = Policy(
    purpose="financieel",
    list_entry="P15",
    title=Text(nl="Fiscale bewaarplicht", en="Fiscal duty to retain"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        law("Algemene wet inzake rijksbelastingen", "art. 52 lid 4"),
        selection_list("18.1"),
        selection_list("19.1.1"),
        secondary("prooy.nl", "vanaf 1 januari na het boekjaar"),
        own_choice(
            nl="Het begin staat niet in artikel 52; wij tellen vanaf het einde van het jaar van de factuur, het "
            "boekjaar of de betaling, wat het laatste is.",
            en="Article 52 does not name the start; we count from the end of the year of the invoice, the financial "
            "year or the payment, whichever is latest.",
        ),
    ),
    owner=FINANCE,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            INVOICE,
            starts_on=latest(end_of_year("factuurdatum"), year("boekjaar")),
            keep_for=years(7),
            minimum=True,
            shown=Text(nl="Na het einde van het boekjaar.", en="After the end of the financial year."),
        ),
        Rule(
            DEBTOR,
            while_referenced_by=INVOICE,
            on="debiteur_id",
            starts_on="aangemaakt_op",
            keep_for=years(1),
            minimum=True,
            shown=Text(nl="Zolang er een factuur is.", en="As long as there is an invoice."),
        ),
        Rule(
            EXPENSE_CLAIM,
            starts_on=end_of_year(
                latest("datum", open_while_empty("betaald_op", activity="datum", stale_after=years(1)))
            ),
            keep_for=years(7),
            minimum=True,
            shown=Text(nl="Na het einde van het jaar van betaling.", en="After the end of the year of payment."),
        ),
        Rule(
            VOLUNTEER,
            needs=("naam", "iban"),
            while_referenced_by=EXPENSE_CLAIM,
            on="vrijwilliger_id",
            starts_on=ends("gestopt_op"),
            keep_for=years(2),
            shown=Text(nl="Zolang er een declaratie is.", en="As long as there is an expense claim."),
        ),
        Rule(
            PAYROLL_PAPER,
            where=Equals("soort", "loonstaat"),
            starts_on=year("jaar"),
            keep_for=years(7),
            minimum=True,
            shown=Text(nl="Na het einde van het loonjaar.", en="After the end of the payroll year."),
        ),
        Rule(
            EMPLOYEE,
            needs=("naam", "bsn", "iban"),
            starts_on=end_of_year(ends("uit_dienst")),
            keep_for=years(7),
            minimum=True,
            shown=Text(nl="Na het laatste loonjaar.", en="After the last payroll year."),
        ),
    ),
)
