"""A run on a terminal: the same value, the same numbers as on the page."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table

from retention.reports.run import RunReport
from retention.reports.terminal_table import counted, named, said, table
from retention.reports.view_run import RunPage
from retention.reports.words import Words
from retention.text import Language


def run_tables(report: RunReport, language: Language) -> RenderableType:
    """A run as tables for a terminal of any width; the checkpoint is three lines of their own."""
    return Group(*_parts(RunPage.of(report, Words(language))))


def _parts(page: RunPage) -> Iterator[RenderableType]:
    report, word = page.report, page.words.gettext
    yield said(f"{page.heading} · {page.organisation}", style="bold")
    if page.unfinished:
        yield said(page.unfinished, style="red")
    yield said(f"{page.opening} {page.status[0]}. {report.run}, {page.duration}.")
    if report.datasets:
        yield _datasets(page)
    for remark in report.remarks:
        yield said(f"• {page.words.text(remark)}")
    for trouble in page.troubles():
        many = "" if trouble.count is None else f" ({page.words.records(trouble.count)})"
        yield said(f"• {trouble.title}{many}. {trouble.text}", style="red" if trouble.kind == "alarm" else "")
    if report.checkpoint:
        keep = word("Checkpoint, to keep elsewhere:")
        yield said(f"\n{keep}", style="bold")
        yield said("\n".join(report.checkpoint))


def _datasets(page: RunPage) -> Table:
    word = page.words.gettext
    heads = (
        *(word("Data"), word("Planned"), word("Destroyed"), word("Anonymised"), word("Fields erased")),
        *(word("Newly held"), word("Postponed"), word("Changed"), word("Already gone"), word("Failed")),
        *(word("Refused"), word("Waiting"), word("Late")),
    )
    shown = table(f"\n{word('Per dataset: what was done, what was not?')}", *heads, numbers=len(heads) - 1)
    for one in page.datasets:
        planned = None if one.told is None else one.told.planned
        done = (planned, one.deleted, one.anonymised, one.fields_erased)
        rest = (one.held, one.postponed, one.changed, one.gone, one.failed, one.refused, one.waiting, one.late)
        numbers = (counted(page.words, count) for count in (*done, *rest))
        shown.add_row(named(page.titles[one.id], one.id), *numbers)
    return shown
