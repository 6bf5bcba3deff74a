"""The tables of the register of processing activities and of the public table, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator

from retention.reports.activities import ProcessingRegister
from retention.reports.public import PublicTable
from retention.reports.table import Cell, Sheet
from retention.reports.view_register import PublicPage, RegisterPage
from retention.reports.words import Words


def register_sheets(report: ProcessingRegister, words: Words) -> tuple[Sheet, ...]:
    """The register as tables: one row an activity, and one row a time limit."""
    page, word = RegisterPage.of(report, words), words.gettext
    activities = Sheet(
        name=word("activities"),
        columns=(
            word("Controller"),
            word("Address"),
            word("Contact"),
            word("Data protection officer"),
            word("Purpose"),
            word("Title"),
            word("Legal basis"),
            word("Who decides"),
            word("Data subjects"),
            word("Personal data"),
            word("Recipients"),
            word("Transfers outside the EU"),
            word("Time limits"),
            word("Security measures"),
            word("Sources"),
        ),
        rows=tuple(_activities(page)),
    )
    return activities, _limits(page)


def _activities(page: RegisterPage) -> Iterator[tuple[Cell, ...]]:
    report = page.report
    for one in page.report.activities:
        yield (
            report.organisation,
            page.declared(report.address),
            page.declared(report.contact),
            page.declared(report.privacy_officer),
            one.purpose,
            page.words.text(one.title),
            page.basis(one.legal_basis),
            one.owner,
            page.subjects(one),
            "; ".join(f"{page.titles[each.dataset]}: {page.fields(each)}" for each in one.data),
            page.declared(one.declared.recipients),
            page.declared(one.declared.transfers),
            page.limits(one),
            page.declared(one.declared.security),
            " ".join(page.source(source) for source in one.sources),
        )


def _limits(page: RegisterPage) -> Sheet:
    word, text = page.words.gettext, page.words.text
    return Sheet(
        name=word("time-limits"),
        columns=(
            word("Purpose"),
            word("Title"),
            word("Dataset"),
            word("Data"),
            word("Which records"),
            word("Period"),
            word("How long"),
            word("Then"),
        ),
        rows=tuple(
            (
                one.purpose,
                text(one.title),
                limit.dataset,
                text(limit.title),
                word("all") if limit.condition is None else text(limit.condition),
                limit.period,
                page.limit(limit),
                page.action(limit),
            )
            for one in page.report.activities
            for limit in one.limits
        ),
    )


def public_sheets(report: PublicTable, words: Words) -> tuple[Sheet, ...]:
    """The public table as one table."""
    page, word, text = PublicPage.of(report, words), words.gettext, words.text
    return (
        Sheet(
            name=word("periods"),
            columns=(
                word("What for"),
                word("Legal basis"),
                word("Data"),
                word("How long"),
                word("From when"),
                word("Then"),
                word("Why this long"),
            ),
            rows=tuple(
                (
                    text(purpose.title),
                    page.basis(purpose.legal_basis),
                    page.data(kept),
                    page.length(kept.period),
                    text(kept.since),
                    page.after(kept),
                    " ".join(page.source(source) for source in purpose.sources),
                )
                for purpose in report.purposes
                for kept in purpose.kept
            ),
        ),
    )
