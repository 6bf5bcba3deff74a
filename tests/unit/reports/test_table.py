"""Tables for a spreadsheet: no text becomes a formula, a row or a direction; what is not known is no 0."""

import csv
import io
from datetime import date

import pytest

from retention.reports.table import Sheet, to_csv
from retention.text import Language


def read(text: str, separator: str) -> list[list[str]]:
    """A table as a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator))


def of(*cells: object) -> Sheet:
    return Sheet(name="x", columns=tuple(f"c{n}" for n in range(len(cells))), rows=(cells,))


@pytest.mark.parametrize(
    "text", ["=1+1", "+31 6", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1dcmd", "\x1b=1", "|calc", "%0A"]
)
def test_a_text_never_begins_a_formula(text: str):
    cell = read(to_csv(of(text), Language.EN), ",")[1][0]
    assert cell[0] not in "=+-@\uff1d|%\t\r"


def test_a_separator_a_quote_or_a_line_break_stays_within_its_cell():
    nasty = 'a;b,c"d\r\n=e'
    for language, separator in ((Language.NL, ";"), (Language.EN, ",")):
        assert read(to_csv(of(nasty, 1), language), separator)[1] == ['a;b,c"d =e', "1"]


def test_marks_that_turn_the_reading_direction_are_replaced():
    assert "\u202e" not in to_csv(of("a\u202egnp.exe"), Language.EN)


def test_a_heading_is_as_safe_as_a_cell():
    sheet = Sheet(name="x", columns=("=1",), rows=())
    assert read(to_csv(sheet, Language.EN), ",") == [["'=1"]]


def test_what_is_not_known_is_empty_and_a_negative_number_stays_a_number():
    assert read(to_csv(of(None, 0, -3, date(2026, 7, 1)), Language.NL), ";")[1] == ["", "0", "-3", "2026-07-01"]


def test_a_spreadsheet_knows_that_it_is_unicode():
    assert to_csv(of("é"), Language.NL).encode().startswith(b"\xef\xbb\xbf")
