"""Activities, courses and services: participants, enrolments, presence."""

from __future__ import annotations

from datetime import date
from typing import Final

from retention.dataset import Dataset, Day, NoSubject, via
from retention.disposition import Child, Delete
from retention.technique import FixedText, Nullify
from retention.text import Text

_SINCE: Final = date(2000, 1, 1)

PARTICIPANT = Dataset(
    id="act.deelnemer",
    title=Text(nl="Deelnemers", en="Participants"),
    key=("deelnemer_id",),
    subjects={"deelnemer": "deelnemer_id"},
    then=Delete(
        children=(
            Child("act.inschrijving", on="deelnemer_id"),
            Child("act.dienst", on="deelnemer_id"),
        )
    ),
    fields={
        "naam": FixedText("(gewist)"),
        "geboortedatum": Nullify(),
        "adres": Nullify(),
        "email": Nullify(),
        "telefoon": Nullify(),
        "bijzonderheden_gezondheid": Nullify(),
    },
    dates={"aangemaakt_op": Day()},
    plausible_from=_SINCE,
)

COURSE = Dataset(
    id="act.cursus",
    title=Text(nl="Cursussen en activiteiten", en="Courses and activities"),
    key=("cursus_id",),
    subjects=NoSubject(Text(nl="Een cursus gaat over niemand.", en="A course is about nobody.")),
    dates={"start": Day(), "eind": Day(not_before="start")},
    plausible_from=_SINCE,
)

ENROLMENT = Dataset(
    id="act.inschrijving",
    title=Text(nl="Inschrijvingen", en="Enrolments"),
    key=("inschrijving_id",),
    subjects={"deelnemer": "deelnemer_id"},
    then=Delete(children=(Child("act.presentie", on="inschrijving_id"),)),
    dates={"ingeschreven_op": Day()},
    plausible_from=_SINCE,
)

PRESENCE = Dataset(
    id="act.presentie",
    title=Text(nl="Presentie", en="Presence"),
    key=("inschrijving_id", "datum"),
    subjects={"deelnemer": via("inschrijving_id", ENROLMENT, "deelnemer_id")},
)

SERVICE = Dataset(
    id="act.dienst",
    title=Text(nl="Afgenomen diensten", en="Services used"),
    key=("dienst_id",),
    subjects={"deelnemer": "deelnemer_id"},
    fields={"bijzonderheden": Nullify()},
    dates={"van": Day(), "tot": Day(not_before="van")},
    plausible_from=_SINCE,
)

DATASETS: Final = (PARTICIPANT, COURSE, ENROLMENT, PRESENCE, SERVICE)
