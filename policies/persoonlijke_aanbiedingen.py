"""P21: the newsletter and offers."""

from __future__ import annotations

from retention.condition import Empty, Not
from retention.period import AT_ONCE, years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._people import COMMUNICATION, PREPARED_BY
from ._sources import own_choice, unchecked
from .data_map.crm import SUBSCRIBER

POLICY = Policy(
    purpose="persoonlijke-aanbiedingen",
    list_entry="P21",
    title=Text(nl="Nieuwsbrief en aanbiedingen", en="Newsletter and offers"),
    legal_basis=LegalBasis.CONSENT,
    sources=(
        unchecked("AVG", "art. 7 lid 3 en art. 21 lid 3"),
        own_choice(
            nl="Wie twee jaar niets opent leest de nieuwsbrief niet; wie zich afmeldt gaat meteen.",
            en="Who opens nothing for two years does not read the newsletter; who signs off goes at once.",
        ),
    ),
    owner=COMMUNICATION,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            SUBSCRIBER,
            where=Empty("afgemeld_op"),
            starts_on="laatste_contact_op",
            keep_for=years(2),
            at_most=years(2),
            shown=Text(nl="Na het laatste contact.", en="After the last contact."),
        ),
        Rule(
            SUBSCRIBER,
            where=Not(Empty("afgemeld_op")),
            starts_on="afgemeld_op",
            keep_for=AT_ONCE,
            shown=Text(nl="Zodra iemand zich afmeldt.", en="As soon as somebody signs off."),
        ),
    ),
)
