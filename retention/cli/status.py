"""`retention status`: one look in the morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import click

from retention import opening
from retention.cli.edge import Edge, EdgeCommand, json_option, pass_edge
from retention.cli.show import plain, print_json, print_lines
from retention.status import PlanState, Status, status_of
from retention.text import records


@click.command(cls=EdgeCommand, short_help="Say whether the nights went well.")
@json_option
@pass_edge
def status(edge: Edge) -> int:
    """Say whether the nights went well, and what waits for somebody.

    Exit status 0 green; 1 red: the last good run is too long ago; 5 batches without an outcome, or holds to review.
    """
    settings, now = edge.settings, opening.now()
    late_after = timedelta(hours=settings.status.late_after_hours)
    with opening.open_control(settings) as control, control.reading() as view:
        found = status_of(view, now=now, today=now.astimezone(settings.zone).date(), late_after=late_after)
    if edge.as_json:
        print_json(plain(found) | {"exit_status": found.exit_status})
    else:
        print_lines(_lines(found, settings.zone))
    return found.exit_status


def _lines(found: Status, zone: ZoneInfo) -> Iterator[str]:
    yield f"RED: {found.why}" if found.red else "green"
    good = "never" if found.last_good is None else f"{found.last_good.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
    yield f"last good run: {good}"
    if found.last_run is not None:
        yield f"last run: {found.last_run} ({found.last_status.value if found.last_status else 'not ended'})"
    yield f"holds in force: {found.holds}" + (f", {found.holds_to_review} to review" if found.holds_to_review else "")
    yield f"batches without an outcome: {', '.join(map(str, found.open_intents)) or 'none'}"
    yield f"holds and approvals not yet in the log: {found.unlogged}"
    for plan in found.plans:
        yield f"plan {plan.digest[:12]} as of {plan.reference_date}: {records(plan.records)}, {_said(plan)}"


def _said(plan: PlanState) -> str:
    return "expired" if plan.expired else "approved" if plan.approved else "not approved by name"
