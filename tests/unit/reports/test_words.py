"""Dates, numbers, periods and reasons as a Dutch and an English reader expect them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from retention.errors import ConfigError
from retention.period import AT_ONCE, PERMANENT, KeepFor, Period, days, months, years
from retention.reason import Reason
from retention.reports import words
from retention.reports.words import Words, parse_period, plain
from retention.text import Language

NL, EN = Words(Language.NL), Words(Language.EN)


@pytest.mark.parametrize(
    ("keep_for", "nl", "en"),
    [
        (years(1), "1 jaar", "1 year"),
        (years(5), "5 jaar", "5 years"),
        (months(1), "1 maand", "1 month"),
        (days(1), "1 dag", "1 day"),
        (days(90), "90 dagen", "90 days"),
        (Period(1, 6, 2), "1 jaar, 6 maanden en 2 dagen", "1 year, 6 months and 2 days"),
        (AT_ONCE, "meteen", "at once"),
        (PERMANENT, "blijvend", "permanently"),
    ],
    ids=str,
)
def test_a_period_reads_as_people_say_it(keep_for: KeepFor, nl: str, en: str) -> None:
    assert (nl, en) == (NL.period(keep_for), EN.period(keep_for))


@pytest.mark.parametrize("keep_for", [years(5), days(42), Period(1, 6, 2), AT_ONCE, PERMANENT], ids=str)
def test_a_period_is_read_back_from_its_iso_form(keep_for: KeepFor) -> None:
    assert keep_for == parse_period(keep_for.iso)


def test_what_is_no_period_is_refused() -> None:
    with pytest.raises(ValueError, match="P5W"):
        parse_period("P5W")


def test_dates_and_numbers_follow_the_reader() -> None:
    day = date(2026, 7, 1)
    assert (NL.date(day), EN.date(day)) == ("1 juli 2026", "1 July 2026")
    assert (NL.number(14012), EN.number(14012)) == ("14.012", "14,012")


def test_no_digit_of_a_constant_is_rounded_away_and_a_year_stays_a_year() -> None:
    assert (NL.exact(2020), NL.exact(Decimal("0.12345"))) == ("2020", "0,12345")


def test_a_moment_is_shown_in_the_organisations_zone() -> None:
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert NL.moment(late, "Europe/Amsterdam") == "1 juli 2026 00:30"


@pytest.mark.parametrize(("n", "shown"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (1286, "1.286")])
def test_in_a_report_for_keeping_small_groups_are_masked(n: int, shown: str) -> None:
    assert shown == Words(Language.NL, keeping=True).count(n)


def test_in_a_report_that_is_thrown_away_small_groups_are_shown() -> None:
    assert [NL.count(n) for n in (1, 4)] == ["1", "4"]


def test_one_record_is_no_plural() -> None:
    assert (NL.records(1), NL.records(1286)) == ("1 record", "1.286 records")


@pytest.mark.parametrize("words", [NL, EN], ids=["nl", "en"])
def test_every_reason_has_words(words: Words) -> None:
    said = {words.reason(code) for code in Reason}
    assert len(said) == len(Reason)
    assert "" not in said


@pytest.mark.parametrize("char", ["\x1b", "\x07", "\u202e", "\u2066", "\u200f", "\u2028", "\x9b"])
def test_characters_that_steer_a_terminal_or_the_reading_direction_are_replaced(char: str) -> None:
    assert plain(f"a{char}b") == "a\ufffdb"


def test_ordinary_text_is_left_alone() -> None:
    assert plain("Cliënten, “schuldhulp”\n日本") == "Cliënten, “schuldhulp”\n日本"


def test_a_language_whose_texts_are_missing_is_said_with_what_to_do(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(words, "LOCALES", tmp_path)
    words._catalogue.cache_clear()
    try:
        with pytest.raises(ConfigError, match="missing from this installation"):
            NL.gettext("Data")
    finally:
        words._catalogue.cache_clear()
