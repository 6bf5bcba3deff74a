"""Names and titles that would break out of a page, a spreadsheet or a terminal stay texts, in every report there is."""

import csv
import io
import json

import pytest
from rich.console import Console

from retention.reports.render import Report, files
from retention.reports.terminal import report_tables
from retention.text import Language
from tests.acceptance.test_pages import Page
from tests.examples import EVERY, KINDS

HOSTILE = {name: report for name, report in EVERY.items() if "hostile" in name}
every_hostile = pytest.mark.parametrize("report", HOSTILE.values(), ids=HOSTILE)
STEERING = ("\u202e", "\x1b[31m")  # turns the reading direction; colours a terminal
FORMULA = tuple("=+-@|%\t\r")


def shown(report: Report, language: Language) -> str:
    """What a terminal shows."""
    console = Console(file=io.StringIO(), width=200)
    console.print(report_tables(report, language))
    return console.file.getvalue()  # type: ignore[attr-defined]


def cells(text: str) -> set[str]:
    """What a spreadsheet reads from a table."""
    lines = text.removeprefix("\ufeff")
    separator = max(";,", key=lines.partition("\r\n")[0].count)
    return {cell for row in csv.reader(io.StringIO(lines, newline=""), delimiter=separator) for cell in row}


def test_every_kind_of_report_has_a_hostile_example():
    assert {type(report) for report in HOSTILE.values()} == set(KINDS)


@every_hostile
def test_a_page_takes_no_tag_from_a_text(report: Report):
    for name, content in files(report).items():
        if name.endswith(".html"):
            page = Page(content.decode())
            assert len(page.all("script")) == 1  # our own
            assert "<script>alert(1)</script>" in page.text
            assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]


@every_hostile
def test_nothing_steers_a_reader_or_a_terminal(report: Report):
    told = [content.decode() for name, content in files(report).items() if not name.endswith(".json")]
    for text in (*told, *(shown(report, language) for language in Language)):
        assert not [mark for mark in STEERING if mark in text]


@every_hostile
def test_no_cell_becomes_a_formula(report: Report):
    for name, content in files(report).items():
        if name.endswith(".csv"):
            numbers = {cell for cell in cells(content.decode()) if cell.removeprefix("-").isdigit()}
            assert [cell for cell in cells(content.decode()) - numbers if cell.startswith(FORMULA)] == []


@every_hostile
def test_what_a_program_reads_is_still_json(report: Report):
    [told] = [json.loads(content) for name, content in files(report).items() if name.endswith(".json")]
    assert isinstance(told, dict)
