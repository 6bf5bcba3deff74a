"""`retention status`: one look in the morning."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
from rich.console import Console

from retention import opening
from retention.cli.edge import Edge, EdgeCommand, json_option, pass_edge
from retention.cli.schedule import next_start
from retention.cli.show import plain, print_json
from retention.cli.status_lines import Line, Saying
from retention.status.gather import look
from retention.status.value import Status


@click.command(cls=EdgeCommand, short_help="Say whether the nights went well.")
@json_option
@pass_edge
def status(edge: Edge) -> int:
    """Say whether the nights went well, what is overdue, and what waits for somebody.

    Reads our own memory and the published log, never a store. Each line that is red or waits has a code; docs/status.md
    says what each means. The whole log is not verified here: `retention audit verify` does.

    Exit status 0 green; 1 red: a night was missed or failed, residue, no verification for too long, the disk nearly
    full; 4 red, and proof is at risk: the control store cannot be read or is an old copy, the log does not verify, or
    a key is missing from the account that sweeps; 5 something waits for a person; 2 the configuration.
    """
    settings, now = edge.settings, opening.now()
    found = look(settings, now=now, next_night=next_start(settings, "sweep", now))
    if edge.as_json:
        print_json(_answer(found))
    else:
        _print(Saying(edge.language, settings.zone, now).lines(found))
    return found.exit_status


def _answer(found: Status) -> dict[str, object]:
    """The status as programs read it: every alarm with its level, red or not, and the exit status."""
    alarms = [plain(alarm) | {"level": alarm.level.value} for alarm in found.alarms]
    said: dict[str, object] = plain(found)
    return said | {"alarms": alarms, "red": bool(found.red), "exit_status": found.exit_status}


def _print(lines: Iterator[Line]) -> None:
    """On a terminal in colour and folded to its width, elsewhere as they are."""
    if not sys.stdout.isatty():
        for line in lines:
            click.echo(line.text)
        return
    console = Console(markup=False, highlight=False)
    for line in lines:
        console.print(line.text, style=line.style)
