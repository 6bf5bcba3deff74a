"""P19: employees whom a partner organisation listed."""

from __future__ import annotations

from retention.condition import Equals
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._people import OFFICE, PREPARED_BY
from ._sources import own_choice
from .data_map.crm import CONTACT_PERSON

POLICY = Policy(
    purpose="medewerkers-van-partners",
    list_entry="P19",
    title=Text(nl="Medewerkers van partners", en="Employees of partners"),
    legal_basis=LegalBasis.LEGITIMATE_INTERESTS,
    sources=(
        own_choice(
            nl="Zij gaven hun gegevens niet zelf; de partner levert elk jaar een nieuwe lijst.",
            en="They did not give their data themselves; the partner sends a new list every year.",
        ),
    ),
    owner=OFFICE,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            CONTACT_PERSON,
            where=Equals("aangeleverd_door_org", "j"),
            starts_on="laatste_contact_op",
            keep_for=years(1),
            shown=Text(nl="Na het laatste contact.", en="After the last contact."),
        ),
    ),
)
