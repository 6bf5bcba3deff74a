"""A stripped list and a declaration on a terminal: the same value, the same numbers as on the page."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table

from retention.reports.destruction import Declaration, DestructionList
from retention.reports.terminal_table import counted, named, said, table
from retention.reports.view_destruction import DeclarationPage, ListPage
from retention.reports.words import Words
from retention.text import Language


def list_tables(report: DestructionList, language: Language) -> RenderableType:
    """A stripped list for a terminal of any width."""
    page = ListPage.of(report, Words(language))
    return Group(said(f"{page.heading} · {page.organisation}", style="bold"), _lines(page))


def declaration_tables(report: Declaration, language: Language) -> RenderableType:
    """A declaration for a terminal of any width."""
    return Group(*_parts(DeclarationPage.of(report, Words(language))))


def _parts(page: DeclarationPage) -> Iterator[RenderableType]:
    report, word = page.report, page.words.gettext
    yield said(f"{page.heading} · {page.organisation}", style="bold")
    if page.unfinished:
        yield said(page.unfinished, style="red")
    yield said(f"{report.id}, {page.counted(page.together)}")
    yield _lines(page)
    for exclusion in report.exclusions:
        stayed = f"{page.titles[exclusion.dataset]}: {page.counted(exclusion.records)}, {page.reason(exclusion)}"
        yield said(f"• {stayed}")
    for failure in report.failures:
        many = "" if failure.records is None else f"{page.counted(failure.records)}, "
        yield said(f"• {page.titles[failure.dataset]}: {many}{page.failure(failure)}", style="red")
    if report.disclosed:
        yield _disclosed(page)
    stripped = word("The stripped list")
    yield said(f"\n{stripped}: {report.list_file}, SHA-256 {report.list_sha256}")
    if report.checkpoint:
        keep = word("Checkpoint, to keep elsewhere:")
        yield said(f"\n{keep}", style="bold")
        yield said("\n".join(report.checkpoint))


def _disclosed(page: DeclarationPage) -> Table:
    word = page.words.gettext
    shown = table(f"\n{word('Who should be told')}", word("Data"), word("Purpose"), word("Recipients"), word("Told on"))
    for one in page.report.disclosed:
        cells = (page.purpose(one), page.recipients(one), page.informed(one))
        shown.add_row(named(page.titles[one.dataset], one.dataset), *map(said, cells))
    return shown


def _lines(page: ListPage | DeclarationPage) -> Table:
    word = page.words.gettext
    shown = table(
        f"\n{word('What was destroyed')}", word("Data"), word("Records"), word("Done"), word("Purposes"), numbers=1
    )
    for line in page.lines:
        done, why = page.act(line), page.why(line, page.grounds)
        shown.add_row(
            named(page.titles[line.dataset], line.dataset), counted(page.words, line.records), done, said(why)
        )
    return shown
