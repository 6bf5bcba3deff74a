"""`retention config`: whether the configuration holds, and what it says."""

from __future__ import annotations

import click

from retention.cli.edge import Edge, EdgeGroup, json_option, pass_edge
from retention.cli.show import finding_line, print_json, print_lines
from retention.config.schema import packaged
from retention.config.timetable import timetable


@click.group(cls=EdgeGroup)
def config() -> None:
    """Check or show the configuration."""


@config.command()
@json_option
@pass_edge
def check(edge: Edge) -> None:
    """Read the configuration and name everything that is wrong in it.

    Also warns of a night that never begins within a window of [sweep], and of a window in which none does.

    Exit status 0 when it holds, warnings included; 2 when it does not.
    """
    settings = edge.settings
    found = tuple(timetable(settings.schedule, settings.sweep))
    if edge.as_json:
        said = {"file": settings.file, "findings": found, "sha256": settings.digest()}
        return print_json(said | {"stores": sorted(settings.stores)})
    click.echo(f"{settings.file}: in order ({_stores(len(settings.stores))}, sha256 {settings.digest()}).")
    return print_lines(finding_line(one, edge.language) for one in found)


@config.command()
@json_option
@pass_edge
def show(edge: Edge) -> None:
    """Show every setting, defaults included, without passwords."""
    shown = edge.settings.shown()
    if edge.as_json:
        return print_json(shown)
    return print_lines(_lines(shown))


@config.command()
def schema() -> None:
    """Print a JSON Schema of the configuration, for editors.

    Keep it beside the configuration, and begin that with `#:schema ./retention.schema.json`.
    """
    click.echo(packaged(), nl=False)


def _lines(shown: object, where: str = "") -> list[str]:
    match shown:
        case dict():
            return [line for key, value in shown.items() for line in _lines(value, f"{where}.{key}" if where else key)]
        case list() if shown and isinstance(shown[0], dict):
            return [line for number, one in enumerate(shown, start=1) for line in _lines(one, f"{where}[{number}]")]
        case list():
            return [f"{where} = {', '.join(str(one) for one in shown)}"]
        case _:
            return [f"{where} = {'' if shown is None else shown}"]


def _stores(count: int) -> str:
    return "1 store" if count == 1 else f"{count} stores"
