"""P12: services to people: transport, odd jobs, meals."""

from __future__ import annotations

from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import ends, latest, latest_of

from ._people import ACTIVITIES, PREPARED_BY
from ._sources import own_choice, selection_list
from .data_map.act import PARTICIPANT, SERVICE

POLICY = Policy(
    purpose="dienst-overeenkomst",
    list_entry="P12",
    title=Text(nl="Vervoer, klusdienst en maaltijden", en="Transport, odd jobs and meals"),
    legal_basis=LegalBasis.CONTRACT,
    sources=(
        own_choice(
            nl="Twee jaar na het einde zijn klachten en schade over de dienst afgewikkeld.",
            en="Two years after the end, complaints and damage about the service are settled.",
        ),
        selection_list("16.1"),  # contracts of public bodies: existence and 10 years
    ),
    owner=ACTIVITIES,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            SERVICE,
            starts_on=ends("tot"),
            keep_for=years(2),
            shown=Text(nl="Na het einde van de dienst.", en="After the end of the service."),
        ),
        Rule(
            PARTICIPANT,
            needs=("naam", "adres", "telefoon"),
            starts_on=latest("aangemaakt_op", latest_of(SERVICE, ends("tot"), "deelnemer_id", if_none="aangemaakt_op")),
            keep_for=years(2),
        ),
    ),
)
