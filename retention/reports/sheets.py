"""The tables of a plan and of a run, for a spreadsheet: the numbers of the page, one row a dataset."""

from __future__ import annotations

from collections.abc import Iterator

from retention.reports.figures import figures
from retention.reports.page import Page
from retention.reports.run import DatasetDone, RunReport
from retention.reports.table import Cell, Sheet
from retention.reports.view import PlanPage
from retention.reports.view_run import RunPage
from retention.reports.words import Words
from retention.summary import DatasetSummary, PlanSummary


def plan_sheets(summary: PlanSummary, words: Words) -> tuple[Sheet, ...]:
    """A plan as tables: per dataset, per reason, per rule, holds, findings."""
    word = words.gettext
    page = PlanPage.of(summary, words)
    return (
        Sheet(
            name=word("data"),
            columns=_plan_heads(words),
            rows=tuple(_planned(one, page) for one in summary.datasets),
        ),
        Sheet(
            name=word("reasons"),
            columns=(word("Dataset"), word("Code"), word("Reason"), word("Records")),
            rows=tuple(
                (one.id, code, words.reason(code), count)
                for one in summary.datasets
                for code, count in sorted(one.reasons.items())
            ),
        ),
        _findings(page, words),
    )


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
        _findings(page, words),
    )


def _plan_heads(words: Words) -> tuple[str, ...]:
    word = words.gettext
    return (
        word("Dataset"),
        word("Data"),
        word("Judged"),
        word("Goes"),
        word("Fields to erase"),
        word("Stays"),
        word("Held"),
        word("To review"),
        word("Already settled"),
        word("Goes along"),
        word("Limit"),
        word("Allowed over it"),
        word("Longest overdue, in days"),
        word("Oldest start"),
        word("Approval"),
        word("State"),
        word("Fingerprint"),
    )


def _run_heads(words: Words) -> tuple[str, ...]:
    word = words.gettext
    return (
        word("Dataset"),
        word("Data"),
        word("Planned"),
        word("Destroyed"),
        word("Anonymised"),
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


def _planned(one: DatasetSummary, page: PlanPage) -> tuple[Cell, ...]:
    mine, seen = figures([one]), page.seen(one)
    counts: list[Cell] = [mine.judged, mine.goes, mine.erase_fields, mine.stays, mine.held, mine.review, mine.settled]
    known = [None] * (len(counts) + 1) if one.failed is not None else [*counts, mine.children]
    return (
        one.id,
        page.titles[one.id],
        *known,
        one.limit,
        one.allowed,
        one.longest_overdue,
        one.oldest_start,
        seen.approval,
        seen.state[0],
        one.fingerprint,
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


def _findings(page: Page, words: Words) -> Sheet:
    def rows() -> Iterator[tuple[Cell, ...]]:
        for one in page.findings:
            text, hint = words.text(one.text), words.text(one.hint)
            yield page.severity(one.severity), one.code, one.where, one.count, text, hint

    word = words.gettext
    heads = (word("Weight"), word("Code"), word("Where"), word("Records"), word("What"), word("What to do"))
    return Sheet(name=word("findings"), columns=heads, rows=tuple(rows()))
