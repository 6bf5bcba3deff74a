"""Tables for a spreadsheet: CSV that opens in the reader's own, and in which no text becomes a formula.

Days are ISO 8601 and numbers bare digits, since every spreadsheet reads these; the separator is the one of the
reader's language. A text stays a text: what would begin a formula gets an apostrophe, what would steer the reading
direction a replacement character, and a line is a row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, assert_never

from msgspec import Struct

from retention.reports.words import plain
from retention.text import Language

Cell = str | int | date | None
"""What stands in a table; None is not known, which is no 0."""

_FORMULA: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20|%")  # ASCII, full width, and what old spreadsheets took
_BOM: Final = "\ufeff"  # without it some spreadsheets read UTF-8 as something else


class Sheet(Struct, frozen=True, kw_only=True):
    """One table of a report, in one language."""

    name: str  # part of a file's name
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def to_csv(sheet: Sheet, language: Language) -> str:
    """A table as CSV (RFC 4180): UTF-8 with its mark, CRLF, one line a row."""
    return b"".join(csv_lines((sheet.columns, *sheet.rows), language)).decode()


def csv_lines(rows: Iterable[tuple[Cell, ...]], language: Language) -> Iterator[bytes]:
    """The same, row by row: for tables that no memory holds; the first row is the heads."""
    yield _BOM.encode()
    separator = _separator(language)
    for row in rows:
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=separator, lineterminator="\r\n").writerow([_cell(cell) for cell in row])
        yield file.getvalue().encode()


def _separator(language: Language) -> str:
    match language:
        case Language.NL:
            return ";"  # the comma is the decimal sign
        case Language.EN:
            return ","
        case _:
            assert_never(language)


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case int():
            return str(int(cell))
        case date():
            return cell.isoformat()
        case str():
            return _text(cell)
        case _:
            assert_never(cell)


def _text(text: str) -> str:
    line = plain(" ".join(text.split()))
    return f"'{line}" if line[:1] in _FORMULA else line
