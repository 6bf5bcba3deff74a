"""P11: the waiting list."""

from __future__ import annotations

from retention.condition import Equals
from retention.period import months, years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import ends, latest_of

from ._people import ACTIVITIES, PREPARED_BY
from ._sources import own_choice, selection_list
from .data_map.act import COURSE, ENROLMENT

POLICY = Policy(
    purpose="wachtlijst",
    list_entry="P11",
    title=Text(nl="Wachtlijst", en="Waiting list"),
    legal_basis=LegalBasis.CONTRACT,
    sources=(
        selection_list("19.1.23"),
        own_choice(
            nl="Wie bij de start geen plaats kreeg wordt binnen drie maanden voor de volgende ronde gevraagd; daarna "
            "heeft de plek op de lijst geen betekenis meer.",
            en="Who got no place at the start is asked for the next round within three months; after that a place on "
            "the list means nothing.",
        ),
    ),
    owner=ACTIVITIES,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            ENROLMENT,
            where=Equals("status", "wachtlijst"),
            starts_on=latest_of(COURSE, ends("start"), "cursus_id"),
            keep_for=months(3),
            at_most=years(1),
            shown=Text(nl="Na de start van de cursus.", en="After the start of the course."),
        ),
    ),
)
