"""`retention sweep`: what was approved and announced is destroyed, and proven."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

import click

from retention import bootstrap
from retention.cli import complete
from retention.cli.edge import Edge, EdgeCommand, json_option, pass_edge
from retention.cli.parse import DAY
from retention.cli.progress import shown
from retention.cli.show import finding_line, print_json, print_lines, print_table
from retention.cli.stop import stop_asked
from retention.errors import RetentionError, UsageError
from retention.reports.files import write
from retention.run_summary import DatasetRun, RunSummary
from retention.service import Retention
from retention.sweep import Order
from retention.text import Text, records

_NONE = Text(
    nl="geen gegevens met een aankondiging van 0 dagen: er is niets te doen",
    en="no datasets with a notice of 0 days: there is nothing to do",
)

_FAILED: Final = 1  # exit status
_GRAVER: Final = (4, 2)  # exit statuses that say something graver
_STATUS: Final[Mapping[str, Text]] = {  # exactly these words are stored
    "done": Text(nl="klaar", en="done"),
    "failed": Text(nl="iets mislukte", en="something failed"),
    "refused": Text(nl="iets is geweigerd", en="something was refused"),
    "at-risk": Text(nl="bewijs in gevaar", en="proof at risk"),
    "waiting": Text(nl="iets wacht op een mens", en="something waits for a person"),
    "aborted": Text(nl="afgebroken", en="aborted"),
}


@click.command(cls=EdgeCommand, short_help="Destroy what was approved and announced, and prove it.")
@click.option(
    "--plan", "digest", metavar="DIGEST", shell_complete=complete.plans, help="Execute this plan, not the newest."
)
@click.option("--today", type=DAY, help="Run as of this day, not later than the clock's; needs --plan.")
@click.option("--same-day", is_flag=True, help="The night's second run: plan and sweep what has a notice of 0 days.")
@click.option("--after-pause", is_flag=True, help="The log was silent for over 35 days, and that is known.")
@click.option("--minutes", type=click.IntRange(min=1), help="Stop after so many minutes, between two batches.")
@click.option("--rate", type=click.IntRange(min=1), help="Take so many records a second at most.")
@click.option("--outside-window", is_flag=True, help="Work outside the configured windows too, for this once.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the run's report, as `retention report RUN --out` writes it.",
)
@json_option
@pass_edge
def sweep(
    edge: Edge,
    digest: str | None,
    today: date | None,
    minutes: int | None,
    rate: int | None,
    out: Path | None,
    *,
    outside_window: bool,
    same_day: bool,
    after_pause: bool,
) -> int:
    """Settle what an earlier run left open, then execute the newest plan that is approved and announced.

    Every batch is judged again and every hold asked again before anything goes; each has its signed entry. SIGTERM,
    SIGINT and SIGHUP end the run after the batch under way.

    With --same-day the datasets whose notice is 0 days, such as web logs, get a plan of their own and are swept by it
    at once, where a standing approval covers them.

    Where [sweep] of the configuration names windows, a budget or a rate, the run keeps to them: --minutes and --rate go
    before these, and --outside-window is said in the report. The oldest records go first; what there is
    no time for is postponed, and the next night goes on with it.

    With --out the run's report is written too. What was destroyed stays destroyed when that fails: the run then ends
    with 1, and `retention report` writes it later.

    Exit status: the gravest of 4 proof at risk, 2 usage or clock, 1 something failed, 3 refused, 5 waits, 0 all done.
    """
    with bootstrap.open_retention(edge.settings) as service, stop_asked() as stop, shown("sweep") as progress:
        order = Order(
            plan=digest,
            today=today,
            after_pause=after_pause,
            stop=stop,
            progress=progress,
            minutes=minutes,
            rate=rate,
            outside_window=outside_window,
        )
        if same_day and (digest is not None or today is not None):
            raise UsageError("--same-day makes a plan of its own, for today. Leave --plan and --today out.")
        summary = service.sweep_same_day(order) if same_day else service.sweep(order)
        failure = None if summary is None or out is None else _report(service, summary, out)
    if summary is None:
        print_lines([edge.say(_NONE)])
        return 0
    if edge.as_json:
        print_json(summary)
    else:
        _print_run(edge, summary)
    if failure is None:
        return summary.exit_status
    click.echo(f"Error: {failure}", err=True)
    return summary.exit_status if summary.exit_status in _GRAVER else _FAILED


def _report(service: Retention, summary: RunSummary, out: Path) -> RetentionError | None:
    """Write the report of a run; why that could not be, which undoes nothing of the run."""
    from retention.reporting import run_report  # noqa: PLC0415 - a run without --out needs no templates
    from retention.reports.render import files  # noqa: PLC0415 - as above

    try:
        write(out, files(run_report(service.installation, summary.run)))
    except RetentionError as error:
        return error
    return None


def _print_run(edge: Edge, summary: RunSummary) -> None:
    headers = Text(
        nl="dataset|gepland|vernietigd|geblokkeerd|gewijzigd|weg|mislukt|geweigerd|wacht|uitgesteld|te laat|"
        "bijzonderheid",
        en="dataset|planned|destroyed|held|changed|gone|failed|refused|waiting|postponed|late|remark",
    )
    print_table(edge.say(headers).split("|"), [_row(edge, one) for one in summary.datasets])
    print_lines(edge.say(remark) for remark in summary.remarks)
    print_lines(finding_line(one, edge.language) for one in summary.findings)
    total, status = records(summary.destroyed), summary.exit_status
    said_status = _STATUS.get(str(summary.status), Text(nl=str(summary.status), en=str(summary.status)))
    said = Text(
        nl=f"run {summary.run}: {total} vernietigd, exitstatus {status} ({said_status.nl})",
        en=f"run {summary.run}: {total} destroyed, exit status {status} ({said_status.en})",
    )
    kept = Text(nl="checkpoint, om elders te bewaren:", en="checkpoint, to keep elsewhere:")
    print_lines([edge.say(said)])
    if summary.checkpoint:
        print_lines([edge.say(kept), *(f"  {line}" for line in summary.checkpoint)])


def _row(edge: Edge, one: DatasetRun) -> tuple[object, ...]:
    unknown = Text(nl="onbekend", en="unknown")
    return (
        one.id,
        one.planned,
        one.destroyed,
        sum(one.held.values()),
        one.changed,
        one.gone,
        sum(one.failed.values()),
        one.refused,
        one.waiting,
        one.postponed,
        edge.say(unknown) if one.late is None else one.late,
        "" if one.why is None else edge.say(one.why),
    )
