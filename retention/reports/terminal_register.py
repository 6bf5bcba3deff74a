"""The register of processing activities and the public table on a terminal: the same value as on the page."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType

from retention.reports.activities import ProcessingRegister
from retention.reports.public import PublicTable
from retention.reports.terminal_table import named, said, table
from retention.reports.view_register import PublicPage, RegisterPage
from retention.reports.words import Words
from retention.text import Language


def register_tables(report: ProcessingRegister, language: Language) -> RenderableType:
    """The register for a terminal of any width: an overview, and what is missing."""
    page = RegisterPage.of(report, Words(language))
    return Group(*_register(page))


def _register(page: RegisterPage) -> Iterator[RenderableType]:
    report, word, text = page.report, page.words.gettext, page.words.text
    yield said(f"{page.heading} · {page.organisation}", style="bold")
    yield said(page.opening)
    for label, answer in (
        (word("Address"), report.address),
        (word("Contact"), report.contact),
        (word("Data protection officer"), report.privacy_officer),
    ):
        yield said(f"{label}: {page.declared(answer)}", style="" if answer else "yellow")
    shown = table(
        f"\n{word('Overview: what for, about whom, how long?')}",
        word("Purpose"),
        word("Legal basis"),
        word("Data subjects"),
        word("Recipients"),
        word("Time limits"),
    )
    for one in report.activities:
        recipients = page.declared(one.declared.recipients)
        cells = (page.basis(one.legal_basis), page.subjects(one), recipients, page.limits(one))
        shown.add_row(named(text(one.title), one.purpose), *(said(cell) for cell in cells))
    yield shown


def public_tables(report: PublicTable, language: Language) -> RenderableType:
    """The public table for a terminal of any width."""
    page = PublicPage.of(report, Words(language))
    word, text = page.words.gettext, page.words.text
    heads = (word("What for"), word("Data"), word("How long"), word("From when"), word("Then"))
    shown = table("", *heads)
    for purpose in report.purposes:
        for kept in purpose.kept:
            cells = (page.data(kept), page.length(kept.period), text(kept.since), page.after(kept))
            shown.add_row(said(text(purpose.title)), *(said(cell) for cell in cells))
    return Group(said(f"{page.heading} · {page.organisation}", style="bold"), shown, *_unworded(page))


def _unworded(page: PublicPage) -> Iterator[RenderableType]:
    many = page.report.unworded
    if many:
        told = page.words.ngettext(
            "%(count)s place in the policies still lacks words for people: give the rule `shown`, the dataset `title`.",
            "%(count)s places in the policies still lack words for people: give the rule `shown`, the dataset `title`.",
            many,
        )
        yield said(told % {"count": page.words.number(many)}, style="yellow")
