"""`retention demo`: the whole of it, on a small organisation that does not exist."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from retention.cli.edge import Edge, EdgeCommand, pass_edge
from retention.demo.databases import URL_VARIABLE, databases
from retention.demo.organisation import Engine, Organisation, Size
from retention.demo.story import tell
from retention.text import Language


@click.command(cls=EdgeCommand, short_help="Show everything, on a small organisation that does not exist.")
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Where it works: new, or made by an earlier run, which is cleared.",
)
@click.option(
    "--engine",
    type=click.Choice(["sqlite", "postgresql", "mariadb"]),
    help="What holds its databases. [default: what --url names, else sqlite]",
)
@click.option(
    "--url",
    envvar=URL_VARIABLE,
    help=f"A server where it may create databases: postgresql://user:password@host/. Also {URL_VARIABLE}.",
)
@click.option("--drop", is_flag=True, help="Drop its databases on a server at the end; else its next run does.")
@click.option("--size", type=click.Choice(["tiny", "demo"]), default="demo", hidden=True)
@pass_edge
def demo(edge: Edge, directory: Path, engine: str | None, url: str | None, drop: bool, size: Size) -> int:  # noqa: FBT001 - a flag that is typed
    """Show everything on a small organisation: plan, hold, approve, sweep, verify, and what cheating comes to.

    It types the commands of this program and prints what they say. All of it happens in one directory; on a server, in
    databases of its own beside it.

    Exit status 0 when everything ended as expected; 1 when something did not; 2 when the directory is not its own.
    """
    where = databases(_organisation(), engine, url)
    return tell(where, directory, size=size, language=edge.lang or _of_the_terminal(), keep=not drop)


def _organisation() -> Organisation:
    """The demo organisation: as it is installed, else as it lies in a clone."""
    installed = find_spec("retention_demo") is not None
    package = "retention_demo" if installed else "policies"
    data = import_module(f"{package}.demo_data")

    def create(folder: Path, size: Size) -> int:
        return int(data.create(folder, size=size).total)

    def create_on(engine: Engine, urls: Mapping[str, str], size: Size) -> int:
        return int(data.create_on(engine, urls, size=size).total)

    return Organisation(
        # In a clone by another name than the default, for which `init` writes a first register.
        register="retention_demo:REGISTER" if installed else "policies.__init__:REGISTER",
        preparer=import_module(f"{package}._people").PREPARED_BY,
        create=create,
        create_on=create_on,
        stores=import_module(f"{package}.data_map").STORES,
        cases=data.CASES,
    )


def _of_the_terminal() -> Language:
    """Dutch where the terminal is, else English: it is read by whoever tries this program out."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return Language.NL if said.startswith("nl") else Language.EN
