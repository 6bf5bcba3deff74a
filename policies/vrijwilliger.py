"""P13: the volunteer record."""

from __future__ import annotations

from retention.period import AT_ONCE, years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import ends

from ._people import PREPARED_BY, VOLUNTEERS
from ._sources import own_choice, peer, secondary, selection_list
from .data_map.vrij import VOLUNTEER

POLICY = Policy(
    purpose="vrijwilliger",
    list_entry="P13",
    title=Text(nl="Vrijwilligers", en="Volunteers"),
    legal_basis=LegalBasis.CONTRACT,
    sources=(
        own_choice(
            nl="Een jaar na het vertrek is een getuigschrift aangevraagd en zijn zaken afgewikkeld; een verwijzing "
            "naar een cliëntdossier hoort niet in deze administratie.",
            en="A year after leaving a reference has been asked for and affairs are settled; a reference to a client "
            "dossier does not belong in this administration.",
        ),
        peer("PEP Den Haag", "ten hoogste 2 jaar"),
        secondary("Vrijstellingsbesluit Wbp (vervallen), vijverbergadvocaten.nl", "2 jaar na het lidmaatschap"),
        selection_list("9.1"),
    ),
    owner=VOLUNTEERS,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            VOLUNTEER,
            needs=("naam", "adres", "geboortedatum", "telefoon", "email"),
            starts_on=ends("gestopt_op"),
            keep_for=years(1),
            shown=Text(nl="Na het einde van de inzet.", en="After the end of the deployment."),
        ),
        Rule(
            VOLUNTEER,
            needs=("client_ref",),
            keep_for=AT_ONCE,
            shown=Text(
                nl="Niemand hoeft hier te zien dat de vrijwilliger ook cliënt was.",
                en="Nobody needs to see here that the volunteer was a client too.",
            ),
        ),
    ),
)
