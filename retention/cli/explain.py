"""`retention explain`: why a record stays or goes."""

from __future__ import annotations

import sys

import click

from retention.cli import complete
from retention.cli.edge import Edge, EdgeCommand, json_option, pass_edge
from retention.cli.service import open_service
from retention.cli.show import print_json, print_lines
from retention.errors import UsageError


@click.command(cls=EdgeCommand)
@click.argument("dataset", shell_complete=complete.datasets)
@click.argument("key")
@json_option
@pass_edge
def explain(edge: Edge, dataset: str, key: str) -> None:
    """Say why a record is kept, until when, and which purpose or hold decides.

    KEY is the record's key; parts are joined by commas. With - the keys are read from standard input, one a line, so
    that none stands in the shell's history.
    """
    keys = [line.strip() for line in sys.stdin if line.strip()] if key == "-" else [key]
    if not keys:
        raise UsageError("No key on standard input. Write one a line.")
    with open_service(edge.settings) as service:
        found = [service.explain(dataset, one) for one in keys]
    if edge.as_json:
        return print_json([one.to_dict() for one in found])
    return print_lines(line for one in found for line in one.lines(edge.language))
