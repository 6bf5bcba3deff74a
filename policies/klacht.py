"""P36: complaints."""

from __future__ import annotations

from typing import Final

from retention.condition import And, Equals, Not
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import open_while_empty

from ._people import PREPARED_BY, PRIVACY
from ._sources import selection_list
from .data_map.priv import COMPLAINT

_HANDLED: Final = open_while_empty("afgehandeld_op", activity="ontvangen_op", stale_after=years(2))
_OMBUDSMAN: Final = Equals("soort", "ombudsman")
_FINANCIAL: Final = Equals("financieel", "j")

POLICY = Policy(
    purpose="klacht",
    list_entry="P36",
    title=Text(nl="Klachten", en="Complaints"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        selection_list("13.1"),
        selection_list("13.1.1"),
        selection_list("13.1.2"),
        selection_list("13.1.4"),
    ),
    owner=PRIVACY,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            COMPLAINT,
            where=And(Not(_OMBUDSMAN), Not(_FINANCIAL)),
            starts_on=_HANDLED,
            keep_for=years(5),
            shown=Text(nl="Na de afhandeling van de klacht.", en="After the complaint was handled."),
        ),
        Rule(
            COMPLAINT,
            where=And(Not(_OMBUDSMAN), _FINANCIAL),
            starts_on=_HANDLED,
            keep_for=years(7),
            shown=Text(nl="Klacht met financiële gevolgen.", en="Complaint with financial consequences."),
        ),
        Rule(
            COMPLAINT,
            where=_OMBUDSMAN,
            starts_on=_HANDLED,
            keep_for=years(10),
            shown=Text(nl="Klacht bij de ombudsman.", en="Complaint to the ombudsman."),
        ),
    ),
)
