"""`retention demo`: the whole of it, on a small organisation that does not exist."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import click

from retention.cli.edge import Edge, EdgeCommand, pass_edge
from retention.demo.organisation import Organisation
from retention.demo.story import Size, tell
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
@click.option("--size", type=click.Choice(["tiny", "demo"]), default="demo", hidden=True)
@pass_edge
def demo(edge: Edge, directory: Path, size: Size) -> int:
    """Show everything on a small organisation: plan, hold, approve, sweep, verify, and what cheating comes to.

    It types the commands of this program and prints what they say. All of it happens in one directory.

    Exit status 0 when everything ended as expected; 1 when something did not; 2 when the directory is not its own.
    """
    return tell(_organisation(), directory, size=size, language=edge.lang or _of_the_terminal())


def _organisation() -> Organisation:
    """The demo organisation: as it is installed, else as it lies in a clone."""
    installed = find_spec("retention_demo") is not None
    package = "retention_demo" if installed else "policies"
    data = import_module(f"{package}.demo_data")

    def create(folder: Path, size: Literal["tiny", "demo"]) -> int:
        return int(data.create(folder, size=size).total)

    return Organisation(
        # In a clone by another name than the default, for which `init` writes a first register.
        register="retention_demo:REGISTER" if installed else "policies.__init__:REGISTER",
        preparer=import_module(f"{package}._people").PREPARED_BY,
        create=create,
        stores=import_module(f"{package}.data_map").STORES,
        cases=data.CASES,
    )


def _of_the_terminal() -> Language:
    """Dutch where the terminal is, else English: it is read by whoever tries this program out."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return Language.NL if said.startswith("nl") else Language.EN
