"""`retention schedule`: our own clock, for where there is no cron."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from retention.cli.edge import Edge, EdgeCommand, json_option, pass_edge
from retention.cli.show import print_json, print_table
from retention.config import Settings


@click.command(cls=EdgeCommand, short_help="Run the nights from our own clock.")
@click.option("--list", "only_list", is_flag=True, help="Say when each job runs next, and start nothing.")
@json_option
@pass_edge
def schedule(edge: Edge, *, only_list: bool) -> int:
    """Run plan, sweep and verification at their times, in the organisation's zone, until SIGTERM.

    The times are in the configuration, under [schedule].
    """
    from retention import logconfig  # noqa: PLC0415 - the status asks only for the times

    logconfig.configure(edge.settings.logging.format)
    jobs = _jobs()
    if not only_list:
        return int(jobs.run(edge.settings))
    runs = jobs.next_runs(edge.settings, 3)
    if edge.as_json:
        print_json([{"job": name, "next": times} for name, times in runs])
    else:
        print_table(("job", "next runs"), [(name, ", ".join(map(_when, times))) for name, times in runs])
    return 0


def next_start(settings: Settings, job: str, now: datetime) -> datetime | None:
    """When our own clock would start a job next; None: [schedule] leaves it out, or no scheduler is installed."""
    try:
        runs = dict(_jobs().next_runs(settings, 1, now))
    except ImportError:
        return None
    times: list[datetime] = runs.get(job, [])
    return times[0] if times else None


def _when(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M %Z}"


def _jobs() -> Any:
    """The one module that knows a scheduler: as it is installed, else as it lies in a clone."""
    return import_module("retention_jobs.schedule" if find_spec("retention_jobs") else "jobs.schedule")
