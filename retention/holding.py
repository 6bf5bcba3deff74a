"""What people do with holds: place, release, read them from a file (design.md P1).

A hold binds from the commit of one transaction that needs only the control store. Batches in flight were cleared
before it: whoever placed it waits for those it may touch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from retention.control.guard import events_of
from retention.control.interface import Control, ControlStore, Flight
from retention.control.journal import Journal
from retention.errors import ControlError, UsageError
from retention.holds import Hold, HoldKind, Scope
from retention.policy import Register

WAIT_SECONDS: Final = 30
_POLL_SECONDS: Final = 0.05
_SALT_BYTES: Final = 32


class Known(Struct, frozen=True, kw_only=True):
    """The names that a scope may use, from the register."""

    datasets: frozenset[str]
    namespaces: frozenset[str]  # of subjects
    purposes: frozenset[str]


class Placed(Struct, frozen=True, kw_only=True):
    """A hold that is in force, and what is known of the batches that were in flight."""

    hold: Hold
    waited: float  # seconds
    unsettled: tuple[Flight, ...]  # still in flight when the waiting ended; empty: the hold is confirmed


def known(register: Register) -> Known:
    """The names that scopes may use under a register."""
    datasets = register.all_datasets
    return Known(
        datasets=frozenset(dataset.id for dataset in datasets),
        namespaces=frozenset(namespace for dataset in datasets for namespace, _ in dataset.subject_paths),
        purposes=frozenset(policy.purpose for policy in register),
    )


def new_hold(  # noqa: PLR0913 - one keyword for each thing a hold says
    *,
    kind: HoldKind,
    matter: str,
    scope: Scope,
    by: str,
    now: datetime,
    random: Callable[[int], bytes],
    review_on: date | None = None,
) -> Hold:
    """A hold to be placed, with an id and a salt of its own; `random` is `os.urandom`."""
    _check_matter(matter, scope)
    at = now.astimezone(UTC)
    return Hold(
        id=f"H-{at:%Y%m%d}-{random(4).hex()}",
        kind=kind,
        scope=scope,
        matter=matter.strip(),
        placed_at=at,
        placed_by=by,
        salt=random(_SALT_BYTES),
        review_on=review_on,
    )


def place(  # noqa: PLR0913 - the two clocks are the caller's
    store: ControlStore,
    journal: Journal,
    hold: Hold,
    *,
    names: Known,
    clock: Callable[[], float],
    sleep: Callable[[float], object],
    wait_seconds: float = WAIT_SECONDS,
) -> Placed:
    """Put one hold in force; as `place_all`."""
    return place_all(store, journal, (hold,), names=names, clock=clock, sleep=sleep, wait_seconds=wait_seconds)[0]


def place_all(  # noqa: PLR0913 - as place
    store: ControlStore,
    journal: Journal,
    holds: Sequence[Hold],
    *,
    names: Known,
    clock: Callable[[], float],
    sleep: Callable[[float], object],
    wait_seconds: float = WAIT_SECONDS,
) -> tuple[Placed, ...]:
    """Put holds in force, all or none, then wait until every batch in flight that they may touch is settled.

    `clock` counts seconds and never goes back; `sleep` lets some pass.

    Raises:
        UsageError: a scope names what the register does not know; nothing is placed.
        ControlError: nothing is placed, or all are in force and could not be written to the journal.

    """
    for hold in holds:
        check_scope(hold.scope, names)
    began = clock()
    with store.transaction() as control:
        for hold in holds:
            control.place(hold)
        # Batches registered later see the holds, so these are all there are to wait for.
        waiting = tuple(f for f in control.flights() if any(touches(hold.scope, f) for hold in holds))
    _write_down(store, journal, holds)
    while waiting and clock() - began < wait_seconds:
        sleep(_POLL_SECONDS)
        with store.reading() as control:
            still = {flight.intent for flight in control.flights()}
        waiting = tuple(flight for flight in waiting if flight.intent in still)
    waited = clock() - began
    return tuple(
        Placed(hold=hold, waited=waited, unsettled=tuple(f for f in waiting if touches(hold.scope, f)))
        for hold in holds
    )


def release(  # noqa: PLR0913 - one keyword for each thing a release says
    store: ControlStore,
    journal: Journal,
    hold_id: str,
    *,
    by: str,
    reason: str,
    now: datetime,
    cooling_off: timedelta,
    immediately: bool = False,
    notified: date | None = None,
) -> Hold:
    """Release a hold; what it covered cools off first, unless released `immediately`.

    `now` is aware, in the organisation's zone: its date is the day on which a subject was notified at the latest.

    Raises:
        UsageError: unknown, released already, without a reason, or a restriction whose subject was not told.

    """
    if not reason.strip():
        raise UsageError("A release needs its reason: --reason TEXT.")
    _check_writable(reason)
    at = now.astimezone(UTC)
    with store.transaction() as control:
        found = _in_force(control, hold_id)
        _check_notified(found, notified, now.date())
        released = replace(
            found,
            released_at=at,
            released_by=by,
            release_reason=reason.strip(),
            cooling_until=None if immediately else at + cooling_off,
            notified_on=notified,
        )
        control.release(released)
    _write_down(store, journal, (released,))
    return released


def touches(scope: Scope, flight: Flight) -> bool:
    """Whether a batch in flight may hold a record of a scope; what cannot be told counts as touched."""
    return (
        (not scope.subjects or not flight.subjects or _named(scope.subjects, flight.subjects))
        and (not scope.records or not flight.members or _named(scope.records, flight.members))
        and (not scope.datasets or not flight.members or not scope.datasets.isdisjoint(flight.members))
        and (not scope.purposes or not flight.purposes or not scope.purposes.isdisjoint(flight.purposes))
    )


def _named(asked: Iterable[tuple[str, str]], names: Mapping[str, Collection[str]]) -> bool:
    return any(text in names.get(name, ()) for name, text in asked)


def check_scope(scope: Scope, names: Known) -> None:
    """Refuse a scope that names what the register does not know.

    Raises:
        UsageError: the message lists what is known.

    """
    problems = [
        f"Unknown {what} {', '.join(map(repr, unknown))}. Known: {', '.join(sorted(allowed)) or 'none'}."
        f"{_meant(unknown, allowed)}"
        for what, unknown, allowed in _unknown(scope, names)
    ]
    if scope.starts_from and scope.starts_to and scope.starts_from > scope.starts_to:
        problems.append(f"The range from {scope.starts_from} to {scope.starts_to} holds no day.")
    if problems:
        raise UsageError(" ".join(problems))


def check_names(register: Register, holds: Iterable[Hold]) -> tuple[str, ...]:
    """What an open hold names and a register has lost, one sentence each; such a register is refused (P1)."""
    names = known(register)
    return tuple(
        f"Hold {hold.id} names {what} {name!r}, which is not in the register. Put it back, or release the hold first."
        for hold in holds
        if hold.in_force
        for what, unknown, _ in _unknown(hold.scope, names)
        for name in unknown
    )


def _unknown(scope: Scope, names: Known) -> Iterable[tuple[str, list[str], frozenset[str]]]:
    asked = (
        ("dataset", scope.datasets | {dataset for dataset, _ in scope.records}, names.datasets),
        ("namespace", {namespace for namespace, _ in scope.subjects}, names.namespaces),
        ("purpose", scope.purposes, names.purposes),
    )
    return [(what, sorted(used - allowed), allowed) for what, used, allowed in asked if used - allowed]


def _meant(unknown: Iterable[str], allowed: frozenset[str]) -> str:
    """What was probably meant, as a question; empty when nothing is near."""
    near = [name for one in unknown for name in get_close_matches(one, sorted(allowed), n=1, cutoff=0.75)]
    return f" Did you mean {', '.join(near)}?" if near else ""


def _check_matter(matter: str, scope: Scope) -> None:
    if not matter.strip():
        raise UsageError("A hold needs its matter, the case it is placed for: --matter TEXT.")
    named = (*scope.datasets, *scope.purposes, *(part for pair in (*scope.subjects, *scope.records) for part in pair))
    _check_writable(matter, *named)


def _check_writable(*texts: str) -> None:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        raise UsageError("The text is not valid Unicode. Type it in a UTF-8 terminal, or use a UTF-8 file.") from None


def _in_force(control: Control, hold_id: str) -> Hold:
    holds = {hold.id: hold for hold in control.holds()}
    found = holds.get(hold_id)
    if found is None:
        in_force = ", ".join(hold.id for hold in holds.values() if hold.in_force) or "none"
        raise UsageError(f"There is no hold {hold_id!r}. In force: {in_force}.")
    if found.released_at is not None:
        raise UsageError(f"Hold {hold_id} was released on {found.released_at:%Y-%m-%d} already.")
    return found


def _check_notified(hold: Hold, notified: date | None, today: date) -> None:
    if hold.kind is HoldKind.RESTRICTION and notified is None:
        raise UsageError(
            f"Hold {hold.id} is a restriction: its subject must be told before it is lifted (GDPR art. 18(3)). "
            "Say when that was done: --notified DATE."
        )
    if notified is not None and notified > today:
        raise UsageError(f"--notified {notified} lies in the future. Lift the restriction once the subject is told.")


def _write_down(store: ControlStore, journal: Journal, holds: Sequence[Hold]) -> None:
    try:
        try:
            journal.append(*(event for hold in holds for event in events_of(hold)))
        except ControlError:
            # A crash may have cut off the line of an earlier hold: complete the journal from all that the store has.
            with store.reading() as control:
                journal.append(*(event for hold in control.holds() for event in events_of(hold)))
    except ControlError as error:
        named = ", ".join(f"{hold.id} is {'in force' if hold.in_force else 'released'}" for hold in holds)
        raise ControlError(f"{named}, but not yet written to the journal. {error}") from error
