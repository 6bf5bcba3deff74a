"""`retention hold`: a matter that stops destruction, from the moment the command returned."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import click

from retention import opening
from retention.cli import complete
from retention.cli.ask import ask, confirm
from retention.cli.edge import Edge, EdgeGroup, json_option, pass_edge
from retention.cli.hold_steps import (
    asked_request,
    asked_scope,
    coverage_of,
    place_requests,
    plain_hold,
    print_receipts,
    show_before,
    stops_of,
)
from retention.cli.parse import DAY, PAIR
from retention.cli.receipt import coverage_words, hold_words, released_words, scope_words
from retention.cli.show import print_json, print_lines, print_table
from retention.errors import UsageError
from retention.hold_file import from_csv
from retention.holding import check_scope, known
from retention.holding import release as release_hold
from retention.holds import Hold, HoldKind
from retention.reports.kinds import kind_words
from retention.text import Text


@click.group(cls=EdgeGroup)
def hold() -> None:
    """Place, list, show or release holds.

    A hold that was placed binds every run, also one under way.
    """


@hold.command()
@click.option("--kind", type=click.Choice([kind.value for kind in HoldKind]), help="Why it is held.")
@click.option("--matter", help="The case it is placed for. It never leaves this machine's own memory.")
@click.option(
    "--subject", type=PAIR, metavar="NAMESPACE=ID", multiple=True, help="A person, such as client=17. Repeatable."
)
@click.option(
    "--record", type=PAIR, metavar="DATASET=KEY", multiple=True, help="A record, such as cvs.dossier=12. Repeatable."
)
@click.option(
    "--dataset", metavar="DATASET", multiple=True, shell_complete=complete.datasets, help="A whole dataset. Repeatable."
)
@click.option(
    "--purpose", metavar="PURPOSE", multiple=True, shell_complete=complete.purposes, help="A whole purpose. Repeatable."
)
@click.option("--from-date", type=DAY, help="Only records whose period starts on this day or later.")
@click.option("--to-date", type=DAY, help="Only records whose period starts on this day or earlier.")
@click.option("--review-on", type=DAY, help="When somebody looks again.")
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Many at once: a CSV file with kind, matter, subject, record, dataset, purpose, from, to, review_on.",
)
@click.option("--yes", is_flag=True, help="Do not ask for a confirmation.")
@json_option
@pass_edge
def place(
    edge: Edge, kind: str | None, matter: str | None, subject: tuple[tuple[str, str], ...],
    record: tuple[tuple[str, str], ...], dataset: tuple[str, ...], purpose: tuple[str, ...], from_date: date | None,
    to_date: date | None, review_on: date | None, file: Path | None, *, yes: bool,
) -> None:  # fmt: skip
    """Place a hold: nothing it covers is destroyed or altered once this has exited 0.

    Selectors of one kind add up; different kinds narrow: --subject client=17 --dataset cvs.dossier is that client's
    dossiers. On a terminal, what is missing is asked, and what it covers is shown before it is confirmed.

    Exit status 0 in force and confirmed; 1 in force from now on, but a batch under way did not settle in time.
    """
    register = opening.open_register(edge.settings)
    if file is not None:
        requests = from_csv(file, known(register))
    else:
        given = {"subjects": subject, "records": record, "datasets": dataset, "purposes": purpose}
        scope = asked_scope(edge, given | {"starts_from": from_date, "starts_to": to_date})
        check_scope(scope, known(register))
        requests = (asked_request(edge, kind, matter, scope, review_on),)
    if not yes:
        show_before(edge, register, requests)
    print_receipts(edge, register, place_requests(edge, register, requests))


@hold.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Released holds too.")
@json_option
@pass_edge
def list_(edge: Edge, *, everything: bool) -> None:
    """List the holds in force."""
    holds = [one for one in _holds(edge) if everything or one.in_force]
    if edge.as_json:
        return print_json([plain_hold(one) for one in holds])
    headers = Text(nl="blokkade|soort|sinds|herbeoordelen|reikwijdte|zaak", en="hold|kind|since|review|scope|matter")
    return print_table(edge.say(headers).split("|"), [_row(edge, one) for one in holds])


@hold.command()
@click.argument("hold_id", metavar="HOLD", shell_complete=complete.holds)
@json_option
@pass_edge
def show(edge: Edge, hold_id: str) -> None:
    """Show one hold, and what it covers now."""
    found = next((one for one in _holds(edge) if one.id == hold_id), None)
    if found is None:
        raise UsageError(f"There is no hold {hold_id!r}. `retention hold list --all` lists every one.")
    coverage = coverage_of(edge, found.scope)
    if edge.as_json:
        return print_json(plain_hold(found) | {"coverage": coverage})
    return print_lines(edge.say(line) for line in (*hold_words(found, edge.settings.zone), *coverage_words(coverage)))


@hold.command()
@click.argument("hold_id", metavar="HOLD", shell_complete=complete.holds)
@click.option("--reason", help="Why it ends. It is kept with the hold.")
@click.option("--now", "immediately", is_flag=True, help="Without the cooling-off period.")
@click.option("--notified", type=DAY, help="When the subject of a restriction was told (GDPR art. 18(3)).")
@click.option("--yes", is_flag=True, help="Do not ask for a confirmation.")
@json_option
@pass_edge
def release(
    edge: Edge, hold_id: str, reason: str | None, notified: date | None, *, immediately: bool, yes: bool
) -> None:
    """Release a hold; what it covered cools off first.

    It prints what becomes due, and from when.
    """
    settings = edge.settings
    why = reason or ask(edge.say(Text(nl="Reden", en="Reason")), "--reason")
    if not yes:
        confirm(edge.say(Text(nl=f"{hold_id} opheffen?", en=f"Release {hold_id}?")), "--yes", edge.language)
    stops = stops_of(edge, hold_id)
    with opening.open_control(settings) as control:
        released = release_hold(
            control,
            opening.open_journal(settings),
            hold_id,
            by=opening.open_actor(settings).id,
            reason=why,
            now=opening.now().astimezone(settings.zone),
            cooling_off=timedelta(days=settings.holds.cooling_off_days),
            immediately=immediately,
            notified=notified,
        )
    if edge.as_json:
        return print_json(plain_hold(released) | {"becomes_due": stops})
    return print_lines(edge.say(line) for line in released_words(released, stops, settings.zone))


def _holds(edge: Edge) -> tuple[Hold, ...]:
    with opening.open_control(edge.settings) as control, control.reading() as view:
        return view.holds()


def _row(edge: Edge, one: Hold) -> tuple[object, ...]:
    since = one.placed_at.astimezone(edge.settings.zone).date()
    return one.id, edge.say(kind_words(one.kind)), since, one.review_on, scope_words(one.scope), one.matter
