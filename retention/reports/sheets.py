"""The tables of a run, for a spreadsheet: the numbers of the page, one row a dataset."""

from __future__ import annotations

from collections.abc import Iterator

from retention.reports.page import Page
from retention.reports.run import DatasetDone, RunReport
from retention.reports.table import Cell, Sheet
from retention.reports.view_run import RunPage
from retention.reports.words import Words


def run_sheets(report: RunReport, words: Words) -> tuple[Sheet, ...]:
    """A run as tables: per dataset, per purpose, findings."""
    word = words.gettext
    page = RunPage.of(report, words)
    return (
        Sheet(
            name=word("data"),
            columns=_run_heads(words),
            rows=tuple(_done(one, page) for one in report.datasets),
        ),
        Sheet(
            name=word("purposes"),
            columns=(word("Purpose"), word("Title"), word("Dataset"), word("Records")),
            rows=tuple(
                (one.policy.purpose, words.text(one.policy.title), dataset, count)
                for one in report.purposes
                for dataset, count in sorted(one.destroyed.items())
            ),
        ),
        findings_sheet(page, words),
    )


def _run_heads(words: Words) -> tuple[str, ...]:
    word = words.gettext
    return (
        word("Dataset"),
        word("Data"),
        word("Planned"),
        word("Destroyed"),
        word("Anonymous or pseudonymous"),
        word("Fields erased"),
        word("Went along"),
        word("Newly held"),
        word("Postponed"),
        word("Changed"),
        word("Already gone"),
        word("Failed"),
        word("Refused"),
        word("Waiting"),
        word("Late"),
        word("Without outcome"),
        word("Remark"),
    )


def _done(one: DatasetDone, page: RunPage) -> tuple[Cell, ...]:
    why = "" if one.told is None or one.told.why is None else page.words.text(one.told.why)
    return (
        one.id,
        page.titles[one.id],
        None if one.told is None else one.told.planned,
        one.deleted,
        one.anonymised,
        one.fields_erased,
        one.along,
        *(one.held, one.postponed, one.changed, one.gone, one.failed, one.refused, one.waiting, one.late),
        one.open,
        why,
    )


def findings_sheet(page: Page, words: Words) -> Sheet:
    """The findings of any page."""

    def rows() -> Iterator[tuple[Cell, ...]]:
        for one in page.findings:
            text, hint = words.text(one.text), words.text(one.hint)
            yield page.severity(one.severity), one.code, one.where, one.count, text, hint

    word = words.gettext
    heads = (word("Weight"), word("Code"), word("Where"), word("Records"), word("What"), word("What to do"))
    return Sheet(name=word("findings"), columns=heads, rows=tuple(rows()))
