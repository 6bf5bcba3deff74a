"""P28: tracking cookies and the profile built with them."""

from __future__ import annotations

from retention.condition import Empty, Not
from retention.period import AT_ONCE, months
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._people import COMMUNICATION, PREPARED_BY
from ._sources import own_choice, secondary, unchecked
from .data_map.web import PROFILE

POLICY = Policy(
    purpose="tracking-profiel",
    list_entry="P28",
    title=Text(nl="Trackingcookies en profielen", en="Tracking cookies and profiles"),
    legal_basis=LegalBasis.CONSENT,
    sources=(
        secondary("Telecommunicatiewet, genoemd door de AP", "art. 11.7a"),
        unchecked("CNIL", "na 6 maanden opnieuw vragen"),
        own_choice(
            nl="Na een half jaar zonder bezoek zegt een profiel niets meer en wordt opnieuw toestemming gevraagd.",
            en="After half a year without a visit a profile says nothing and consent is asked again.",
        ),
    ),
    owner=COMMUNICATION,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            PROFILE,
            where=Empty("ingetrokken_utc"),
            starts_on="laatst_gezien",
            keep_for=months(6),
            at_most=months(6),
            shown=Text(nl="Na het laatste bezoek.", en="After the last visit."),
        ),
        Rule(
            PROFILE,
            where=Not(Empty("ingetrokken_utc")),
            starts_on="ingetrokken_utc",
            keep_for=AT_ONCE,
            shown=Text(nl="Zodra de toestemming is ingetrokken.", en="As soon as the consent is withdrawn."),
        ),
    ),
)
