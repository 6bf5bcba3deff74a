"""P14: that a certificate of conduct was seen; never the certificate itself."""

from __future__ import annotations

from retention.period import AT_ONCE, years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import ends, latest_of

from ._people import PREPARED_BY, VOLUNTEERS
from ._sources import own_choice, secondary
from .data_map.vrij import CONDUCT_CERTIFICATE, VOLUNTEER

POLICY = Policy(
    purpose="vog-registratie",
    list_entry="P14",
    title=Text(nl="Registratie van de VOG", en="Certificate of conduct seen"),
    legal_basis=LegalBasis.CONTRACT,
    sources=(
        secondary("privacy-web.nl", "geen wet gebiedt of verbiedt het bewaren"),
        secondary("NOC*NSF, onderwatersport.org", "geen kopie bewaren; noteren wie wanneer het origineel zag"),
        own_choice(
            nl="De registratie dient zolang de vrijwilliger zelf geregistreerd is.",
            en="The registration serves as long as the volunteer is on record.",
        ),
    ),
    owner=VOLUNTEERS,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            CONDUCT_CERTIFICATE,
            needs=("scan_pad",),
            keep_for=AT_ONCE,
            shown=Text(nl="Een kopie wordt niet bewaard.", en="A copy is not kept."),
        ),
        Rule(
            CONDUCT_CERTIFICATE,
            needs=("gezien_door",),
            starts_on=latest_of(VOLUNTEER, ends("gestopt_op"), "vrijwilliger_id"),
            keep_for=years(1),
            shown=Text(nl="Zo lang als de vrijwilliger.", en="As long as the volunteer."),
        ),
    ),
)
