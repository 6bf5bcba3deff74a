"""Staff: employees, payroll papers, secrecy declarations, applicants."""

from __future__ import annotations

from datetime import date
from typing import Final

from retention.dataset import Dataset, Day
from retention.disposition import Child, Delete
from retention.technique import FixedText, Nullify
from retention.text import Text

_SINCE: Final = date(1980, 1, 1)

EMPLOYEE = Dataset(
    id="hr.medewerker",
    title=Text(nl="Medewerkers", en="Employees"),
    key=("medewerker_id",),
    subjects={"medewerker": "medewerker_id"},
    then=Delete(children=(Child("hr.loonstuk", on="medewerker_id"),)),
    fields={
        "naam": FixedText("(gewist)"),
        "bsn": Nullify(),
        "geboortedatum": Nullify(),
        "iban": Nullify(),
    },
    dates={"in_dienst": Day(), "uit_dienst": Day(not_before="in_dienst")},
    plausible_from=_SINCE,
)

PAYROLL_PAPER = Dataset(
    id="hr.loonstuk",
    title=Text(nl="Loonstukken", en="Payroll papers"),
    key=("stuk_id",),
    subjects={"medewerker": "medewerker_id"},
    fields={"pad": Nullify()},
    plausible_from=_SINCE,
)

SECRECY = Dataset(
    id="hr.geheimhouding",
    title=Text(nl="Geheimhoudingsverklaringen", en="Secrecy declarations"),
    key=("verklaring_id",),
    subjects={"geheimhouder": "verklaring_id"},  # outsiders are known by their declaration only
    fields={"naam": Nullify()},
    dates={"getekend_op": Day(), "einde_op": Day(not_before="getekend_op")},
    plausible_from=_SINCE,
)

APPLICANT = Dataset(
    id="hr.sollicitant",
    title=Text(nl="Sollicitanten", en="Applicants"),
    key=("sollicitant_id",),
    subjects={"sollicitant": "sollicitant_id"},
    fields={"naam": FixedText("(gewist)"), "email": Nullify(), "cv_pad": Nullify()},
    dates={"procedure_einde": Day()},
    plausible_from=_SINCE,
)

DATASETS: Final = (EMPLOYEE, PAYROLL_PAPER, SECRECY, APPLICANT)
