"""Messages by text, chat and social media."""

from __future__ import annotations

from datetime import date
from typing import Final

from retention.dataset import Dataset, Timestamp, via
from retention.technique import Nullify
from retention.text import Text

from .cvs import DOSSIER

MESSAGE = Dataset(
    id="msg.bericht",
    title=Text(nl="Berichten", en="Messages"),
    key=("bericht_id",),
    # A filed message is about the dossier's client too, whom the client system knows.
    subjects={"phone": "afzender", "client": via("dossier_id", DOSSIER, "client_id")},
    fields={"tekst": Nullify()},
    dates={
        "ontvangen_utc": Timestamp(zone="UTC"),
        "afgehandeld_op": Timestamp(zone="UTC", not_before="ontvangen_utc"),
    },
    plausible_from=date(2005, 1, 1),
    usual_daily=100,
)

DATASETS: Final = (MESSAGE,)
