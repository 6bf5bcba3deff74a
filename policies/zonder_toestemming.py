"""P31: decisions to act without consent, in an emergency."""

from __future__ import annotations

from typing import Final

from retention.condition import And, Not, exists
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import latest, latest_of

from ._dossiers import CLOSED, provided
from ._people import PREPARED_BY, SOCIAL_WORK
from ._sources import own_choice
from .data_map.cvs import DOSSIER, EMERGENCY_DECISION

_IN_WMO: Final = exists(DOSSIER, "dossier_id", provided("wmo"))
_DOSSIER_END: Final = latest_of(DOSSIER, latest(CLOSED, "laatste_inhoudelijke_wijziging"), "dossier_id")

POLICY = Policy(
    purpose="verwerking-zonder-toestemming",
    list_entry="P31",
    title=Text(nl="Besluiten zonder toestemming", en="Decisions without consent"),
    legal_basis=LegalBasis.VITAL_INTERESTS,
    sources=(
        own_choice(
            nl="Het besluit verantwoordt wat in het dossier gebeurde en volgt daarom de termijn van het dossier.",
            en="The decision accounts for what happened in the dossier and therefore follows the dossier's period.",
        ),
    ),
    owner=SOCIAL_WORK,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            EMERGENCY_DECISION,
            where=_IN_WMO,
            starts_on=_DOSSIER_END,
            keep_for=years(15),
            shown=Text(nl="Zo lang als het Wmo-dossier.", en="As long as the Wmo dossier."),
        ),
        Rule(
            EMERGENCY_DECISION,
            where=And(exists(DOSSIER, "dossier_id", provided("jeugd")), Not(_IN_WMO)),
            starts_on=_DOSSIER_END,
            keep_for=years(20),
            shown=Text(nl="Zo lang als het jeugddossier.", en="As long as the youth dossier."),
        ),
    ),
)
