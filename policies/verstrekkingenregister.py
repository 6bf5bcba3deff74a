"""P32: who received what."""

from __future__ import annotations

from retention.condition import Equals
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._people import PREPARED_BY, PRIVACY
from ._sources import own_choice
from .data_map.cvs import CLIENT
from .data_map.priv import DISCLOSURE
from .data_map.vrij import VOLUNTEER

POLICY = Policy(
    purpose="verstrekkingenregister",
    list_entry="P32",
    title=Text(nl="Verstrekkingen aan derden", en="Disclosures to third parties"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        own_choice(
            nl="Nodig om ontvangers te kunnen berichten (AVG 19): zolang de brongegevens er zijn, en ten minste een "
            "jaar.",
            en="Needed to tell recipients (GDPR 19): as long as the source data exist, and a year at least.",
        ),
    ),
    owner=PRIVACY,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            DISCLOSURE,
            where=Equals("store", "cvs"),
            while_referenced_by=CLIENT,
            on={"client_id": "lokale_sleutel"},
            starts_on="datum",
            keep_for=years(1),
            shown=Text(nl="Zolang de cliënt bekend is.", en="As long as the client is on record."),
        ),
        Rule(
            DISCLOSURE,
            where=Equals("store", "vrij"),
            while_referenced_by=VOLUNTEER,
            on={"vrijwilliger_id": "lokale_sleutel"},
            starts_on="datum",
            keep_for=years(1),
            shown=Text(nl="Zolang de vrijwilliger bekend is.", en="As long as the volunteer is on record."),
        ),
    ),
)
