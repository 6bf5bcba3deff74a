"""The tables of a plan, for a spreadsheet: the numbers of the page, and what would not fit on it."""

from __future__ import annotations

from retention.reports.figures import figures
from retention.reports.sheets import findings_sheet
from retention.reports.table import Cell, Sheet
from retention.reports.view import PlanPage
from retention.reports.words import Words
from retention.summary import DatasetSummary, PlanSummary


def plan_sheets(summary: PlanSummary, words: Words) -> tuple[Sheet, ...]:
    """A plan as tables: what its page has, with everything that did not fit on it."""
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
        _purposes(page),
        _overdue(page),
        _coming(page),
        _kept(page),
        *_changes(page),
        _effects(page),
        _anonymised(page),
        _coverage(page),
        findings_sheet(page, words),
    )


def _plan_heads(words: Words) -> tuple[str, ...]:
    word = words.gettext
    return (
        word("Dataset"),
        word("Data"),
        word("Judged"),
        word("Goes"),
        word("Goes with another"),
        word("Stays"),
        word("of which fields to erase"),
        word("Held"),
        word("of which restricted"),
        word("To review"),
        word("Already settled"),
        word("Goes along"),
        word("Limit"),
        word("Allowed over it"),
        word("Already gone that day"),
        word("Longest overdue, in days"),
        word("Oldest start"),
        word("Approval"),
        word("State"),
        word("Fingerprint"),
    )


def _planned(one: DatasetSummary, page: PlanPage) -> tuple[Cell, ...]:
    mine, seen = figures([one]), page.seen(one)
    counts: list[Cell] = [mine.judged, mine.goes, mine.along, mine.stays, mine.erase_fields, mine.held]
    counts += [mine.restricted, mine.review, mine.settled]
    known = [None] * (len(counts) + 1) if one.failed is not None else [*counts, mine.children]
    return (
        one.id,
        page.titles[one.id],
        *known,
        one.limit,
        one.allowed,
        one.gone_today,
        one.longest_overdue,
        one.oldest_start,
        seen.approval,
        seen.state[0],
        one.fingerprint,
    )


def _purposes(page: PlanPage) -> Sheet:
    word, words = page.words.gettext, page.words
    return Sheet(
        name=word("purposes"),
        columns=(word("Purpose"), word("Title"), word("Dataset"), word("Code"), word("Reason"), word("Records")),
        rows=tuple(
            (one.data.purpose, one.title, dataset, code, words.reason(code), count)
            for one in page.purposes
            for dataset, code, count in one.whys
        ),
    )


def _overdue(page: PlanPage) -> Sheet:
    word, time = page.words.gettext, page.time
    return Sheet(
        name=word("how-late"),
        columns=(word("Dataset"), word("Oldest, in days"), *(time.band(band) for band in time.bands)),
        rows=tuple(
            (one.id, one.longest_overdue, *(time.in_band(one, band) for band in time.bands)) for one in time.late
        ),
    )


def _coming(page: PlanPage) -> Sheet:
    word, time = page.words.gettext, page.time
    return Sheet(
        name=word("ahead"),
        columns=(word("Dataset"), *time.months),
        rows=tuple((one.id, *(one.coming.get(month, 0) for month in time.months)) for one in time.ahead),
    )


def _kept(page: PlanPage) -> Sheet:
    word, words = page.words.gettext, page.words
    heads = (word("Dataset"), word("Code"), word("Reason"), word("Decided by"), word("Records"))
    return Sheet(
        name=word("kept-until"),
        columns=(*heads, word("First may go"), word("Last may go")),
        rows=tuple(
            (one.id, kept.reason, words.reason(kept.reason), kept.purpose, kept.records, kept.first, kept.last)
            for one in page.summary.datasets
            for kept in one.kept
        ),
    )


def _changes(page: PlanPage) -> tuple[Sheet, ...]:
    word, view = page.words.gettext, page.changes
    if view is None:
        return ()
    heads = (word("Listed then"), word("Gone since"), word("Left the list"), word("Joined the list"))
    sheet = Sheet(
        name=word("changes"),
        columns=(word("Dataset"), word("Plan before, of"), *heads, word("Listed now"), word("Why")),
        rows=tuple(
            (one.dataset, one.since, one.before, one.done, one.left, one.joined, one.now, view.why(one))
            for one in view.data.datasets
        ),
    )
    return (sheet,)


def _effects(page: PlanPage) -> Sheet:
    word = page.words.gettext
    return Sheet(
        name=word("side-effects"),
        columns=(word("When this goes"), word("Then this"), word("What happens"), word("Records")),
        rows=tuple((one.data.id, *touched) for one in page.effects for touched in one.touches),
    )


def _anonymised(page: PlanPage) -> Sheet:
    word = page.words.gettext
    return Sheet(
        name=word("anonymised"),
        columns=(word("Dataset"), word("What remains"), word("Records"), word("Smallest group"), word("Conclusion")),
        rows=tuple(
            (one.data.id, ", ".join(left.columns), left.records, left.smallest, one.conclusion[0])
            for one in page.anonymised
            if (left := one.data.remains) is not None
        ),
    )


def _coverage(page: PlanPage) -> Sheet:
    word, view = page.words.gettext, page.coverage
    heads = (word("Store"), word("Table"), word("Dataset"), word("Governed"), word("Column"))
    yes, no = word("yes"), word("no")
    return Sheet(
        name=word("coverage"),
        columns=(*heads, word("Looks personal"), word("Role")),
        rows=tuple(
            (
                one.store,
                one.table,
                one.dataset,
                view.governed(one)[0],
                column.name,
                yes if column.personal else no,
                role,
            )
            for one in page.summary.coverage
            for column in one.columns
            for role in (view.role(column),)
        ),
    )
