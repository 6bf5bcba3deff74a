"""P41: applicants who were not appointed."""

from __future__ import annotations

from retention.condition import Empty, Not
from retention.period import days, years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import ends

from ._people import PREPARED_BY, STAFF
from ._sources import secondary, selection_list
from .data_map.hr import APPLICANT

POLICY = Policy(
    purpose="sollicitant",
    list_entry="P41",
    title=Text(nl="Sollicitanten", en="Applicants"),
    legal_basis=LegalBasis.CONTRACT,
    sources=(
        selection_list("17.2.1"),
        selection_list("17.2.2"),
        secondary("bakertilly.nl, juridict.nl", "uit het Vrijstellingsbesluit, art. 5 lid 6"),
    ),
    owner=STAFF,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            APPLICANT,
            where=Empty("toestemming_bewaren_id"),
            starts_on=ends("procedure_einde"),
            keep_for=days(28),
            at_most=days(28),
            shown=Text(nl="Na het einde van de procedure.", en="After the end of the procedure."),
        ),
        Rule(
            APPLICANT,
            where=Not(Empty("toestemming_bewaren_id")),
            starts_on=ends("procedure_einde"),
            keep_for=years(1),
            at_most=years(1),
            shown=Text(nl="Met toestemming langer.", en="Longer with consent."),
        ),
    ),
)
