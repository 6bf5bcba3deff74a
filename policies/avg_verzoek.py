"""P34: requests of data subjects, and the index that finds them."""

from __future__ import annotations

from typing import Final

from retention.condition import Equals
from retention.period import months, years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import latest_of, open_while_empty

from ._people import PREPARED_BY, PRIVACY
from ._sources import own_choice, secondary, selection_list
from .data_map.act import PARTICIPANT
from .data_map.cvs import CLIENT
from .data_map.priv import IDENTITY_CHECK, PERSON_INDEX, REQUEST
from .data_map.vrij import VOLUNTEER

_HANDLED: Final = open_while_empty("afgehandeld_op", activity="ontvangen_op", stale_after=months(3))
_INDEX_TEXT: Final = Text(
    nl="De index vindt iemand terug zolang de brongegevens er zijn.",
    en="The index finds a person as long as the source data exist.",
)

POLICY = Policy(
    purpose="avg-verzoek",
    list_entry="P34",
    title=Text(nl="Verzoeken van betrokkenen", en="Requests of data subjects"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        selection_list("6.1"),
        secondary("vhic.nl/faq/bewaartermijn-verzoeken-avg", "gemeenten gebruiken 5 jaar"),
        own_choice(
            nl="Eén termijn voor alle uitkomsten: de lijst geeft het geweigerde verzoek een jaar, terwijl juist "
            "daarover wordt geprocedeerd.",
            en="One term for all outcomes: the list gives a refused request a year, while those are the ones "
            "that are litigated.",
        ),
    ),
    owner=PRIVACY,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            REQUEST,
            starts_on=_HANDLED,
            keep_for=years(5),
            shown=Text(nl="Na de afhandeling van het verzoek.", en="After the request was handled."),
        ),
        Rule(
            IDENTITY_CHECK,
            needs=("methode",),
            starts_on=latest_of(REQUEST, _HANDLED, "verzoek_id"),
            keep_for=years(5),
            shown=Text(nl="Hoe is gecontroleerd, zo lang als het verzoek.", en="How it was checked, as the request."),
        ),
        Rule(
            PERSON_INDEX,
            where=Equals("store", "cvs"),
            while_referenced_by=CLIENT,
            on={"client_id": "lokale_sleutel"},
            starts_on="aangemaakt_op",
            keep_for=years(1),
            shown=_INDEX_TEXT,
        ),
        Rule(
            PERSON_INDEX,
            where=Equals("store", "vrij"),
            while_referenced_by=VOLUNTEER,
            on={"vrijwilliger_id": "lokale_sleutel"},
            starts_on="aangemaakt_op",
            keep_for=years(1),
            shown=_INDEX_TEXT,
        ),
        Rule(
            PERSON_INDEX,
            where=Equals("store", "act"),
            while_referenced_by=PARTICIPANT,
            on={"deelnemer_id": "lokale_sleutel"},
            starts_on="aangemaakt_op",
            keep_for=years(1),
            shown=_INDEX_TEXT,
        ),
    ),
)
