"""P23: call recordings for training and quality."""

from __future__ import annotations

from retention.period import days
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import latest_of

from ._people import OFFICE, PREPARED_BY
from ._sources import own_choice, secondary
from .data_map.tel import CALL, RECORDING

POLICY = Policy(
    purpose="gespreksopname-training",
    list_entry="P23",
    title=Text(nl="Gespreksopnamen voor training", en="Call recordings for training"),
    legal_basis=LegalBasis.LEGITIMATE_INTERESTS,
    sources=(
        secondary("iusmentis.com 2018; security.nl 568608; radar.avrotros.nl", "geen wettelijke termijn"),
        secondary("skipr.nl 2023", "opnemen in de wacht mag niet van de AP"),
        own_choice(
            nl="Binnen een kwartaal is een gesprek besproken met de medewerker; daarna gaan geluid, tekst en index.",
            en="Within a quarter a call has been discussed with the employee; then sound, text and index go.",
        ),
    ),
    owner=OFFICE,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            CALL,
            starts_on="start_utc",
            keep_for=days(90),
            shown=Text(nl="Na het gesprek.", en="After the call."),
        ),
        Rule(
            RECORDING,
            starts_on=latest_of(CALL, "start_utc", "gesprek_id"),
            keep_for=days(90),
            shown=Text(nl="Na het gesprek.", en="After the call."),
        ),
    ),
)
