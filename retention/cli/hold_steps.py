"""The steps of placing a hold: ask what is missing, show what it covers, place it, print the receipt."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from retention import opening
from retention.cli.ask import ask, choose, confirm
from retention.cli.edge import Edge
from retention.cli.receipt import Coverage, coverage_words, gone_words, placed_words, scope_words, unreached_words
from retention.cli.show import print_json, print_lines
from retention.coverage import coverage
from retention.dataset import NoSubject
from retention.errors import HoldUnconfirmed, RetentionError, UsageError
from retention.hold_file import HoldRequest
from retention.holding import Placed, known, new_hold, place_all
from retention.holds import Hold, HoldKind, Scope
from retention.policy import Register
from retention.reaching import opened
from retention.reports.kinds import kind_words
from retention.start import Day
from retention.text import Text, records

if TYPE_CHECKING:
    from retention.gone import Gone


def asked_scope(edge: Edge, given: Mapping[str, Any]) -> Scope:
    """The scope of the selectors that were given; without any, a person is asked whom it is about.

    Raises:
        UsageError: there is no selector, and no terminal to ask on.

    """
    scope = {name: frozenset(given[name]) for name in ("subjects", "records", "datasets", "purposes")}
    days = {name: given[name] for name in ("starts_from", "starts_to")}
    if not any(scope.values()) and not any(days.values()):
        question = Text(nl="Over wie gaat het (client=17)", en="Whom is it about (client=17)")
        namespace, found, value = ask(edge.say(question), "--subject").partition("=")
        if not (namespace and found and value):
            raise UsageError("A person is written NAMESPACE=ID, such as client=17. Other selectors are options.")
        scope["subjects"] = frozenset({(namespace, value)})
    return Scope(**scope, **days)  # type: ignore[arg-type]  # two mappings of one keyword each


def asked_request(
    edge: Edge, kind: str | None, matter: str | None, scope: Scope, review_on: date | None
) -> HoldRequest:
    """A request with its kind and its matter, asked where they are missing."""
    kinds = {one.value: edge.say(kind_words(one)) for one in HoldKind}
    chosen = kind or choose(edge.say(Text(nl="Soort", en="Kind")), "--kind", kinds)
    case = matter or ask(edge.say(Text(nl="Zaak waarvoor", en="Matter it is placed for")), "--matter")
    return HoldRequest(kind=HoldKind(chosen), matter=case, scope=scope, review_on=review_on)


def show_before(edge: Edge, register: Register, requests: Sequence[HoldRequest]) -> None:
    """Show what is about to be placed and what it covers, and ask for a yes."""
    covered = coverages_of(edge, register, [one.scope for one in requests])
    for request, found in zip(requests, covered, strict=True):
        kind, scope = kind_words(request.kind), scope_words(request.scope)
        lines = [Text(nl=f"{kind.nl}: {scope}", en=f"{kind.en}: {scope}")]
        lines += [
            *coverage_words(found),
            *unreached_words(unreached(register, request.scope), request.scope),
        ]
        print_lines(edge.say(line) for line in lines)
    count = len(requests)
    confirm(edge.say(Text(nl=f"Plaatsen ({count})?", en=f"Place ({count})?")), "--yes", edge.language)


def place_requests(edge: Edge, register: Register, requests: Sequence[HoldRequest]) -> tuple[Placed, ...]:
    """Put every request in force, all or none; it needs our own memory only."""
    settings = edge.settings
    by, now = opening.open_actor(settings).id, opening.now()
    holds = [
        new_hold(
            kind=one.kind,
            matter=one.matter,
            scope=one.scope,
            by=by,
            now=now,
            random=os.urandom,
            review_on=one.review_on,
        )
        for one in requests
    ]
    with opening.open_control(settings) as control:
        return place_all(
            control,
            opening.open_journal(settings),
            holds,
            names=known(register),
            clock=time.monotonic,
            sleep=time.sleep,
            wait_seconds=settings.holds.wait_seconds,
        )


def print_receipts(edge: Edge, register: Register, placed: Sequence[Placed]) -> None:
    """Print a receipt for each hold.

    Raises:
        HoldUnconfirmed: it is in force, and a batch that was under way may still have taken some of it.

    """
    covered = coverages_of(edge, register, [one.hold.scope for one in placed])
    receipts = [(one, found, gone_of(edge, one.hold.scope)) for one, found in zip(placed, covered, strict=True)]
    if edge.as_json:
        print_json([_receipt_plain(*receipt, unreached(register, receipt[0].hold.scope)) for receipt in receipts])
    else:
        for receipt in receipts:
            print_lines(edge.say(line) for line in _receipt(edge, register, *receipt))
    flights = {flight.intent: flight for one in placed for flight in one.unsettled}
    if flights:
        named = ", ".join(f"batch {intent}, {records(f.size)}" for intent, f in sorted(flights.items()))
        raise HoldUnconfirmed(
            f"In force for everything from now; not confirmed: {named}. See what became of it: retention status, "
            "retention audit show."
        )


def coverage_of(edge: Edge, scope: Scope) -> Coverage | None:
    """How many records a scope covers; None where it cannot be asked: that stops no hold."""
    try:
        return coverages_of(edge, opening.open_register(edge.settings), [scope])[0]
    except RetentionError:
        return None


def coverages_of(edge: Edge, register: Register, scopes: Sequence[Scope]) -> Sequence[Coverage | None]:
    """The same of several scopes, in their order; the stores are opened once."""
    settings, now = edge.settings, opening.now()
    day = Day(now.astimezone(settings.zone).date(), settings.zone)
    try:
        with opened(opening.Stores(settings, register), {one.store for one in register.all_datasets}) as reached:
            return [coverage(register, one, reached.sources, day=day, now=now).by_dataset for one in scopes]
    except RetentionError:
        return [None] * len(scopes)


def gone_of(edge: Edge, scope: Scope) -> Gone | None:
    """What of a scope's records was destroyed before; None: it names no record, and of others the log cannot tell.

    What cannot be told is said, and stops no hold.
    """
    if not scope.records:
        return None
    from retention.gone import Gone, gone_before  # noqa: PLC0415 - only named records are looked up in the log

    settings = edge.settings
    try:
        with opening.open_control(settings) as control, control.reading() as view:
            return gone_before(view, opening.open_manifests(settings), settings.keys.directory, scope.records)
    except RetentionError:
        return Gone(destroyed=(), unknown=tuple(sorted({dataset for dataset, _ in scope.records})))


def stops_of(edge: Edge, hold_id: str) -> Mapping[str, int]:
    """What the newest plan found that a hold alone keeps: dataset to records."""
    from retention.summary import PlanSummary  # noqa: PLC0415 - what a release makes due; to place a hold asks nothing

    with opening.open_control(edge.settings) as control, control.reading() as view:
        plans = view.plans()
        report = view.plan_report(plans[0].digest) if plans else None
    summary = None if report is None else PlanSummary.from_json(report)
    found = next((one for one in summary.holds if one.id == hold_id), None) if summary is not None else None
    return {} if found is None else found.stops


def unreached(register: Register, scope: Scope) -> tuple[str, ...]:
    """The datasets that none of a scope's persons reaches; empty for a scope that names no person."""
    spaces = {namespace for namespace, _ in scope.subjects}
    if not spaces:
        return ()
    return tuple(
        dataset.id
        for dataset in register.all_datasets
        if not isinstance(dataset.subjects, NoSubject)
        and spaces.isdisjoint(namespace for namespace, _ in dataset.subject_paths)
    )


