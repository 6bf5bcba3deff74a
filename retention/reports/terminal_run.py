"""A run on a terminal: the same value, the same numbers as on the page."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table

from retention.reports.run import DatasetDone, RunReport
from retention.reports.terminal_table import counted, named, said, table
from retention.reports.view_run import RunPage, begun
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
    yield said(f"{page.opening} {begun(page.status[0])} {report.run}, {page.duration}.")
    if report.datasets:
        yield _datasets(page)
    for remark in report.remarks:
        yield said(f"• {begun(page.words.text(remark))}")
    for trouble in page.troubles():
        many = "" if trouble.count is None else f" ({page.words.records(trouble.count)})"
        yield said(f"• {trouble.title}{many}. {trouble.text}", style="red" if trouble.kind == "alarm" else "")
    if report.checkpoint:
        keep = word("Checkpoint, to keep elsewhere:")
        yield said(f"\n{keep}", style="bold")
        yield said("\n".join(report.checkpoint))


def _datasets(page: RunPage) -> Table:
    """What was done in numbers, and the rest in words: a terminal is too narrow for a column each."""
    word, words = page.words.gettext, page.words
    done: list[tuple[str, list[int]]] = [(word("Destroyed"), [one.deleted for one in page.datasets])]
    if any(one.anonymised for one in page.datasets):
        done.append((word("Anonymous or pseudonymous"), [one.anonymised for one in page.datasets]))
    if any(one.fields_erased for one in page.datasets):
        done.append((word("Fields erased"), [one.fields_erased for one in page.datasets]))
    title = word("Per dataset: what was done, what was not?")
    heads = (word("Data"), word("Planned"), *(head for head, _ in done), word("Besides"))
    shown = table(f"\n{title}", *heads, numbers=1 + len(done))
    for place, one in enumerate(page.datasets):
        planned = None if one.told is None else one.told.planned
        numbers = (counted(words, count) for count in (planned, *(counts[place] for _, counts in done)))
        shown.add_row(named(page.titles[one.id], one.id), *numbers, said(", ".join(_besides(one, page))))
    return shown


def _besides(one: DatasetDone, page: RunPage) -> Iterator[str]:
    """What else there is to say of a dataset, each with its number; what is 0 is left out, what is not known is not."""
    word = page.words.gettext
    numbers = (
        (word("Went along"), one.along),
        (word("Newly held"), one.held),
        (word("Postponed"), one.postponed),
        (word("Changed"), one.changed),
        (word("Already gone"), one.gone),
        (word("Failed"), one.failed),
        (word("Refused"), one.refused),
        (word("Waiting"), one.waiting),
        (word("Late"), one.late),
        (word("Without outcome"), one.open),
    )
    return (f"{label}: {counted(page.words, count)}" for label, count in numbers if count != 0)
