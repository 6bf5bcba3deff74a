"""P22: score cards for a better service."""

from __future__ import annotations

from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._people import OFFICE, PREPARED_BY
from ._sources import own_choice
from .data_map.tel import SCORE_CARD

POLICY = Policy(
    purpose="kwaliteitsverbetering",
    list_entry="P22",
    title=Text(nl="Verbetering van de dienstverlening", en="Improving the service"),
    legal_basis=LegalBasis.LEGITIMATE_INTERESTS,
    sources=(
        own_choice(
            nl="Na een jaargesprek dient een score alleen nog de statistiek, en daarvoor hoeft niemand bekend te zijn.",
            en="After a year's appraisal a score serves statistics only, and those need nobody's name.",
        ),
    ),
    owner=OFFICE,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            SCORE_CARD,
            starts_on="beoordeeld_op",
            keep_for=years(1),
            shown=Text(nl="Na de beoordeling; daarna geanonimiseerd.", en="After the assessment; then anonymised."),
        ),
    ),
)