def plain_hold(hold: Hold) -> dict[str, Any]:
    """A hold for a program: everything but its salt."""
    return {
        "id": hold.id,
        "kind": hold.kind,
        "matter": hold.matter,
        "scope": hold.scope,
        "placed_at": hold.placed_at,
        "placed_by": hold.placed_by,
        "review_on": hold.review_on,
        "in_force": hold.in_force,
        "released_at": hold.released_at,
        "released_by": hold.released_by,
        "release_reason": hold.release_reason,
        "cooling_until": hold.cooling_until,
        "notified_on": hold.notified_on,
    }


def _receipt(
    edge: Edge, register: Register, placed: Placed, coverage: Coverage | None, gone: Gone | None
) -> Iterator[Text]:
    zone = edge.settings.zone
    yield from placed_words(placed, zone)
    yield from coverage_words(coverage)
    yield from unreached_words(unreached(register, placed.hold.scope), placed.hold.scope)
    yield from gone_words(gone, placed.hold.scope, zone)


def _receipt_plain(
    placed: Placed, coverage: Coverage | None, gone: Gone | None, not_reached: tuple[str, ...]
) -> dict[str, Any]:
    return plain_hold(placed.hold) | {
        "confirmed": not placed.unsettled,
        "unsettled": [{"batch": f.intent, "dataset": f.dataset, "records": f.size} for f in placed.unsettled],
        "coverage": coverage,
        "not_reached": not_reached,
        "destroyed_before": [
            {"dataset": dataset, "key": key, "entry": found.index, "time": found.time}
            for (dataset, key), found in (() if gone is None else gone.destroyed)
        ],
        "destroyed_unknown": () if gone is None else gone.unknown,
    }
