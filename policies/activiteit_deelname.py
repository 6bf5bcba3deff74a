"""P10: taking part in courses and activities."""

from __future__ import annotations

from typing import Final

from retention.condition import In
from retention.period import AT_ONCE, years
from retention.policy import LegalBasis, Policy, Rule
from retention.relation import Join
from retention.text import Text
from retention.trigger import ends, latest, latest_of

from ._people import ACTIVITIES, PREPARED_BY
from ._sources import own_choice, selection_list
from .data_map.act import COURSE, ENROLMENT, PARTICIPANT

_TAKING_PART: Final = In("status", ("actief", "afgerond", "geannuleerd"))  # not the waiting list: P11
_COURSE_END: Final = latest_of(COURSE, ends("eind"), "cursus_id")
# The day of registration always counts: so nothing changes for a participant when an old enrolment has gone (P12).
_LAST_COURSE_END: Final = latest(
    "aangemaakt_op",
    latest_of(
        ENROLMENT,
        _COURSE_END,
        Join((("deelnemer_id", "deelnemer_id"),), where=_TAKING_PART),
        if_none="aangemaakt_op",
    ),
)

POLICY = Policy(
    purpose="activiteit-deelname",
    list_entry="P10",
    title=Text(nl="Deelname aan activiteiten en cursussen", en="Taking part in activities and courses"),
    legal_basis=LegalBasis.CONTRACT,
    sources=(
        own_choice(
            nl="Twee jaar volstaat voor vragen over deelname en een vervolgcursus; gezondheidsgegevens zijn alleen "
            "tijdens de cursus nodig.",
            en="Two years suffice for questions on attendance and a follow-up course; health details are needed only "
            "while the course runs.",
        ),
        selection_list("22.1"),  # an event handled, P5Y: an upper benchmark
    ),
    owner=ACTIVITIES,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            ENROLMENT,
            where=_TAKING_PART,
            starts_on=_COURSE_END,
            keep_for=years(2),
            shown=Text(nl="Na het einde van de cursus.", en="After the end of the course."),
        ),
        Rule(
            PARTICIPANT,
            needs=("naam", "geboortedatum", "adres", "email", "telefoon"),
            starts_on=_LAST_COURSE_END,
            keep_for=years(2),
            shown=Text(nl="Na het einde van de laatste cursus.", en="After the end of the last course."),
        ),
        Rule(
            PARTICIPANT,
            needs=("bijzonderheden_gezondheid",),
            starts_on=_LAST_COURSE_END,
            keep_for=AT_ONCE,
            shown=Text(
                nl="Alleen zolang er een cursus loopt.",
                en="Only while a course runs.",
            ),
        ),
    ),
)
