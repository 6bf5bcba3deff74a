"""P42: who looked into which dossier."""

from __future__ import annotations

from retention.period import months
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._people import ICT, PREPARED_BY
from ._sources import selection_list
from .data_map.cvs import DOSSIER_LOG

POLICY = Policy(
    purpose="autorisatie-log",
    list_entry="P42",
    title=Text(nl="Inzage- en autorisatielog", en="Access and authorisation log"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(selection_list("19.1.24"), selection_list("12.1.8")),
    owner=ICT,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            DOSSIER_LOG,
            starts_on="tijdstip",
            keep_for=months(6),
            shown=Text(nl="Na de inzage.", en="After the access."),
        ),
    ),
)
