"""`retention grants`: what the accounts of each store need, for its administrator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from retention import bootstrap
from retention.cli.complete import stores
from retention.cli.edge import Edge, EdgeCommand, json_option, pass_edge
from retention.cli.show import print_json, print_lines
from retention.granting import Accounts, Compared, StoreGrants, compare, store_grants
from retention.stores.grants import Held, Purpose, Script, Statement

_WHAT: Final = {
    Purpose.DRY_RUN: "The account for dry runs, which reads and can write nothing",
    Purpose.SWEEP: "The account for sweeps, which disposes",
}
_ALONE: Final = (
    "[stores.{store}] has no read_url: until it has, nights use this account alone, to plan as well.",
    "Give it the other account's url, run this again, and what this one no longer needs is left out.",
)


@click.command(cls=EdgeCommand, short_help="What the accounts in each database need, as SQL.")
@click.option("--store", shell_complete=stores, help="Only this store: then what is printed is one script to run.")
@click.option(
    "--dry-run-account", metavar="NAME", help="Else the user of read_url, else retention_dry_run; MariaDB: NAME@HOST."
)
@click.option("--sweep-account", metavar="NAME", help="Else the user of url, else retention_sweep; MariaDB: NAME@HOST.")
@click.option("--live", is_flag=True, help="Ask the servers what the accounts have, and print only what differs.")
@json_option
@pass_edge
def grants(edge: Edge, store: str | None, dry_run_account: str | None, sweep_account: str | None, *, live: bool) -> int:
    """Print the statements that give our accounts what they need, and nothing else.

    They follow from the policies and the data map, each with the reason why it is there, always in the same order: keep
    them under version control and see what a change of policies asks for. The administrator of the database makes the
    accounts, with passwords that are printed nowhere, and runs the script. Nothing is connected to.

    With --live each configured account asks its server what it has: a GRANT is printed for what is missing, a REVOKE
    for what is too much.

    \b
      retention grants --store cvs > grants-cvs.sql
      psql --dbname cvs --file grants-cvs.sql

    Exit status 0; with --live 1 when an account lacks something, has too much, or could not ask. What everybody has is
    told, and no reason.
    """  # noqa: D301 - \b keeps click from filling these lines
    register = bootstrap.open_register(edge.settings)
    found = store_grants(register, edge.settings, store, Accounts(dry_run=dry_run_account, sweep=sweep_account))
    if live:
        return _live(edge, found)
    if edge.as_json:
        print_json([_plain(one) for one in found])
    else:
        print_lines(line for one in found for line in _script(one))
    return 0


def _script(found: StoreGrants) -> Iterator[str]:
    yield _comment(f"Store {found.store} ({found.engine}), database {found.database}: what `retention` needs there.")
    yield "-- Made from the policies by `retention grants`: run it as administrator, again when they change."
    for script in found.scripts:
        yield ""
        yield _comment(f"{_WHAT[script.purpose]}: {script.account}")
        if script.purpose is Purpose.SWEEP and found.alone and script.statements:
            yield from (_comment(line.format(store=found.store)) for line in _ALONE)
        yield from map(_comment, script.first)
        for statement in script.statements:
            yield from _lines(statement)
        yield from map(_comment, script.last)
    yield ""


def _lines(statement: Statement) -> Iterator[str]:
    yield _comment(statement.why)
    yield f"{statement.sql};"


def _comment(said: str) -> str:
    """A line that no server runs, whatever a name in it holds."""
    return f"-- {' '.join(said.splitlines())}"


def _live(edge: Edge, found: list[StoreGrants]) -> int:
    compared = [(one, script, now) for one in found for script, now in compare(edge.settings, one)]
    if edge.as_json:
        print_json([_differs(one, script, now) for one, script, now in compared])
    else:
        print_lines(line for one, script, now in compared for line in _difference(one, script, now))
    return int(any(now and not now.exact for _, _, now in compared))


def _difference(found: StoreGrants, script: Script, now: Compared | None) -> Iterator[str]:
    yield _comment(f"Store {found.store} ({found.engine}), {script.purpose.value}: {script.account}")
    if now is None:
        yield "-- cannot be asked: no url is configured for it, or a file has no accounts"
    elif now.unknown is not None:
        yield _comment(now.unknown)
    else:
        if now.exact:
            yield "-- has what it needs, and nothing else"
        yield from (f"GRANT {one} TO {script.account};" for one in now.missing)
        for held in now.surplus:
            yield f"{held.undo};" if held.undo else _comment(f"{_besides(held)}: {held.right}")
    yield ""


def _besides(held: Held) -> str:
    return "as everybody (PUBLIC)" if held.everybodys else f"too much, by way of {held.by}"


def _differs(found: StoreGrants, script: Script, now: Compared | None) -> dict[str, object]:
    said = {"store": found.store, "purpose": script.purpose, "account": script.account}
    if now is None:
        return said | {"asked": False, "unknown": None, "missing": [], "surplus": []}
    return said | {
        "asked": now.unknown is None,
        "unknown": now.unknown,
        "missing": [f"GRANT {one} TO {script.account}" for one in now.missing],
        "surplus": [{"right": str(one.right), "by": one.by or None, "revoke": one.undo} for one in now.surplus],
    }


def _plain(found: StoreGrants) -> dict[str, object]:
    return {
        "store": found.store,
        "engine": found.engine,
        "database": found.database,
        "accounts": [
            {
                "purpose": script.purpose,
                "account": script.account,
                "notes": [*script.first, *script.last],
                "statements": [{"sql": one.sql, "revoke": one.undo, "why": one.why} for one in script.statements],
            }
            for script in found.scripts
        ],
    }
