"""The kinds of holds in words: what a receipt says needs no calendar and no list of a language."""

from __future__ import annotations

from typing import assert_never

from retention.holds import HoldKind
from retention.text import Text


def kind_words(kind: HoldKind) -> Text:
    """What kind of hold it is."""
    match kind:
        case HoldKind.RESTRICTION:
            return Text(nl="beperking van de verwerking (art. 18 AVG)", en="restriction of processing (GDPR art. 18)")
        case HoldKind.LEGAL_HOLD:
            return Text(nl="bewaarblokkade", en="legal hold")
        case HoldKind.EXEMPTION:
            return Text(nl="uitzondering van vernietiging", en="exemption from destruction")
        case HoldKind.OPEN_REQUEST:
            return Text(nl="lopend verzoek van een betrokkene", en="open request of a data subject")
        case _:
            assert_never(kind)
