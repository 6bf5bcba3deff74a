"""Client system of social work: clients, their dossiers and everything filed in a dossier."""

from __future__ import annotations

from datetime import date
from typing import Final

from retention.dataset import Dataset, Day, Timestamp, via
from retention.disposition import Child, Delete
from retention.technique import FixedText, Nullify, Truncate
from retention.text import Text

_SINCE: Final = date(1990, 1, 1)  # the foundation and its predecessors

CLIENT = Dataset(
    id="cvs.client",
    title=Text(nl="Cliënten", en="Clients"),
    key=("client_id",),
    subjects={"client": "client_id"},
    # A relation is a child of both people in it: it goes with the last of them.
    then=Delete(
        children=(
            Child("cvs.client_relatie", on="client_id"),
            Child("cvs.client_relatie", on={"gerelateerde_client_id": "client_id"}),
        )
    ),
    # The date of birth starts the term of school-attendance dossiers, so it goes with the whole record only (P12).
    fields={
        "bsn": Nullify(),
        "voornaam": Nullify(),
        "achternaam": FixedText("(gewist)"),
        "geslacht": Nullify(),
        "adres": Nullify(),
        "postcode": Truncate(4),
        "telefoon": Nullify(),
        "email": Nullify(),
        "taal": Nullify(),
    },
    dates={"geboortedatum": Day(), "aangemaakt_op": Day()},
    plausible_from=_SINCE,
)

RELATION = Dataset(
    id="cvs.client_relatie",
    title=Text(nl="Relaties van cliënten", en="Relations of clients"),
    key=("relatie_id",),
    subjects={"client": ("client_id", "gerelateerde_client_id")},
    fields={"naam": Nullify(), "soort": Nullify()},
    plausible_from=_SINCE,
)

DOSSIER = Dataset(
    id="cvs.dossier",
    title=Text(nl="Dossiers", en="Dossiers"),
    key=("dossier_id",),
    subjects={"client": "client_id"},
    then=Delete(
        children=(
            Child("cvs.dossier_betrokkene", on="dossier_id"),
            Child("cvs.contactmoment", on="dossier_id"),
            Child("cvs.rapportage", on="dossier_id"),
            Child("cvs.plan", on="dossier_id"),
            Child("cvs.document", on="dossier_id"),
            Child("cvs.schuld", on="dossier_id"),
            Child("cvs.noodbesluit", on="dossier_id"),
            Child("cvs.dossier_log", on="dossier_id"),
        )
    ),
    dates={
        "geopend_op": Day(),
        "afgesloten_op": Day(not_before="geopend_op"),
        "laatste_inhoudelijke_wijziging": Day(not_before="geopend_op"),
    },
    plausible_from=_SINCE,
)

PERSON_IN_DOSSIER = Dataset(
    id="cvs.dossier_betrokkene",
    title=Text(nl="Betrokkenen bij een dossier", en="People in a dossier"),
    key=("dossier_id", "client_id"),
    subjects={"client": "client_id"},
    fields={"rol": Nullify()},
)

CONTACT_MOMENT = Dataset(
    id="cvs.contactmoment",
    title=Text(nl="Contactmomenten", en="Contact moments"),
    key=("contact_id",),
    subjects={"client": ("client_id", via("dossier_id", DOSSIER, "client_id"))},
    fields={"notitie": Nullify()},
    dates={"datum_tijd": Timestamp(zone="UTC")},
    plausible_from=_SINCE,
)

REPORT = Dataset(
    id="cvs.rapportage",
    title=Text(nl="Rapportages", en="Reports"),
    key=("rapport_id",),
    subjects={"client": via("dossier_id", DOSSIER, "client_id")},
    fields={"tekst": Nullify(), "auteur": Nullify()},
)

PLAN = Dataset(
    id="cvs.plan",
    title=Text(nl="Ondersteuningsplannen", en="Support plans"),
    key=("plan_id",),
    subjects={"client": via("dossier_id", DOSSIER, "client_id")},
    fields={"tekst": Nullify()},
)

DOCUMENT = Dataset(
    id="cvs.document",
    title=Text(nl="Documenten in dossiers", en="Documents in dossiers"),
    key=("document_id",),
    subjects={"client": via("dossier_id", DOSSIER, "client_id")},
    fields={"pad": Nullify()},
    dates={"ontvangen_op": Day(), "vervaardigd_op": Day()},
    plausible_from=_SINCE,
)

DEBT = Dataset(
    id="cvs.schuld",
    title=Text(nl="Schulden", en="Debts"),
    key=("schuld_id",),
    subjects={"client": via("dossier_id", DOSSIER, "client_id")},
    fields={"schuldeiser": Nullify(), "bedrag": Nullify()},
)

EMERGENCY_DECISION = Dataset(
    id="cvs.noodbesluit",
    title=Text(nl="Besluiten zonder toestemming", en="Decisions without consent"),
    key=("besluit_id",),
    subjects={"client": via("dossier_id", DOSSIER, "client_id")},
    fields={"beslisser": Nullify(), "pogingen_toestemming": Nullify()},
    plausible_from=_SINCE,
)

DOSSIER_LOG = Dataset(
    id="cvs.dossier_log",
    title=Text(nl="Inzagelog van dossiers", en="Access log of dossiers"),
    key=("log_id",),
    subjects={"client": via("dossier_id", DOSSIER, "client_id"), "medewerker": "medewerker_id"},
    # The application server writes this log in local time, without a zone.
    dates={"tijdstip": Timestamp(zone="Europe/Amsterdam")},
    plausible_from=_SINCE,
    usual_daily=500,
)

DATASETS: Final = (
    CLIENT,
    RELATION,
    DOSSIER,
    PERSON_IN_DOSSIER,
    CONTACT_MOMENT,
    REPORT,
    PLAN,
    DOCUMENT,
    DEBT,
    EMERGENCY_DECISION,
    DOSSIER_LOG,
)
