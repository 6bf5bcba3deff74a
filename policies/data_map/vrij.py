"""Volunteer administration."""

from __future__ import annotations

from datetime import date
from typing import Final

from retention.dataset import Dataset, Day, Timestamp, TimeText
from retention.disposition import Child, Delete
from retention.technique import FixedText, Nullify
from retention.text import Text

_SINCE: Final = date(1990, 1, 1)

VOLUNTEER = Dataset(
    id="vrij.vrijwilliger",
    title=Text(nl="Vrijwilligers", en="Volunteers"),
    key=("vrijwilliger_id",),
    subjects={"vrijwilliger": "vrijwilliger_id"},
    then=Delete(
        children=(
            Child("vrij.inzet", on="vrijwilliger_id"),
            Child("vrij.vog", on="vrijwilliger_id"),
        )
    ),
    fields={
        "naam": FixedText("(gewist)"),
        "adres": Nullify(),
        "geboortedatum": Nullify(),
        "telefoon": Nullify(),
        "email": Nullify(),
        "iban": Nullify(),
        "client_ref": Nullify(),
    },
    dates={"gestart_op": Day(), "gestopt_op": Day(not_before="gestart_op")},
    plausible_from=_SINCE,
)

DEPLOYMENT = Dataset(
    id="vrij.inzet",
    title=Text(nl="Inzet van vrijwilligers", en="Deployment of volunteers"),
    key=("inzet_id",),
    subjects={"vrijwilliger": "vrijwilliger_id"},
    fields={"activiteit": Nullify()},
)

CONDUCT_CERTIFICATE = Dataset(
    id="vrij.vog",
    title=Text(nl="Registratie van verklaringen omtrent het gedrag", en="Certificates of conduct seen"),
    key=("vog_id",),
    subjects={"vrijwilliger": "vrijwilliger_id"},
    fields={"scan_pad": Nullify(), "gezien_door": Nullify()},
)

EXPENSE_CLAIM = Dataset(
    id="vrij.declaratie",
    title=Text(nl="Declaraties van vrijwilligers", en="Expense claims of volunteers"),
    key=("declaratie_id",),
    subjects={"vrijwilliger": "vrijwilliger_id"},
    # The payment file carries its own offset: 2018-12-31T23:30:00Z.
    dates={"datum": Day(), "betaald_op": Timestamp(zone=None, text=TimeText.T)},
    plausible_from=_SINCE,
)

DATASETS: Final = (VOLUNTEER, DEPLOYMENT, CONDUCT_CERTIFICATE, EXPENSE_CLAIM)
