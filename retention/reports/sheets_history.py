"""The tables of the history, for a spreadsheet."""

from __future__ import annotations

from retention.reports.history import History
from retention.reports.table import Sheet
from retention.reports.view_history import HistoryPage
from retention.reports.words import Words


def history_sheets(report: History, words: Words) -> tuple[Sheet, ...]:
    """The history as tables: per month, per purpose and month, open holds, refusals."""
    page = HistoryPage.of(report, words)
    return _months(page), _purposes(page), _holds(page), _refusals(page)


def _months(page: HistoryPage) -> Sheet:
    word = page.words.gettext
    heads = (
        word("Month"),
        word("Runs"),
        word("Destroyed"),
        word("Longest overdue, in days"),
        word("Undone"),
        word("Runs with a refusal"),
        word("Runs that failed"),
    )
    return Sheet(
        name=word("months"),
        columns=heads,
        rows=tuple(
            (one.month, one.runs, one.destroyed, one.overdue, one.late, one.refused, one.failed)
            for one in page.report.months
        ),
    )


def _purposes(page: HistoryPage) -> Sheet:
    word = page.words.gettext
    return Sheet(
        name=word("purposes"),
        columns=(word("Month"), word("Purpose"), word("Title"), word("Records")),
        rows=tuple(
            (one.month, name, page.purpose(name), count)
            for one in page.report.months
            for name, count in one.by_purpose.items()
        ),
    )


def _holds(page: HistoryPage) -> Sheet:
    word = page.words.gettext
    return Sheet(
        name=word("holds"),
        columns=(word("Hold"), word("Kind"), word("Since"), word("Days"), word("Review on")),
        rows=tuple((one.id, page.kind(one), one.since, one.days, one.review_on) for one in page.report.holds),
    )


def _refusals(page: HistoryPage) -> Sheet:
    word = page.words.gettext
    heads = (word("Dataset"), word("Data"), word("Runs"), word("Most records at once"), word("Last"), word("Why"))
    return Sheet(
        name=word("refusals"),
        columns=heads,
        rows=tuple(
            (
                one.dataset,
                page.titles[one.dataset],
                one.times,
                one.records,
                one.last,
                None if one.why is None else page.words.text(one.why),
            )
            for one in page.report.refusals
        ),
    )
