"""P30: proof that consent was given and withdrawn."""

from __future__ import annotations

from retention.condition import Empty, Not
from retention.period import Period, years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import ends

from ._people import PREPARED_BY, PRIVACY
from ._sources import own_choice, secondary, unchecked
from .data_map.priv import CONSENT
from .data_map.web import COOKIE_CONSENT

POLICY = Policy(
    purpose="toestemmingsbewijs",
    list_entry="P30",
    title=Text(nl="Bewijs van toestemming", en="Proof of consent"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        unchecked("EDPB richtsnoeren 05/2020", "niet langer dan strikt nodig na het einde van de verwerking"),
        secondary("GEMMA verwerkingenlogging 3001", "ook de getoonde tekst bewaren"),
        own_choice(
            nl="Toestemming moet aantoonbaar zijn (AVG 7 lid 1), een termijn noemt de wet niet; vijf jaar dekt de "
            "termijn waarin aansprakelijkheid gebruikelijk wordt ingeroepen.",
            en="Consent must be demonstrable (GDPR 7(1)), the law names no term; five years cover the time in which "
            "liability is usually invoked.",
        ),
    ),
    owner=PRIVACY,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            CONSENT,
            starts_on=ends("ingetrokken_op"),
            keep_for=years(5),
            shown=Text(nl="Na de intrekking.", en="After the withdrawal."),
        ),
        Rule(
            COOKIE_CONSENT,
            where=Not(Empty("ingetrokken_utc")),
            starts_on="ingetrokken_utc",
            keep_for=years(5),
            shown=Text(nl="Na de intrekking.", en="After the withdrawal."),
        ),
        Rule(
            COOKIE_CONSENT,
            where=Empty("ingetrokken_utc"),
            starts_on="gegeven_utc",
            keep_for=Period(years=5, months=6),
            shown=Text(
                nl="Na een half jaar vervalt de toestemming; daarna vijf jaar.",
                en="After half a year the consent lapses; five years from then.",
            ),
        ),
    ),
)
