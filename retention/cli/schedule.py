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
from retention.control.claims import Claim


@click.command(cls=EdgeCommand, short_help="Run the nights from our own clock.")
@click.option(
    "--list", "only_list", is_flag=True, help="Say what each job did last and when it runs next; start nothing."
)
@json_option
@pass_edge
def schedule(edge: Edge, *, only_list: bool) -> int:
    """Run the jobs at their times, in the organisation's zone, until SIGTERM, SIGINT or SIGHUP.

    The times are in the configuration, under [schedule], each once a day. What was missed is caught up on its own day.
    Two of these on one host do each day's work once. A job that is under way when this is asked to stop ends after its
    batch, and is waited for.
    """
    from retention import logconfig  # noqa: PLC0415 - the status asks only for the times

    logconfig.configure(edge.settings.logging.format)
    jobs = _jobs()
    if not only_list:
        return int(jobs.run(edge.settings))
    runs = [(name, _last(edge, jobs, name), times) for name, times in jobs.next_runs(edge.settings, 3)]
    if edge.as_json:
        print_json([{"job": name, "last": last, "next": times} for name, last, times in runs])
    else:
        said = [(name, _done(last), ", ".join(map(_when, times))) for name, last, times in runs]
        print_table(("job", "last", "next runs"), said)
    return 0


def _last(edge: Edge, jobs: Any, job: str) -> Claim | None:
    found: Claim | None = jobs.last_claim(edge.settings, job)
    return found


def _done(last: Claim | None) -> str:
    if last is None:
        return "never"
    return f"{last.day} ({'not ended' if last.exit_status is None else f'exit status {last.exit_status}'})"


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
