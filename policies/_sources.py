"""Short forms for the sources of a period; the status follows table B.2 of the organisation's catalogue."""

from __future__ import annotations

from retention.policy import Source, SourceStatus
from retention.text import Text

_LIST = "Selectielijst gemeenten en intergemeentelijke organen"


def law(title: str, article: str) -> Source:
    """A term read in the text of the law."""
    return Source(status=SourceStatus.LAW, title=title, article=article)


def selection_list(entry: str) -> Source:
    """A class of the Selectielijst 2020: a benchmark for us, binding only for public authorities."""
    return Source(status=SourceStatus.SELECTION_LIST, list=_LIST, version="2020", entry=entry)


def secondary(title: str, article: str = "") -> Source:
    """A secondary source: somebody's published reading of the rules."""
    return Source(status=SourceStatus.SECONDARY, title=title, article=article)


def peer(title: str, article: str = "") -> Source:
    """What a comparable organisation publishes as its own choice."""
    return Source(status=SourceStatus.PEER, title=title, article=article)


def unchecked(title: str, article: str = "") -> Source:
    """Known from memory and not checked: never presented as law."""
    return Source(status=SourceStatus.UNCHECKED, title=title, article=article)


def own_choice(*, nl: str, en: str) -> Source:
    """The organisation's own choice, with its reasoning in both languages."""
    return Source(status=SourceStatus.OWN_CHOICE, reasoning=Text(nl=nl, en=en))
