"""Business relations and subscribers to the newsletter."""

from __future__ import annotations

from datetime import date
from typing import Final

from retention.dataset import Dataset, Day, NoSubject
from retention.disposition import Anonymise
from retention.technique import FixedText, Nullify
from retention.text import Text

_SINCE: Final = date(1995, 1, 1)

ORGANISATION = Dataset(
    id="crm.organisatie",
    title=Text(nl="Organisaties", en="Organisations"),
    key=("org_id",),
    subjects=NoSubject(Text(nl="Een organisatie is geen persoon.", en="An organisation is not a person.")),
)

CONTACT_PERSON = Dataset(
    id="crm.contactpersoon",
    title=Text(nl="Contactpersonen", en="Contact persons"),
    key=("contact_id",),
    subjects={"contactpersoon": "contact_id"},
    fields={
        "naam": FixedText("(gewist)"),
        "functie": Nullify(),
        "email": Nullify(),
        "telefoon": Nullify(),
    },
    dates={"laatste_contact_op": Day()},
    plausible_from=_SINCE,
)

CONTRACT = Dataset(
    id="crm.contract",
    title=Text(nl="Contracten", en="Contracts"),
    key=("contract_id",),
    subjects=NoSubject(
        Text(
            nl="Een contract is met een organisatie; van de ondertekenaar is alleen de naam bekend.",
            en="A contract is with an organisation; of the signatory only the name is known.",
        )
    ),
    then=Anonymise(),  # the contract stays, the signatory's name goes
    fields={"ondertekenaar": Nullify()},
    dates={"van": Day(), "tot": Day(not_before="van")},
    plausible_from=_SINCE,
)

SUBSCRIBER = Dataset(
    id="crm.nieuwsbriefabonnee",
    title=Text(nl="Abonnees van de nieuwsbrief", en="Subscribers to the newsletter"),
    key=("abonnee_id",),
    subjects={"email": "email"},
    fields={"naam": Nullify()},
    dates={
        "aangemeld_op": Day(),
        "laatste_contact_op": Day(not_before="aangemeld_op"),
        "afgemeld_op": Day(not_before="aangemeld_op"),
    },
    plausible_from=_SINCE,
)

DATASETS: Final = (ORGANISATION, CONTACT_PERSON, CONTRACT, SUBSCRIBER)
