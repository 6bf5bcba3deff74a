"""The website: forms, cookies and what visitors click."""

from __future__ import annotations

from datetime import date
from typing import Final

from retention.dataset import Dataset, NoSubject, Timestamp, TimeText
from retention.technique import IpPrefix, Nullify
from retention.text import Text

_SINCE: Final = date(2010, 1, 1)

FORM = Dataset(
    id="web.formulier",
    title=Text(nl="Webformulieren", en="Web forms"),
    key=("inzending_id",),
    subjects={"email": "afzender_email"},
    fields={"velden_json": Nullify()},
    dates={
        "ingediend_utc": Timestamp(zone="UTC"),
        "afgehandeld_op": Timestamp(zone="UTC", not_before="ingediend_utc"),
    },
    plausible_from=_SINCE,
)

COOKIE_CONSENT = Dataset(
    id="web.toestemming_cookie",
    title=Text(nl="Toestemmingen voor cookies", en="Consents to cookies"),
    key=("consent_id",),
    subjects={"cookie": "cookie_id"},
    dates={
        "gegeven_utc": Timestamp(zone="UTC"),
        "ingetrokken_utc": Timestamp(zone="UTC", not_before="gegeven_utc"),
    },
    plausible_from=_SINCE,
)

PROFILE = Dataset(
    id="web.profiel",
    title=Text(nl="Profielen van bezoekers", en="Profiles of visitors"),
    key=("cookie_id",),
    subjects={"cookie": "cookie_id"},
    fields={"interesses_json": Nullify()},
    # The site copies a withdrawal here: the consent itself is proof, and goes by a term of its own.
    dates={"laatst_gezien": Timestamp(zone="UTC"), "ingetrokken_utc": Timestamp(zone="UTC")},
    plausible_from=_SINCE,
    usual_daily=200,
    notice=0,  # short-lived: a night's notice would be a night too long
)

CLICK = Dataset(
    id="web.klik",
    title=Text(nl="Klikgedrag", en="Clicks"),
    key=("klik_id",),
    subjects={"ip": "ip"},
    fields={"ip": IpPrefix(), "pagina": Nullify(), "sessie": Nullify()},
    dates={"tijd_utc": Timestamp(zone="UTC", text=TimeText.EPOCH)},
    plausible_from=_SINCE,
    usual_daily=10_000,
    notice=0,
)

VISITS = Dataset(
    id="web.bezoek_dag",
    title=Text(nl="Bezoekcijfers per dag", en="Visits a day"),
    key=("dag", "pagina"),
    subjects=NoSubject(Text(nl="Aantallen per dag en pagina.", en="Numbers by day and page.")),
)

DATASETS: Final = (FORM, COOKIE_CONSENT, PROFILE, CLICK, VISITS)
