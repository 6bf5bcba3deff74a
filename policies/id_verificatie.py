"""P35: copies of identity documents, which must not stay."""

from __future__ import annotations

from retention.period import AT_ONCE
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._people import PREPARED_BY, PRIVACY
from ._sources import secondary
from .data_map.priv import IDENTITY_CHECK

POLICY = Policy(
    purpose="id-verificatie",
    list_entry="P35",
    title=Text(nl="Identiteitscontrole", en="Identity check"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        secondary("AP-boete DPG Media; dirkzwager.nl, ploum.nl", "geen kopie als regel"),
        secondary("edrcreditservices", "kopie wordt direct verwijderd"),
    ),
    owner=PRIVACY,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            IDENTITY_CHECK,
            needs=("scan_pad",),
            keep_for=AT_ONCE,
            shown=Text(
                nl="De kopie gaat meteen; methode en datum blijven bij het verzoek.",
                en="The copy goes at once; method and date stay with the request.",
            ),
        ),
    ),
)
