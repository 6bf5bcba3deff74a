"""A plan on a terminal: the same value, the same numbers as on the page; what only informs is left to the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, assert_never

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from retention.finding import Severity
from retention.reports.activities import ProcessingRegister
from retention.reports.destruction import Declaration, DestructionList
from retention.reports.figures import decisions, figures
from retention.reports.history import History
from retention.reports.policy_change import PolicyChange
from retention.reports.public import PublicTable
from retention.reports.render import Report
from retention.reports.run import RunReport
from retention.reports.terminal_destruction import declaration_tables, list_tables
from retention.reports.terminal_history import history_tables
from retention.reports.terminal_policies import change_tables
from retention.reports.terminal_register import public_tables, register_tables
from retention.reports.terminal_run import run_tables
from retention.reports.terminal_table import UNKNOWN, table
from retention.reports.view import PlanPage
from retention.reports.words import Words, plain
from retention.summary import PlanSummary
from retention.text import Language

_STYLE_OF: Final = {"error": "red", "review": "yellow", "law": "green", "warning": "yellow", "": "dim", "notice": "dim"}


def print_plan(console: Console, summary: PlanSummary, language: Language) -> None:
    """Print a plan; the command to approve it stays one line, so that it can be copied whole."""
    console.print(plan_tables(summary, language))
    if summary.approve_command is not None:
        console.print(Line(plain(Words(language).gettext("Agreed? Then type exactly this:"))), end="\n\n")
        console.print(Line(f"  {plain(summary.approve_command)}", style="bold"), soft_wrap=True)


def report_tables(report: Report, language: Language) -> RenderableType:
    """A report for a terminal of any width."""
    match report:
        case PlanSummary():
            return plan_tables(report, language)
        case RunReport():
            return run_tables(report, language)
        case DestructionList():
            return list_tables(report, language)
        case Declaration():
            return declaration_tables(report, language)
        case ProcessingRegister():
            return register_tables(report, language)
        case PublicTable():
            return public_tables(report, language)
        case PolicyChange():
            return change_tables(report, language)
        case History():
            return history_tables(report, language)
        case _:
            assert_never(report)


def plan_tables(summary: PlanSummary, language: Language) -> RenderableType:
    """A plan as tables for a terminal of any width."""
    page = PlanPage.of(summary, Words(language))
    return Group(*_parts(page))


def _parts(page: PlanPage) -> Iterator[RenderableType]:
    summary, words = page.summary, page.words
    title = words.gettext("Dry run of %(day)s") % {"day": words.date(summary.reference_date)}
    yield Line(plain(f"{title} · {summary.organisation}"), style="bold")
    yield Line(words.gettext("This is a dry run. Nothing was changed or destroyed."))
    yield Line(page.opening() if summary.planned else words.gettext("Nothing is due today."))
    if page.pseudonyms:
        yield Line(page.still_personal(), style="yellow")
    if summary.datasets:
        yield _datasets(page)
    if summary.holds:
        yield _holds(page)
    if any(finding.severity is not Severity.NOTICE for finding in summary.findings):
        yield _findings(page)
    yield from _to_decide(page)


def _datasets(page: PlanPage) -> Table:
    word, count = page.words.gettext, page.words.count
    heads = [word("Data"), word("Goes"), word("Fields to erase"), word("Stays"), word("Held"), word("To review")]
    shown = table(f"\n{word('Per dataset: what goes, what stays?')}", *heads, word("State"), numbers=5)
    for dataset in page.datasets:
        mine = dataset.figures
        numbers = (mine.goes, mine.erase_fields, mine.stays, mine.held, mine.review)
        cells = [UNKNOWN] * len(numbers) if dataset.unknown else [count(n) for n in numbers]
        state, kind = dataset.state
        shown.add_row(_named(page, dataset.data.id), *cells, Line(state, style=_STYLE_OF[kind]))
    total = figures(page.summary.datasets)
    sums = (total.goes, total.erase_fields, total.stays, total.held, total.review)
    shown.add_row(Line(word("Together"), style="bold"), *(Line(count(n), style="bold") for n in sums), "")
    return shown


def _named(page: PlanPage, dataset_id: str) -> Line:
    return Line.assemble(plain(page.titles[dataset_id]), " ", (dataset_id, "dim"))


def _holds(page: PlanPage) -> Table:
    word = page.words.gettext
    shown = table(f"\n{word('Holds')}", word("Hold"), word("Since"), word("Review on"), word("Stops today"))
    for hold in page.summary.holds:
        stops = page.per_dataset(hold.stops) or word("nothing that would have gone")
        shown.add_row(
            Line.assemble(page.kind(hold), " ", (hold.id, "dim")),
            page.words.date(hold.since),
            page.review(hold),
            Line(plain(stops)),
        )
    return shown


def _findings(page: PlanPage) -> Table:
    word, text = page.words.gettext, page.words.text
    shown = table(f"\n{word('Findings')}", word("Weight"), word("What, and where"), word("What to do"))
    for finding in (one for one in page.findings if one.severity is not Severity.NOTICE):
        many = "" if finding.count is None else f" ({page.words.records(finding.count)})"
        shown.add_row(
            Line(page.severity(finding.severity), style=_severity_style(finding.severity)),
            Line.assemble(plain(text(finding.text) + many), " ", (plain(finding.where), "dim")),
            Line(plain(text(finding.hint))),
        )
    return shown


def _severity_style(severity: Severity) -> str:
    return _STYLE_OF[severity.value]


def _to_decide(page: PlanPage) -> Iterator[RenderableType]:
    found, word = decisions(page.summary), page.words.gettext
    yield Line(f"\n{word('To decide now')}", style="bold")
    for dataset in found.refused:
        over = word("Over the limit: %(title)s") % {"title": page.titles[dataset.id]}
        due = page.seen(dataset).due
        yield Line(plain(f"• {over}. {due}"), style="red")
    for dataset in found.unjudged:
        failed = word("Could not be judged: %(title)s") % {"title": page.titles[dataset.id]}
        yield Line(plain(f"• {failed}: {page.seen(dataset).failure}"), style="red")
    for finding in found.errors:
        yield Line(plain(f"• {page.words.text(finding.text)} ({finding.where})"), style="red")
    for dataset in found.unapproved:
        waits, many = word("Not approved yet"), page.words.records(dataset.planned)
        yield Line(plain(f"• {waits}: {page.titles[dataset.id]}, {many}"), style="yellow")
    if not found:
        yield Line(word("Nothing waits for a person."))
    elif page.summary.approve_command is None:
        yield Line(page.no_approval())
