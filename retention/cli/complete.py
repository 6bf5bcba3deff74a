"""What a shell may offer while somebody types: names that are cheap to look up, and nothing on any trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

from retention import opening
from retention.cli.edge import Edge
from retention.config import Settings


def datasets(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Dataset ids of the register."""
    return _offered(ctx, incomplete, lambda settings: (d.id for d in opening.open_register(settings).all_datasets))


def stores(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Stores of the configuration."""
    return _offered(ctx, incomplete, lambda settings: sorted(settings.stores))


def purposes(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Purposes of the register."""
    return _offered(ctx, incomplete, lambda settings: (p.purpose for p in opening.open_register(settings)))


def holds(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Holds in force."""
    return _offered(ctx, incomplete, _holds)


def plans(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Digests of plans, the newest first."""
    return _offered(ctx, incomplete, _plans)


def runs(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of runs, the newest first."""
    return _offered(ctx, incomplete, _runs)


def _holds(settings: Settings) -> Iterable[str]:
    with opening.open_control(settings) as control, control.reading() as view:
        return [hold.id for hold in view.holds() if hold.in_force]


def _plans(settings: Settings) -> Iterable[str]:
    with opening.open_control(settings) as control, control.reading() as view:
        return [plan.digest for plan in view.plans()]


def _runs(settings: Settings) -> Iterable[str]:
    with opening.open_control(settings) as control, control.reading() as view:
        return ["last", *(run.id for run in view.runs())]


def _offered(ctx: click.Context, incomplete: str, names: Callable[[Settings], Iterable[str]]) -> list[CompletionItem]:
    try:
        settings = ctx.ensure_object(Edge).settings
        return [CompletionItem(name) for name in names(settings) if name.startswith(incomplete)]
    except Exception:  # noqa: BLE001 - a shell that completes must never show an error
        return []
