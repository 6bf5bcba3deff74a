"""Telephony: the index of calls, recordings, score cards."""

from __future__ import annotations

from datetime import date
from typing import Final

from retention.dataset import Dataset, Day, Timestamp, via
from retention.disposition import Anonymise, Child, Delete
from retention.technique import Nullify
from retention.text import Text

_SINCE: Final = date(2005, 1, 1)

CALL = Dataset(
    id="tel.gesprek",
    title=Text(nl="Gesprekken", en="Calls"),
    key=("gesprek_id",),
    subjects={"phone": "nummer", "medewerker": "medewerker_id"},
    then=Delete(children=(Child("tel.opname", on="gesprek_id"),)),
    dates={"start_utc": Timestamp(zone="UTC")},
    plausible_from=_SINCE,
    usual_daily=300,
)

RECORDING = Dataset(
    id="tel.opname",
    title=Text(nl="Gespreksopnamen", en="Call recordings"),
    key=("opname_id",),
    subjects={
        "phone": via("gesprek_id", CALL, "nummer"),
        "medewerker": via("gesprek_id", CALL, "medewerker_id"),
    },
    fields={"pad": Nullify(), "transcript": Nullify()},
    usual_daily=50,
)

SCORE_CARD = Dataset(
    id="tel.scorekaart",
    title=Text(nl="Scorekaarten", en="Score cards"),
    key=("kaart_id",),
    subjects={"medewerker": "medewerker_id"},
    then=Anonymise(),  # the score stays for the statistics, whose it was goes
    fields={"medewerker_id": Nullify(), "opname_id": Nullify()},
    dates={"beoordeeld_op": Day()},
    plausible_from=_SINCE,
)

DATASETS: Final = (CALL, RECORDING, SCORE_CARD)
