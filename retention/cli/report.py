"""`retention report`: what was planned and done, for people to read and for programs to count."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from retention import bootstrap
from retention.cli import complete
from retention.cli.edge import Edge, EdgeGroup, json_option, pass_edge
from retention.cli.show import print_lines
from retention.reports.files import write
from retention.reports.render import Report, files
from retention.reports.terminal import report_tables
from retention.reports.values import as_json
from retention.text import Text

_SHOWN_WIDTH = 120  # columns, where no terminal says how wide it is


class ReportGroup(EdgeGroup):
    """`retention report RUN` is short for `retention report run RUN`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A report's name, or else a run."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["run", *args]
        return super().resolve_command(ctx, args)


out_option = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the pages, the tables and the JSON."
)


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
    _give(edge, found, out)


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
        found = service.run_report(run_id)
    _give(edge, found, out)


def _give(edge: Edge, found: Report, out: Path | None, more: Mapping[str, bytes] | None = None) -> None:
    """Write a report where that was asked, and show it as JSON or for people."""
    written = () if out is None else write(out, {**files(found), **(more or {})})
    if edge.as_json:
        return click.echo(as_json(found), nl=False)
    if out is None:
        return console().print(report_tables(found, edge.language))
    return print_lines(edge.say(Text(nl=f"geschreven: {path}", en=f"written: {path}")) for path in written)


def console(**more: Any) -> Console:
    """Where tables are printed: as wide as the terminal."""
    width = None if sys.stdout.isatty() else _SHOWN_WIDTH
    return Console(file=sys.stdout, width=width, highlight=False, **more)
