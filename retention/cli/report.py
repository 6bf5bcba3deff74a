"""`retention report`: what was planned and done, for people to read and for programs to count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from retention import bootstrap
from retention.cli import complete
from retention.cli.controller import controller
from retention.cli.edge import Edge, EdgeGroup, json_option, pass_edge
from retention.cli.giving import give, out_option
from retention.cli.parse import DAY
from retention.cli.show import print_json, print_lines
from retention.config import Settings
from retention.declaring import declaration as declare
from retention.declaring import destruction_list
from retention.errors import UsageError
from retention.history import history as history_of
from retention.lists import write_full_list
from retention.reporting import run_report
from retention.reports.destruction import StoreFacts
from retention.reports.pdf import pdfs
from retention.reports.render import files
from retention.text import Text


class ReportGroup(EdgeGroup):
    """`retention report RUN` is short for `retention report run RUN`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A report's name, or else a run."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["run", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=ReportGroup)
def report() -> None:
    """Report what was planned or done: on the terminal, or as pages, tables and JSON.

    `retention report RUN` is short for `retention report run RUN`. With --out the same report is written as a page in
    both languages, as CSV tables and as JSON. RUN is a run's id, the beginning of one, or `last`.

    Exit status 0; 2 when there is no such run or plan, or when the folder cannot be written.
    """


@report.command(short_help="What a plan would do.")
@click.argument("digest", shell_complete=complete.plans)
@out_option
@json_option
@pass_edge
def plan(edge: Edge, digest: str, out: Path | None) -> None:
    """Show the report of a plan again, as it was made; nothing is judged anew."""
    with bootstrap.open_retention(edge.settings) as service:
        found = service.summary(service.named(digest))
    give(edge, found, out)


@report.command(short_help="What a run did.")
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@out_option
@json_option
@pass_edge
def run(edge: Edge, run_id: str, out: Path | None) -> None:
    """Show what a run did: destroyed, held, changed, failed, refused, late, and the checkpoint to keep.

    What was destroyed and what failed is counted from the log. Of a run that has not ended, or that broke off, the
    report says so on top.
    """
    with bootstrap.open_retention(edge.settings) as service:
        found = run_report(service.installation, run_id)
    give(edge, found, out)


@report.command(name="list", short_help="What a run destroyed, or with --full what a plan lists by key.")
@click.argument("name", metavar="RUN|DIGEST", shell_complete=complete.runs)
@click.option("--full", is_flag=True, help="By key, for whoever must judge it: of a plan, by its DIGEST.")
@click.option("--until", type=DAY, help="Last day on which the full list may be there; else the plan's own.")
@out_option
@json_option
@pass_edge
def list_(edge: Edge, name: str, until: date | None, out: Path | None, *, full: bool) -> None:
    """Show the destruction list of a run: stripped, for good, without keys.

    With --full the list of a plan, by key: personal data, so it is written to lists/ in the state directory, readable
    by the sweep account alone, and the job removes it after its last day. Records that have their outcome are on no
    full list: their keys are erased with it.
    """
    with bootstrap.open_retention(edge.settings) as service:
        if full:
            if out is not None:
                raise UsageError("A full list has one place, so that the job can remove it. Leave --out out.")
            plan = service.named(name)
            path = write_full_list(service.installation, plan, service.summary(plan), edge.language, until=until)
            if edge.as_json:
                return print_json({"file": path})
            return print_lines([edge.say(Text(nl=f"volledige lijst: {path}", en=f"full list: {path}"))])
        if until is not None:
            raise UsageError("--until is for a full list: the stripped one is for good.")
        found = destruction_list(service.installation, name)
    return give(edge, found, out)


@report.command(short_help="The declaration of destruction of a run.")
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@click.option("--pdf", is_flag=True, help="Write it as PDF/A too, with the JSON inside; needs --out.")
@out_option
@json_option
@pass_edge
def declaration(edge: Edge, run_id: str, out: Path | None, *, pdf: bool) -> None:
    """Show the declaration of destruction of a run (Archiefbesluit 1995 art. 8).

    Specification, ground, manner, time, by whom, approvals, what stayed and what failed, who may have received the
    data, what may remain in back-ups, and how to check it. With --out also the stripped list, whose SHA-256 the
    declaration has.
    """
    if pdf and out is None:
        raise UsageError("--pdf writes a file. Name its folder with --out DIR.")
    with bootstrap.open_retention(edge.settings) as service:
        declared, listed = declare(
            service.installation,
            run_id,
            controller=controller(edge.settings),
            stores=_store_facts(edge.settings),
        )
    more = {**files(listed), **(pdfs(declared, listed) if pdf else {})}
    give(edge, declared, out, more)


@report.command(short_help="What the months behind us show, over all runs.")
@click.option(
    "--months", type=click.IntRange(1, 120), default=12, show_default=True, help="Calendar months, this one included."
)
@out_option
@json_option
@pass_edge
def history(edge: Edge, out: Path | None, months: int) -> None:
    """Show the history over runs: destroyed per purpose and month, how late, which holds stand, what was refused.

    What was destroyed is counted from the log, for the month in which it was signed.
    """
    with bootstrap.open_retention(edge.settings) as service:
        found = history_of(service.installation, months=months)
    give(edge, found, out)


def _store_facts(settings: Settings) -> Mapping[str, StoreFacts]:
    """What a declaration says of each store, without its address."""
    return {name: StoreFacts(engine=one.engine, backup_days=one.backup_days) for name, one in settings.stores.items()}
