"""What a shell may offer while somebody types: names that are cheap to look up, and nothing on any trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

from retention import bootstrap
from retention.audit.leaf import TYPES
from retention.cli.edge import Edge
from retention.config import Settings


def datasets(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Dataset ids of the register."""
    return _offered(ctx, incomplete, lambda settings: (d.id for d in bootstrap.open_register(settings).all_datasets))


def purposes(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Purposes of the register."""
    return _offered(ctx, incomplete, lambda settings: (p.purpose for p in bootstrap.open_register(settings)))


def holds(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Holds in force."""
    return _offered(ctx, incomplete, _holds)


def plans(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Digests of plans, the newest first."""
    return _offered(ctx, incomplete, _plans)


def runs(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of runs, the newest first."""
    return _offered(ctx, incomplete, _runs)


def kinds(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Kinds of entries in the log."""
    return [CompletionItem(name) for name in TYPES.values() if name.startswith(incomplete)]


def _holds(settings: Settings) -> Iterable[str]:
    with bootstrap.open_control(settings) as control, control.reading() as view:
        return [hold.id for hold in view.holds() if hold.in_force]


def _plans(settings: Settings) -> Iterable[str]:
    with bootstrap.open_control(settings) as control, control.reading() as view:
        return [plan.digest for plan in view.plans()]


def _runs(settings: Settings) -> Iterable[str]:
    with bootstrap.open_control(settings) as control, control.reading() as view:
        return ["last", *(run.id for run in view.runs())]


def _offered(ctx: click.Context, incomplete: str, names: Callable[[Settings], Iterable[str]]) -> list[CompletionItem]:
    try:
        settings = ctx.ensure_object(Edge).settings
        return [CompletionItem(name) for name in names(settings) if name.startswith(incomplete)]
    except Exception:  # noqa: BLE001 - a shell that completes must never show an error
        return []
