"""P20: questions by message, form or in passing, not filed in a dossier."""

from __future__ import annotations

from retention.condition import Empty
from retention.period import months, years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import open_while_empty

from ._people import FRONT_OFFICE, PREPARED_BY
from ._sources import own_choice, selection_list
from .data_map.cvs import CLIENT, CONTACT_MOMENT
from .data_map.msg import MESSAGE
from .data_map.web import FORM

POLICY = Policy(
    purpose="contactvraag",
    list_entry="P20",
    title=Text(nl="Vragen en contact", en="Questions and contact"),
    legal_basis=LegalBasis.LEGITIMATE_INTERESTS,
    sources=(
        own_choice(
            nl="Een half jaar na het antwoord komt er geen vervolgvraag meer; de lijst van gemeenten noemt een jaar "
            "voor een verzoek om informatie, korter kan.",
            en="Half a year after the answer no follow-up question comes; the municipalities' list names a year for a "
            "request for information, shorter is possible.",
        ),
        selection_list("6.1.3"),
    ),
    owner=FRONT_OFFICE,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            MESSAGE,
            where=Empty("dossier_id"),
            starts_on=open_while_empty("afgehandeld_op", activity="ontvangen_utc", stale_after=months(6)),
            keep_for=months(6),
            shown=Text(nl="Na de afhandeling van het bericht.", en="After the message was handled."),
        ),
        Rule(
            FORM,
            starts_on=open_while_empty("afgehandeld_op", activity="ingediend_utc", stale_after=months(6)),
            keep_for=months(6),
            shown=Text(nl="Na de afhandeling van het formulier.", en="After the form was handled."),
        ),
        Rule(
            CONTACT_MOMENT,
            where=Empty("dossier_id"),
            starts_on="datum_tijd",
            keep_for=months(6),
            shown=Text(nl="Na het contact, als het niet in een dossier hoort.", en="After a contact not in a dossier."),
        ),
        Rule(
            CLIENT,
            needs=("voornaam", "achternaam", "telefoon", "email"),
            while_referenced_by=CONTACT_MOMENT,
            on="client_id",
            starts_on="aangemaakt_op",
            keep_for=years(1),
        ),
    ),
)
