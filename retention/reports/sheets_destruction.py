"""The tables of a stripped list and a declaration, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping

from retention.reports.destruction import Declaration, DestructionList
from retention.reports.table import Cell, Sheet
from retention.reports.view_destruction import DeclarationPage, ListPage
from retention.reports.view_purpose import PurposeView
from retention.reports.words import Words


def list_sheets(report: DestructionList, words: Words) -> tuple[Sheet, ...]:
    """A stripped list as tables."""
    page = ListPage.of(report, words)
    return (_lines(page, page.grounds), _grounds(page.grounds, words))


def declaration_sheets(report: Declaration, words: Words) -> tuple[Sheet, ...]:
    """A declaration as tables: what went, on what ground, what stayed, who may have received it."""
    page, word = DeclarationPage.of(report, words), words.gettext
    stayed = [
        *((one.dataset, page.titles[one.dataset], page.reason(one), one.records) for one in report.exclusions),
        *((one.dataset, page.titles[one.dataset], page.failure(one), one.records) for one in report.failures),
    ]
    heads = (word("Dataset"), word("Data"), word("Reason"), word("Records"))
    return (
        _lines(page, page.grounds),
        _grounds(page.grounds, words),
        Sheet(name=word("stayed"), columns=heads, rows=tuple(stayed)),
        _disclosed(page),
    )


def full_list_heads(words: Words) -> tuple[str, ...]:
    """What stands over the columns of a full list; the first one says on every line that it has to go."""
    word = words.gettext
    return (
        word("Personal data: destroy after"),
        word("Dataset"),
        word("Data"),
        word("Key"),
        word("What would be done"),
        word("Fields"),
        word("Purposes"),
        word("Reference in the log"),
        word("Leave it out, and why"),
    )


def _lines(page: ListPage | DeclarationPage, grounds: Mapping[str, PurposeView]) -> Sheet:
    word = page.words.gettext
    heads = (
        word("Dataset"),
        word("Data"),
        word("Done"),
        word("Records"),
        word("Went along"),
        word("Fields"),
        word("Purposes"),
        word("Manner"),
        word("Form"),
    )
    rows = tuple(
        (
            line.dataset,
            page.titles[line.dataset],
            page.act(line),
            line.records,
            page.along(line),
            ", ".join(line.fields),
            page.why(line, grounds),
            page.manner(line),
            word("digital"),
        )
        for line in page.lines
    )
    return Sheet(name=word("data"), columns=heads, rows=rows)


def _disclosed(page: DeclarationPage) -> Sheet:
    word = page.words.gettext
    heads = (word("Dataset"), word("Data"), word("Purpose"), word("Recipients"), word("Told on"))
    rows = tuple(
        (one.dataset, page.titles[one.dataset], page.purpose(one), page.recipients(one), page.informed(one))
        for one in page.report.disclosed
    )
    return Sheet(name=word("recipients"), columns=heads, rows=rows)


def _grounds(grounds: Mapping[str, PurposeView], words: Words) -> Sheet:
    word = words.gettext
    heads = (word("Purpose"), word("Title"), word("Legal basis"), word("Dataset"), word("Period"), word("Source"))
    rows: list[tuple[Cell, ...]] = [
        (name, seen.title, seen.basis, rule.dataset, seen.exactly(rule), " ".join(map(seen.source, seen.data.sources)))
        for name, seen in grounds.items()
        for rule in seen.data.rules
    ]
    return Sheet(name=word("grounds"), columns=heads, rows=tuple(rows))
