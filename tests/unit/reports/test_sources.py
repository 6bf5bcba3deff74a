"""Where a period comes from: what is law, what is choice, and what nobody has checked."""

from datetime import date

import pytest

from retention.policy import LegalBasis, Source, SourceStatus
from retention.reports.sources import (
    citation,
    legal_basis_words,
    source_summary,
    source_words,
    status_words,
    statutory,
    summary_words,
)
from retention.text import Text

REASONING = Text(nl="Kort genoeg.", en="Short enough.")
LAW = Source(status=SourceStatus.LAW, title="Wmo 2015", article="art. 5.3.4 lid 1")
LIST = Source(status=SourceStatus.SELECTION_LIST, list="Selectielijst gemeenten", version="2020", entry="8.1.9")
OWN = Source(status=SourceStatus.OWN_CHOICE, reasoning=REASONING)


def test_a_law_is_cited_by_its_article() -> None:
    assert source_words(LAW) == Text(
        nl="Wmo 2015, art. 5.3.4 lid 1. Nagelezen in de wettekst.",
        en="Wmo 2015, art. 5.3.4 lid 1. Read in the text of the law.",
    )


def test_a_selection_list_is_cited_with_its_version() -> None:
    assert citation(LIST) == "Selectielijst gemeenten (2020), 8.1.9"


def test_an_own_choice_says_so_and_gives_its_reasoning() -> None:
    assert source_words(OWN) == Text(
        nl="Deze termijn is een eigen keuze van de organisatie. Onderbouwing: Kort genoeg.",
        en="This period is the organisation's own choice. Reason: Short enough.",
    )


def test_what_nobody_checked_is_never_presented_as_law() -> None:
    said = source_words(Source(status=SourceStatus.UNCHECKED, title="AVG", article="art. 33 lid 5"))
    assert said.nl == "AVG, art. 33 lid 5. Nog niet nagekeken: behandel dit niet als wettelijke termijn."
    assert not statutory(SourceStatus.UNCHECKED)


def test_only_law_and_the_official_list_count_as_statutory() -> None:
    assert [status for status in SourceStatus if statutory(status)] == [SourceStatus.LAW, SourceStatus.SELECTION_LIST]


def test_since_when_a_source_holds_is_said() -> None:
    source = Source(status=SourceStatus.LAW, title="Jeugdwet", valid_from=date(2020, 1, 1), valid_to=date(2026, 12, 31))
    assert source_words(source).nl == (
        "Jeugdwet. Nagelezen in de wettekst. Geldt vanaf 1 januari 2020. Gold tot en met 31 december 2026."
    )


@pytest.mark.parametrize("source", [LAW, LIST, OWN], ids=["law", "list", "own choice"])
def test_a_summary_of_a_source_says_the_same(source: Source) -> None:
    assert source_words(source) == summary_words(source_summary(source))


@pytest.mark.parametrize("status", SourceStatus)
def test_every_status_has_a_label_and_a_sentence(status: SourceStatus) -> None:
    source = Source(status=status, title="Bron", reasoning=REASONING)
    assert len({status_words(other) for other in SourceStatus}) == len(SourceStatus)
    assert "Bron" in source_words(source).nl


@pytest.mark.parametrize("basis", LegalBasis)
def test_every_legal_basis_names_its_letter_in_the_gdpr(basis: LegalBasis) -> None:
    letter = "abcdef"[list(LegalBasis).index(basis)]
    said = legal_basis_words(basis)
    assert f"onder {letter} AVG" in said.nl
    assert f"art. 6(1)({letter})" in said.en
