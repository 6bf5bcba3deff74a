"""What people read of a hold: its scope in words, what it covers, and the receipt of placing or releasing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from retention.holding import Placed
from retention.holds import Hold, Scope
from retention.reports.kinds import kind_words
from retention.text import Text, records

if TYPE_CHECKING:
    from retention.gone import Gone

Coverage = Mapping[str, int | None]
"""Records under a scope, by dataset; None: nobody knows."""


def scope_words(scope: Scope) -> str:
    """A scope as it is typed: each kind of selector must match, within one kind any value may."""
    kinds = (
        sorted(f"{namespace}={value}" for namespace, value in scope.subjects),
        sorted(f"{dataset}={key}" for dataset, key in scope.records),
        sorted(scope.datasets),
        sorted(scope.purposes),
        [f"{scope.starts_from or ''}..{scope.starts_to or ''}"] if scope.starts_from or scope.starts_to else [],
    )
    return " & ".join(", ".join(values) for values in kinds if values)


def coverage_words(coverage: Coverage | None) -> Iterator[Text]:
    """How many records a scope covers now; None: it could not be asked."""
    if coverage is None or any(count is None for count in coverage.values()):
        yield Text(
            nl="  Dekking (deels) onbekend: niet elke bron is te lezen. De blokkade geldt er evengoed.",
            en="  Coverage unknown (in part): not every store can be read. The hold binds there all the same.",
        )
    if coverage is None:
        return
    for dataset, count in sorted(coverage.items()):
        if count:
            yield Text(nl=f"  {dataset}: {records(count)}", en=f"  {dataset}: {records(count)}")
    if coverage and not any(coverage.values()) and None not in coverage.values():
        yield Text(
            nl="  LET OP: op dit moment valt er geen enkel record onder. Records die er later bij komen wel.",
            en="  NOTE: not a single record is covered at this moment. Records that appear later will be.",
        )


def unreached_words(datasets: tuple[str, ...], scope: Scope) -> Iterator[Text]:
    """The datasets that hold persons, and none under the names that a hold was placed with."""
    if datasets:
        listed, names = ", ".join(datasets), ", ".join(sorted({namespace for namespace, _ in scope.subjects}))
        yield Text(
            nl=f"  Niet te bereiken via {names}: {listed}. Leg daar zo nodig een eigen blokkade op.",
            en=f"  Not reached through {names}: {listed}. Place a hold of its own there if needed.",
        )


def gone_words(gone: Gone | None, scope: Scope, zone: ZoneInfo) -> Iterator[Text]:
    """What was destroyed before a hold was placed, and what nobody can tell; None: no record was named."""
    for (dataset, key), found in () if gone is None else gone.destroyed:
        when = _when(found.time, zone)
        yield Text(
            nl=f"  AL VERNIETIGD: {dataset} {key}, {when} (auditlog {found.index})",
            en=f"  ALREADY DESTROYED: {dataset} {key}, {when} (log entry {found.index})",
        )
    if gone is not None and gone.unknown:
        listed = ", ".join(gone.unknown)
        yield Text(
            nl=f"  Niet na te gaan wat eerder is vernietigd in {listed}: dit account heeft de sleutels niet.",
            en=f"  What was destroyed earlier in {listed} cannot be told: this account has no keys.",
        )
    if scope.subjects or scope.datasets or scope.purposes or not scope.records:
        yield Text(
            nl="  Wat eerder is vernietigd, is alleen per record na te gaan (--record): het log kent geen personen.",
            en="  What was destroyed earlier can be told by record only (--record): the log knows no persons.",
        )


def hold_words(hold: Hold, zone: ZoneInfo) -> Iterator[Text]:
    """A hold: in force since when or released, over what, for which matter."""
    kind, when, scope = kind_words(hold.kind), _when(hold.placed_at, zone), scope_words(hold.scope)
    if hold.released_at is None:
        yield Text(nl=f"{hold.id}: {kind.nl} van kracht sinds {when}", en=f"{hold.id}: {kind.en} in force since {when}")
    else:
        ended = _when(hold.released_at, zone)
        yield Text(
            nl=f"{hold.id}: {kind.nl} van {when}, opgeheven op {ended}",
            en=f"{hold.id}: {kind.en} of {when}, released on {ended}",
        )
        yield Text(nl=f"  Reden: {hold.release_reason}", en=f"  Reason: {hold.release_reason}")
    yield Text(nl=f"  Zaak: {hold.matter}", en=f"  Matter: {hold.matter}")
    yield Text(nl=f"  Reikwijdte: {scope}", en=f"  Scope: {scope}")
    if hold.review_on is not None:
        yield Text(nl=f"  Opnieuw beoordelen op {hold.review_on}", en=f"  Review on {hold.review_on}")


def placed_words(placed: Placed, zone: ZoneInfo) -> Iterator[Text]:
    """That a hold is in force, since when, over what, and what is not confirmed."""
    yield from hold_words(placed.hold, zone)
    for flight in placed.unsettled:
        count = records(flight.size)
        yield Text(
            nl=f"  NIET BEVESTIGD: batch {flight.intent} in {flight.dataset}, {count}, liep al",
            en=f"  NOT CONFIRMED: batch {flight.intent} in {flight.dataset}, {count}, was under way",
        )


def released_words(hold: Hold, stops: Mapping[str, int], zone: ZoneInfo) -> Iterator[Text]:
    """That a hold was released, from when on nothing keeps its records, and what then becomes due.

    `stops` is what the newest plan found that it alone kept: dataset to records.
    """
    yield Text(nl=f"{hold.id}: opgeheven", en=f"{hold.id}: released")
    if hold.cooling_until is None:
        yield Text(nl="  Geen bedenktijd.", en="  No cooling-off period.")
    else:
        when = _when(hold.cooling_until, zone)
        yield Text(
            nl=f"  Bedenktijd tot {when}; tot dan blijft alles wat eronder viel.",
            en=f"  Cooling off until {when}; until then everything it covered stays.",
        )
    for dataset, count in sorted(stops.items()):
        yield Text(
            nl=f"  Daarna aan de beurt: {dataset}, {records(count)} (volgens het nieuwste plan)",
            en=f"  Then due: {dataset}, {records(count)} (by the newest plan)",
        )
    if not stops:
        yield Text(
            nl="  Volgens het nieuwste plan hield alleen deze blokkade niets tegen.",
            en="  By the newest plan this hold alone kept nothing.",
        )


def _when(time: datetime, zone: ZoneInfo) -> str:
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S}"
