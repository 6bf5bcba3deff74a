"""`retention plan` and `retention approve`: what would go, and a person's yes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click
from msgspec.structs import replace
from rich.console import Console

from retention import bootstrap
from retention.approving import signed_by
from retention.cli import complete
from retention.cli.edge import Edge, EdgeCommand, json_option, pass_edge
from retention.cli.parse import DAY, NUMBERED
from retention.cli.progress import shown
from retention.cli.show import finding_line, print_json, print_lines, print_table
from retention.cli.stop import stop_asked, stopping
from retention.people import Person
from retention.plan import Approval
from retention.reports.terminal import print_plan
from retention.service import Retention
from retention.summary import DatasetSummary, PlanSummary
from retention.text import Text, records


@click.command(cls=EdgeCommand, short_help="List what would go; nothing is changed.")
@click.option("--today", type=DAY, help="Judge as of this day. A day to come gives a report that nobody can approve.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the report and its text.")
@click.option("--due-only", is_flag=True, help="Read only what may be due: faster, and what stays is not counted.")
@json_option
@pass_edge
def plan(edge: Edge, today: date | None, out: Path | None, *, due_only: bool) -> int:
    """Judge everything and list what would go; nothing in any store is changed.

    The plan's digest is what a person approves. Reading is all it needs of a store. With --due-only the same records
    are listed, found by comparing with cut-offs: for a large database between two whole reports.

    Exit status 0; 1 when a dataset could not be judged.
    """
    with bootstrap.open_retention(edge.settings) as service, stop_asked() as stop, shown("plan") as progress:
        told = stopping(progress, stop)
        summary = service.plan(today=today, out=out, due_only=due_only, progress=told)
    if edge.as_json:
        print_json(summary)
    else:
        _print_plan(edge, summary, out)
    return 1 if any(dataset.failed is not None for dataset in summary.datasets) else 0


@click.command(cls=EdgeCommand, short_help="Approve a plan, or take that back.")
@click.argument("digest", shell_complete=complete.plans)
@click.option("--standing", is_flag=True, help="Later plans with the same fingerprints need no new yes, for 12 months.")
@click.option("--allow", type=NUMBERED, multiple=True, help="Records over a limit: DATASET=N. Repeatable.")
@click.option(
    "--signature",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A detached SSH signature over the plan's text, by whoever approves.",
)
@click.option("--withdraw", is_flag=True, help="Take an approval back; with --standing those of its datasets too.")
@json_option
@pass_edge
def approve(
    edge: Edge,
    digest: str,
    allow: tuple[tuple[str, int], ...],
    signature: Path | None,
    *,
    standing: bool,
    withdraw: bool,
) -> None:
    """Approve a plan by its digest, or a beginning of it of at least 8 characters.

    Who approves is the operating-system account that runs this, or who signed the plan's text:

    \b
      retention plan --out out
      ssh-keygen -Y sign -n retention-plan -f ~/.ssh/id_ed25519 out/DIGEST.txt
      retention approve DIGEST --signature out/DIGEST.txt.sig

    Nobody approves what they prepared.
    """  # noqa: D301 - \b keeps click from filling these lines
    roles = edge.settings.approvals.roles
    with bootstrap.open_retention(edge.settings) as service:
        if withdraw:
            who = _withdrawer(edge, service, digest, signature)
            approvals = service.withdraw(digest, person=who, roles=roles, standing=standing)
        else:
            person = bootstrap.open_actor(edge.settings)
            approvals = service.approve(
                digest, person=person, roles=roles, standing=standing, allow=dict(allow), signature=signature
            )
    if edge.as_json:
        return print_json(approvals)
    return print_lines(edge.say(_approved(approval)) for approval in approvals)


def _withdrawer(edge: Edge, service: Retention, digest: str, signature: Path | None) -> Person:
    """Whoever signed the plan's text, else the account that runs this."""
    if signature is None:
        return bootstrap.open_actor(edge.settings)
    return signed_by(service.page(service.named(digest)), signature, service.people).person


def _approved(approval: Approval) -> Text:
    what = f"{approval.dataset} ({approval.of[:12]})" if approval.dataset is not None else approval.of[:12]
    if not approval.granted:
        return Text(nl=f"ingetrokken: {what}, door {approval.signer}", en=f"withdrawn: {what}, by {approval.signer}")
    extra = _allowed(dict(approval.allow))
    return Text(
        nl=f"akkoord: {what}, door {approval.signer} ({approval.role}), tot en met {approval.expires}{extra}",
        en=f"approved: {what}, by {approval.signer} ({approval.role}), through {approval.expires}{extra}",
    )


def _allowed(allow: Mapping[str, int]) -> str:
    return "".join(f", {dataset}: {records}" for dataset, records in allow.items())


def _print_plan(edge: Edge, summary: PlanSummary, out: Path | None) -> None:
    if sys.stdout.isatty():
        print_plan(Console(), summary, edge.language)
        return print_lines(edge.say(line) for line in _ending(replace(summary, approve_command=None), out))
    headers = Text(
        nl="dataset|beoordeeld|gaat weg|limiet|akkoord|bijzonderheid", en="dataset|judged|goes|limit|approved|remark"
    )
    print_table(edge.say(headers).split("|"), [_row(edge, one) for one in summary.datasets])
    print_lines(finding_line(one, edge.language) for one in summary.findings)
    return print_lines(edge.say(line) for line in _ending(summary, out))


def _row(edge: Edge, one: DatasetSummary) -> tuple[object, ...]:
    over = Text(nl="boven de limiet", en="over the limit")
    remark = edge.say(one.failed) if one.failed is not None else edge.say(over) if one.refused else ""
    return one.id, one.judged, one.planned, one.limit, one.approved, remark


def _ending(summary: PlanSummary, out: Path | None) -> list[Text]:
    day, count = summary.reference_date, records(summary.planned)
    lines = [Text(nl=f"peildatum {day}: {count} op de lijst", en=f"reference date {day}: {count} listed")]
    if out is not None:
        lines.append(Text(nl=f"verslag: {out}", en=f"report: {out}"))
    if summary.digest is None:
        return [*lines, Text(nl="niets om goed te keuren: alleen verslag", en="nothing to approve: a report only")]
    lines.append(Text(nl=f"digest {summary.digest}", en=f"digest {summary.digest}"))
    command = summary.approve_command
    return lines if command is None else [*lines, Text(nl=f"akkoord: {command}", en=f"to approve: {command}")]
