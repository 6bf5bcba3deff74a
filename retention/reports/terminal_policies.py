"""A change of policies on a terminal: the same value, the same numbers as on the page."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType

from retention.reports.policy_change import PolicyChange
from retention.reports.terminal_table import counted, named, said, table
from retention.reports.view_policies import ChangePage
from retention.reports.words import Words
from retention.text import Language


def change_tables(report: PolicyChange, language: Language) -> RenderableType:
    """A change as tables for a terminal of any width."""
    return Group(*_parts(ChangePage.of(report, Words(language))))


def _parts(page: ChangePage) -> Iterator[RenderableType]:
    report, word = page.report, page.words.gettext
    yield said(f"{page.heading} · {page.organisation}", style="bold")
    yield said(page.opening)
    if report.impacts:
        yield _data(page)
    if page.purposes:
        yield _purposes(page)
    for one in report.impacts:
        if remark := page.remark(one):
            yield said(f"• {page.titles[one.dataset]}: {remark}", style="red" if one.why is not None else "")
    if report.sentences:
        shown = table(f"\n{word('Sentences: what is said otherwise?')}", word("About"), word("Old"), word("New"))
        for line in report.sentences:
            texts = ("" if text is None else page.words.text(text) for text in (line.old, line.new))
            shown.add_row(said(page.about(line)), *(said(text) for text in texts))
        yield shown


def _data(page: ChangePage) -> RenderableType:
    word, words = page.words.gettext, page.words
    heads = (word("Due, old"), word("Leaves"), word("Joins"), word("Due, new"), word("Otherwise"))
    title = word("Per dataset: what leaves the due list, what joins it?")
    shown = table(f"\n{title}", word("Data"), *heads, word("Irrecoverable"), numbers=6)
    for one in page.report.impacts:
        numbers = (one.old_due, one.leaves, one.joins, one.new_due, one.otherwise, one.gone_together)
        shown.add_row(named(page.titles[one.dataset], one.dataset), *(counted(words, count) for count in numbers))
    return shown


def _purposes(page: ChangePage) -> RenderableType:
    word, words = page.words.gettext, page.words
    heads = (word("Leaves"), word("Joins"), word("Irrecoverable"))
    title = word("Per purpose: which purpose makes the difference?")
    shown = table(f"\n{title}", word("Purpose"), *heads, word("Data"), numbers=3)
    for one in page.purposes:
        numbers = (counted(words, count) for count in (one.leaves, one.joins, one.gone))
        shown.add_row(said(one.purpose), *numbers, said(page.titles[one.dataset]))
    return shown
