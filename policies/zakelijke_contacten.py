"""P18: contact persons of suppliers and partners."""

from __future__ import annotations

from retention.condition import Equals
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._people import OFFICE, PREPARED_BY
from ._sources import own_choice
from .data_map.crm import CONTACT_PERSON

POLICY = Policy(
    purpose="zakelijke-contacten",
    list_entry="P18",
    title=Text(nl="Zakelijke contacten", en="Business contacts"),
    legal_basis=LegalBasis.LEGITIMATE_INTERESTS,
    sources=(
        own_choice(
            nl="Wie twee jaar geen contact had is zelden nog de contactpersoon.",
            en="Who had no contact for two years is seldom still the contact person.",
        ),
    ),
    owner=OFFICE,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            CONTACT_PERSON,
            where=Equals("aangeleverd_door_org", "n"),
            starts_on="laatste_contact_op",
            keep_for=years(2),
            shown=Text(nl="Na het laatste contact.", en="After the last contact."),
        ),
    ),
)
