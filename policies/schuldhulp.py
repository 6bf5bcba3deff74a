"""P05: the debt-help dossier."""

from __future__ import annotations

from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.text import Text

from ._dossiers import closed, of_client, provided
from ._people import PREPARED_BY, SOCIAL_WORK
from ._sources import selection_list
from .data_map.cvs import CLIENT, DOSSIER

POLICY = Policy(
    purpose="schuldhulp",
    list_entry="P05",
    title=Text(nl="Schuldhulpverlening", en="Debt help"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(selection_list("8.1.9"), selection_list("8.3.5"), selection_list("12.1")),
    owner=SOCIAL_WORK,
    prepared_by=PREPARED_BY,
    rules=(
        Rule(
            DOSSIER,
            where=provided("schuldhulp"),
            starts_on=closed("schuldhulp"),
            keep_for=years(5),
            shown=Text(nl="Na het einde van de schuldhulp.", en="After the end of the debt help."),
        ),
        Rule(
            CLIENT,
            needs=("bsn", "adres", "postcode", "telefoon", "email"),
            while_referenced_by=DOSSIER,
            on=of_client("schuldhulp"),
            starts_on="aangemaakt_op",
            keep_for=years(1),
        ),
    ),
)
