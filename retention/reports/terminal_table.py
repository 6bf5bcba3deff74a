"""The tables of a terminal: plain, and as wide as it is."""

from __future__ import annotations

from typing import Final

from rich.table import Table
from rich.text import Text as Line

from retention.reports.words import Words, plain

UNKNOWN: Final = "\u2013"  # a number that nobody knows is no 0


def table(title: str, *columns: str, numbers: int = 0) -> Table:
    """A plain table: the first column is text, the next `numbers` are numbers, others text again."""
    shown = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        number = 0 < place <= numbers
        shown.add_column(column, justify="right" if number else "left", overflow="fold", no_wrap=number)
    return shown


def counted(words: Words, count: int | str | None) -> str:
    """A number as the reader writes it; what is not known is no 0."""
    return UNKNOWN if count is None else count if isinstance(count, str) else words.count(count)


def named(title: str, dataset: str) -> Line:
    """A dataset as people know it, with its id."""
    return Line.assemble(plain(title), *((" ", (plain(dataset), "dim")) if title != dataset else ()))


def said(text: str, style: str = "") -> Line:
    """A line of text: nothing in it steers the terminal, and brackets are no markup."""
    return Line(plain(text), style=style)
