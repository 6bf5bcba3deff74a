"""Finance: debtors, invoices, mandates, accountability of subsidies."""

from __future__ import annotations

from datetime import date
from typing import Final

from retention.dataset import Dataset, Day, NoSubject
from retention.disposition import Anonymise
from retention.technique import FixedText, Nullify
from retention.text import Text

_SINCE: Final = date(1995, 1, 1)

DEBTOR = Dataset(
    id="fin.debiteur",
    title=Text(nl="Debiteuren", en="Debtors"),
    key=("debiteur_id",),
    subjects={"debiteur": "debiteur_id"},
    fields={"naam": FixedText("(gewist)"), "adres": Nullify(), "iban": Nullify()},
    dates={"aangemaakt_op": Day()},
    plausible_from=_SINCE,
)

INVOICE = Dataset(
    id="fin.factuur",
    title=Text(nl="Facturen", en="Invoices"),
    key=("factuur_id",),
    subjects={"debiteur": "debiteur_id"},
    fields={"omschrijving": Nullify()},
    dates={"factuurdatum": Day()},
    plausible_from=_SINCE,
)

MANDATE = Dataset(
    id="fin.incassomandaat",
    title=Text(nl="Incassomandaten", en="Direct-debit mandates"),
    key=("mandaat_id",),
    subjects={"debiteur": "debiteur_id"},
    dates={"getekend_op": Day(), "ingetrokken_op": Day(not_before="getekend_op")},
    plausible_from=_SINCE,
)

SUBSIDY_LINE = Dataset(
    id="fin.subsidieverantwoording",
    title=Text(nl="Subsidieverantwoording", en="Accountability of subsidies"),
    key=("regel_id",),
    subjects=NoSubject(
        Text(
            nl="Totalen per opdrachtgever; de bijlage noemt cliënten bij naam, zonder nummer.",
            en="Totals per commissioner; the annex names clients, without a number.",
        )
    ),
    then=Anonymise(),  # the totals stay, the names of the annex go
    fields={"clientlijst": Nullify()},
)

DATASETS: Final = (DEBTOR, INVOICE, MANDATE, SUBSIDY_LINE)
