"""Where a period comes from, in words: what the law says is never mixed up with what somebody chose."""

from __future__ import annotations

from typing import Final, assert_never

from retention.policy import LegalBasis, Source, SourceStatus
from retention.reports.words import Words
from retention.summary import SourceSummary
from retention.text import Language, Text

_NL: Final = Words(Language.NL)
_EN: Final = Words(Language.EN)


def legal_basis_words(basis: LegalBasis) -> Text:
    """A legal basis, with its place in the GDPR."""
    match basis:
        case LegalBasis.CONSENT:
            return Text(nl="toestemming (art. 6 lid 1 onder a AVG)", en="consent (GDPR art. 6(1)(a))")
        case LegalBasis.CONTRACT:
            return Text(
                nl="uitvoering van een overeenkomst (art. 6 lid 1 onder b AVG)",
                en="performance of a contract (GDPR art. 6(1)(b))",
            )
        case LegalBasis.LEGAL_OBLIGATION:
            return Text(
                nl="wettelijke verplichting (art. 6 lid 1 onder c AVG)", en="legal obligation (GDPR art. 6(1)(c))"
            )
        case LegalBasis.VITAL_INTERESTS:
            return Text(nl="vitaal belang (art. 6 lid 1 onder d AVG)", en="vital interests (GDPR art. 6(1)(d))")
        case LegalBasis.PUBLIC_TASK:
            return Text(nl="taak van algemeen belang (art. 6 lid 1 onder e AVG)", en="public task (GDPR art. 6(1)(e))")
        case LegalBasis.LEGITIMATE_INTERESTS:
            return Text(
                nl="gerechtvaardigd belang (art. 6 lid 1 onder f AVG)", en="legitimate interests (GDPR art. 6(1)(f))"
            )
        case _:
            assert_never(basis)


def status_words(status: SourceStatus) -> Text:
    """A source's status as a short label."""
    match status:
        case SourceStatus.LAW:
            return Text(nl="Wet", en="Law")
        case SourceStatus.SELECTION_LIST:
            return Text(nl="Selectielijst", en="Selection list")
        case SourceStatus.SECONDARY:
            return Text(nl="Secundaire bron", en="Secondary source")
        case SourceStatus.PEER:
            return Text(nl="Vergelijkbare organisatie", en="Comparable organisation")
        case SourceStatus.UNCHECKED:
            return Text(nl="Niet nagekeken", en="Not checked")
        case SourceStatus.OWN_CHOICE:
            return Text(nl="Eigen keuze", en="Own choice")
        case _:
            assert_never(status)


def statutory(status: SourceStatus) -> bool:
    """Whether the term was read in the law or in the official selection list itself."""
    return status in {SourceStatus.LAW, SourceStatus.SELECTION_LIST}


def citation(source: Source) -> str:
    """Law and article, or list, version and entry; empty for an own choice that follows nothing."""
    listed = f"{source.list} ({source.version})" if source.list and source.version else source.list
    return ", ".join(part for part in (source.title, source.article, listed, source.entry) if part)


def source_summary(source: Source) -> SourceSummary:
    """A source as summaries carry it."""
    return SourceSummary(status=source.status.value, citation=citation(source), reasoning=source.reasoning)


def source_words(source: Source) -> Text:
    """A source in sentences: what it says, how that was established, and since when it holds."""
    said = summary_words(source_summary(source))
    since, until = source.valid_from, source.valid_to
    nl, en = said.nl, said.en
    if since is not None:
        nl, en = f"{nl} Geldt vanaf {_NL.date(since)}.", f"{en} In force since {_EN.date(since)}."
    if until is not None:
        nl, en = f"{nl} Gold tot en met {_NL.date(until)}.", f"{en} In force until {_EN.date(until)}."
    return Text(nl=nl, en=en)


def summary_words(source: SourceSummary) -> Text:
    """A source in sentences, from what summaries carry of it."""
    said = _established(SourceStatus(source.status), source.citation)
    if source.reasoning is None:
        return said
    return Text(nl=f"{said.nl} Onderbouwing: {source.reasoning.nl}", en=f"{said.en} Reason: {source.reasoning.en}")


def _established(status: SourceStatus, cited: str) -> Text:
    match status:
        case SourceStatus.LAW:
            return Text(nl=f"{cited}. Nagelezen in de wettekst.", en=f"{cited}. Read in the text of the law.")
        case SourceStatus.SELECTION_LIST:
            return Text(nl=f"{cited}. Nagelezen in de selectielijst.", en=f"{cited}. Read in the selection list.")
        case SourceStatus.SECONDARY:
            return Text(
                nl=f"{cited}. Dit is een secundaire bron; de wettekst zelf is niet nagelezen.",
                en=f"{cited}. This is a secondary source; the law itself was not read.",
            )
        case SourceStatus.PEER:
            return Text(
                nl=f"{cited}. Dit is wat een vergelijkbare organisatie zelf heeft gekozen, geen wet.",
                en=f"{cited}. This is what a comparable organisation chose for itself, not law.",
            )
        case SourceStatus.UNCHECKED:
            return Text(
                nl=f"{cited}. Nog niet nagekeken: behandel dit niet als wettelijke termijn.",
                en=f"{cited}. Not checked yet: do not treat this as a statutory period.",
            )
        case SourceStatus.OWN_CHOICE:
            own = Text(
                nl="Deze termijn is een eigen keuze van de organisatie.",
                en="This period is the organisation's own choice.",
            )
            return own if not cited else Text(nl=f"{own.nl} Vergelijk: {cited}.", en=f"{own.en} Compare: {cited}.")
        case _:
            assert_never(status)
