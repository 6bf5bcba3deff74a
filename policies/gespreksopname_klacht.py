"""P24: call recordings attached to a complaint."""

from __future__ import annotations

from typing import Final

from retention.condition import Empty, Not
from retention.period import days, years
from retention.policy import LegalBasis, Policy, Rule
from retention.relation import Join
from retention.text import Text
from retention.trigger import ends, latest, latest_of

from ._people import PREPARED_BY, PRIVACY
from ._sources import own_choice
from .data_map.priv import COMPLAINT
from .data_map.tel import CALL, RECORDING

_CALLED: Final = latest_of(CALL, "start_utc", "gesprek_id")
_COMPLAINED_ABOUT: Final = Join((("gesprek_id", "gesprek_id"),), where=Not(Empty("klacht_id")))

POLICY = Policy(
    purpose="gespreksopname-klacht",
    list_entry="P24",
    title=Text(nl="Gespreksopnamen bij een klacht", en="Call recordings of a complaint"),
    legal_basis=LegalBasis.LEGITIMATE_INTERESTS,
    sources=(
        own_choice(
            nl="De opname is bewijs zolang de klacht loopt en volgt daarna de gewone termijn van klachten; blijft een "
            "klachtdossier langer, dan volstaat de weergave daarin.",
            en="The recording is evidence while the complaint runs and then follows the usual term of complaints; "
            "where a complaint's file stays longer, the summary in it suffices.",
        ),
    ),
    owner=PRIVACY,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            RECORDING,
            where=Not(Empty("klacht_id")),
            starts_on=latest(_CALLED, latest_of(COMPLAINT, ends("afgehandeld_op"), "klacht_id", if_none=_CALLED)),
            keep_for=years(5),
            shown=Text(nl="Na de afhandeling van de klacht.", en="After the complaint was handled."),
        ),
        Rule(
            CALL,
            while_referenced_by=RECORDING,
            on=_COMPLAINED_ABOUT,
            starts_on="start_utc",
            keep_for=days(90),
            shown=Text(nl="Zolang er een opname bij een klacht is.", en="As long as a complaint has its recording."),
        ),
    ),
)
