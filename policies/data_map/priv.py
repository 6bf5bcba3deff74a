"""The privacy office: consents, requests, complaints, breaches, disclosures."""

from __future__ import annotations

from datetime import date
from typing import Final

from retention.dataset import Dataset, Day, NoSubject, via
from retention.disposition import Anonymise, Child, Delete
from retention.relation import Join
from retention.technique import Nullify
from retention.text import Text

_SINCE: Final = date(2001, 9, 1)  # the Wet bescherming persoonsgegevens

PERSON_INDEX = Dataset(
    id="priv.persoon_index",
    title=Text(nl="Personenindex", en="Index of persons"),
    key=("index_id",),
    subjects={"index": "index_id"},
    fields={"hmac_naam_geb": Nullify(), "hmac_email": Nullify(), "hmac_tel": Nullify()},
    dates={"aangemaakt_op": Day()},
    plausible_from=_SINCE,
)

CONSENT = Dataset(
    id="priv.toestemming",
    title=Text(nl="Toestemmingen", en="Consents"),
    key=("toestemming_id",),
    subjects={"index": "index_id"},
    dates={"gegeven_op": Day(), "ingetrokken_op": Day(not_before="gegeven_op")},
    plausible_from=_SINCE,
)

REQUEST = Dataset(
    id="priv.verzoek",
    title=Text(nl="Verzoeken van betrokkenen", en="Requests of data subjects"),
    key=("verzoek_id",),
    subjects={"index": "index_id"},
    then=Delete(children=(Child("priv.id_controle", on="verzoek_id"),)),
    fields={"grond": Nullify()},
    dates={"ontvangen_op": Day(), "afgehandeld_op": Day(not_before="ontvangen_op")},
    plausible_from=_SINCE,
)

IDENTITY_CHECK = Dataset(
    id="priv.id_controle",
    title=Text(nl="Identiteitscontroles", en="Identity checks"),
    key=("controle_id",),
    subjects={"index": via("verzoek_id", REQUEST, "index_id")},
    fields={"scan_pad": Nullify(), "methode": Nullify()},
)

COMPLAINT = Dataset(
    id="priv.klacht",
    title=Text(nl="Klachten", en="Complaints"),
    key=("klacht_id",),
    subjects={"index": "index_id"},
    fields={"omschrijving": Nullify()},
    dates={"ontvangen_op": Day(), "afgehandeld_op": Day(not_before="ontvangen_op")},
    plausible_from=_SINCE,
)

BREACH = Dataset(
    id="priv.datalek",
    title=Text(nl="Datalekken", en="Data breaches"),
    key=("datalek_id",),
    subjects=NoSubject(
        Text(
            nl="De getroffenen staan in een bijlage, niet in het register.",
            en="Those affected are listed in an annex, not in the register.",
        )
    ),
    then=Anonymise(),  # the register's figures stay, the list of those affected goes
    fields={"betrokkenen_pad": Nullify()},
    dates={"ontdekt_op": Day(), "afgehandeld_op": Day(not_before="ontdekt_op")},
    plausible_from=_SINCE,
)

DISCLOSURE = Dataset(
    id="priv.verstrekking",
    title=Text(nl="Verstrekkingen aan derden", en="Disclosures to third parties"),
    key=("verstrekking_id",),
    subjects={
        "index": via(
            Join((("store", "store"), ("lokale_sleutel", "lokale_sleutel"))),
            PERSON_INDEX,
            "index_id",
        )
    },
    fields={"ontvanger": Nullify()},
    dates={"datum": Day()},
    plausible_from=_SINCE,
)

SUPPRESSION = Dataset(
    id="priv.bezwaar_suppressie",
    title=Text(nl="Niet benaderen", en="Do not contact"),
    key=("hmac_email",),
    subjects=NoSubject(
        Text(nl="Alleen een gesleutelde hash van het adres.", en="Only a keyed hash of the address."),
    ),
    dates={"sinds": Day(), "opgeheven_op": Day(not_before="sinds")},
    plausible_from=_SINCE,
)

DATASETS: Final = (
    PERSON_INDEX,
    CONSENT,
    REQUEST,
    IDENTITY_CHECK,
    COMPLAINT,
    BREACH,
    DISCLOSURE,
    SUPPRESSION,
)
