"""The history on a terminal: the same value, the same numbers as on the page."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType

from retention.reports.history import History
from retention.reports.terminal_table import counted, named, said, table
from retention.reports.view_history import HistoryPage
from retention.reports.words import Words
from retention.text import Language


def history_tables(report: History, language: Language) -> RenderableType:
    """A history as tables for a terminal of any width."""
    return Group(*_parts(HistoryPage.of(report, Words(language))))


def _parts(page: HistoryPage) -> Iterator[RenderableType]:
    report, word = page.report, page.words.gettext
    yield said(f"{page.heading} · {page.organisation}", style="bold")
    yield said(page.opening)
    yield _months(page)
    if page.by_purpose:
        shown = table(f"\n{word('Of which purposes was it?')}", word("Purpose"), word("Records"), numbers=1)
        for name, count in page.by_purpose.items():
            shown.add_row(named(page.purpose(name), name), counted(page.words, count))
        yield shown
    if report.holds:
        shown = table(f"\n{word('Open holds')}", word("Hold"), word("Days"), word("Review on"), numbers=1)
        for hold in report.holds:
            review = said(page.review(hold), style="red" if hold.forgotten else "")
            shown.add_row(named(page.kind(hold), hold.id), counted(page.words, hold.days), review)
        yield shown
    for one in report.refusals:
        why = "" if one.why is None else f", {page.words.text(one.why)}"
        times = page.words.ngettext("refused in %(count)s run", "refused in %(count)s runs", one.times)
        yield said(f"• {page.titles[one.dataset]}: {times % {'count': page.words.number(one.times)}}{why}", style="red")


def _months(page: HistoryPage) -> RenderableType:
    word, words = page.words.gettext, page.words
    heads = (word("Runs"), word("Destroyed"), word("Overdue, days"), word("Undone"), word("Refused"), word("Failed"))
    shown = table(f"\n{page.destroyed_chart().title}", word("Month"), *heads, numbers=6)
    for one in page.report.months:
        numbers = (one.runs, one.destroyed, one.overdue, one.late, one.refused, one.failed)
        shown.add_row(said(page.month(one)), *(counted(words, count) for count in numbers))
    return shown
