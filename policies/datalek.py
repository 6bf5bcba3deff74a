"""P37: the register of data breaches."""

from __future__ import annotations

from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text
from retention.trigger import open_while_empty

from ._people import PREPARED_BY, PRIVACY
from ._sources import secondary, selection_list, unchecked
from .data_map.priv import BREACH

POLICY = Policy(
    purpose="datalek",
    list_entry="P37",
    title=Text(nl="Datalekkenregister", en="Register of data breaches"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(
        secondary("vhic.nl/faq/melding-datalek", "5 jaar na afhandeling"),
        selection_list("29.1"),
        unchecked("AVG", "art. 33 lid 5 noemt geen termijn"),
    ),
    owner=PRIVACY,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            BREACH,
            starts_on=open_while_empty("afgehandeld_op", activity="ontdekt_op", stale_after=years(1)),
            keep_for=years(5),
            shown=Text(
                nl="Na de afhandeling; de cijfers blijven, de getroffenen niet.",
                en="After handling; the figures stay, those affected do not.",
            ),
        ),
    ),
)
