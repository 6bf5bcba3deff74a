"""P25: IP addresses, against fraud."""

from __future__ import annotations

from retention.period import months
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._people import COMMUNICATION, PREPARED_BY
from ._sources import own_choice, peer, selection_list
from .data_map.web import CLICK

POLICY = Policy(
    purpose="website-ip-fraude",
    list_entry="P25",
    title=Text(nl="IP-adressen tegen internetfraude", en="IP addresses against internet fraud"),
    legal_basis=LegalBasis.LEGITIMATE_INTERESTS,
    sources=(
        own_choice(
            nl="Fraude met de website blijkt bijna altijd binnen een half jaar.",
            en="Fraud with the website nearly always shows within half a year.",
        ),
        selection_list("19.1.24"),
        peer("avgregisterrijksoverheid.nl 7833", "functioneel 6 maanden, forensisch 3 jaar"),
    ),
    owner=COMMUNICATION,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            CLICK,
            needs=("ip",),
            starts_on="tijd_utc",
            keep_for=months(6),
            shown=Text(nl="Na het bezoek.", en="After the visit."),
        ),
    ),
)
