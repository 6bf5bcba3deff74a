"""`retention audit`: what the log proves, read with public keys alone."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from retention.audit.leaf import TYPES
from retention.audit.show import ShownEntry, read_entries
from retention.audit.trust import Trust, parse_trust
from retention.audit.verify import Verification, verify_directory
from retention.cli import complete
from retention.cli.edge import Edge, EdgeGroup, json_option, pass_edge
from retention.cli.show import print_json, print_lines, print_table
from retention.errors import ConfigError, UsageError

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)

log_option = click.option("--log", "directory", type=_FOLDER, help="The published log; else the configuration's.")
trust_option = click.option("--trust", type=_FILE, help="Whom to believe: the trust file; else the configuration's.")


def _kinds(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the kinds of entries in the log."""
    return [CompletionItem(name) for name in TYPES.values() if name.startswith(incomplete)]


@click.group(cls=EdgeGroup)
def audit() -> None:
    """Verify the audit log, or read it."""


@audit.command()
@log_option
@trust_option
@click.option(
    "--since",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    multiple=True,
    help="A checkpoint that was kept elsewhere: a file, or - to paste its three lines. Repeatable.",
)
@click.option(
    "--not-before",
    type=click.DateTime(),
    metavar="TIME",
    help="The newest entry is not older than this: 2026-07-01, or 2026-07-01T02:00:00, in UTC.",
)
@click.option("--no-manifests", is_flag=True, help="Do not read the lists of references.")
@json_option
@pass_edge
def verify(
    edge: Edge,
    directory: Path | None,
    trust: Path | None,
    since: tuple[Path, ...],
    not_before: datetime | None,
    *,
    no_manifests: bool,
) -> int:
    """Verify the published log: signatures, tree, history and every rule of its entries.

    Needs no key that is secret and nothing of the program that wrote it. It says what it could not check, too.

    Exit status 0 verified; 1 tampered or inconsistent; 2 usage, or no trust file; 5 verified, but stale or with
    intents open.
    """
    found = verify_directory(
        _log(edge, directory),
        _trust(edge, trust),
        since=[_bytes(path) for path in since],
        not_before=None if not_before is None else not_before.replace(tzinfo=UTC),
        manifests=not no_manifests,
    )
    _print_verification(found, as_json=edge.as_json)
    return found.exit_status


@audit.command()
@log_option
@trust_option
@click.option(
    "--kind",
    "kinds",
    metavar="KIND",
    multiple=True,
    shell_complete=_kinds,
    help="Only entries of this kind, such as intent. Repeatable.",
)
@click.option("--run", "run_id", metavar="RUN", help="Only entries of this run.")
@click.option("--dataset", metavar="DATASET", shell_complete=complete.datasets, help="Only entries of this dataset.")
@click.option("--last", type=click.IntRange(min=1), help="Only the newest so many of these.")
@json_option
@pass_edge
def show(
    edge: Edge,
    directory: Path | None,
    trust: Path | None,
    kinds: tuple[str, ...],
    run_id: str | None,
    dataset: str | None,
    last: int | None,
) -> None:
    """Show the log's entries, each checked against the signed checkpoint."""
    entries = read_entries(_log(edge, directory), _trust(edge, trust))
    wanted = [one for one in entries if one.matches(kinds=kinds, run=run_id, dataset=dataset)][-(last or 0) :]
    if edge.as_json:
        return print_json([{"index": one.index, "entry": one.members} for one in wanted])
    if not wanted:
        return print_lines([f"none of the log's {len(entries)} entries is asked for by these options"])
    return print_table(("entry", "time", "kind", "about"), [_row(one) for one in wanted])


def _row(one: ShownEntry) -> tuple[object, ...]:
    return one.index, one.members.get("time"), one.kind, one.about


def _print_verification(found: Verification, *, as_json: bool) -> None:
    if as_json:
        return print_json({"verification": found, "covered": found.covered, "not_covered": found.not_covered})
    return print_lines(
        [
            f"verified: {found.origin}, {found.size} entries, newest of {found.last_time}",
            *(f"  checked:     {said}" for said in found.covered),
            *(f"  not covered: {said}" for said in found.not_covered),
        ]
    )


def _log(edge: Edge, given: Path | None) -> Path:
    directory = given or edge.settings.log_directory
    if not os.path.isdir(directory):  # noqa: PTH112 - it raises nothing where a folder may not be looked into
        raise UsageError(f"{directory}: there is no log. Name the published log with --log DIR.")
    return directory


def _trust(edge: Edge, given: Path | None) -> Trust:
    return parse_trust(_bytes(given or edge.settings.log.trust).decode("utf-8", "replace"))


def _bytes(path: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == Path("-") else path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}). Name a file that is there.") from error
