"""How a command gives a report: written as pages, tables and JSON, printed as JSON, or shown to people."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from retention.cli.edge import Edge
from retention.cli.show import print_lines
from retention.reports.files import write
from retention.reports.render import Report, files
from retention.reports.terminal import report_tables
from retention.reports.values import as_json
from retention.text import Text

_SHOWN_WIDTH: Final = 120  # columns, where no terminal says how wide it is

out_option = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the pages, the tables and the JSON."
)


def give(edge: Edge, found: Report, out: Path | None, more: Mapping[str, bytes] | None = None) -> None:
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
