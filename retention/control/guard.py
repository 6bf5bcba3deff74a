"""The start-up guard of holds (P1): control store, log and journal must know the same holds.

What only the store has is added to the journal: a crash came between its commit and that line. What only the log or the
journal has was forgotten by the store, as by one restored from a back-up: nothing may be destroyed.
"""

from __future__ import annotations

from collections.abc import Iterable

from retention.control import wire
from retention.control.interface import Control, EventKind
from retention.control.journal import Journal, JournalEvent, Recorded
from retention.errors import ControlError
from retention.holds import Hold


def reconcile(control: Control, journal: Journal) -> None:
    """Hold the three to each other, and complete the journal.

    Raises:
        ControlError: they differ; the message names the holds.

    """
    holds = {hold.id: hold for hold in control.holds()}
    ours = _lines(holds.values())
    journal.append(*_missing(control, holds, ours, journal.read(ours)))


def unrecorded(control: Control, recorded: Recorded) -> list[JournalEvent]:
    """Hold the three to each other and write nothing; what the journal still lacks.

    Raises:
        ControlError: as above.

    """
    holds = {hold.id: hold for hold in control.holds()}
    return _missing(control, holds, _lines(holds.values()), recorded)


def _lines(holds: Iterable[Hold]) -> dict[bytes, JournalEvent]:
    """What the journal must say, by its lines."""
    return {event.line: event for hold in holds for event in events_of(hold)}


def _missing(
    control: Control, holds: dict[str, Hold], ours: dict[bytes, JournalEvent], recorded: Recorded
) -> list[JournalEvent]:
    _agree_with_log(control, holds)
    return _agree_with_journal(ours, recorded)


def events_of(hold: Hold) -> tuple[JournalEvent, ...]:
    """What the journal must say of a hold."""
    placed = JournalEvent(EventKind.HOLD_PLACE, wire.as_placed(hold))
    return (placed,) if hold.in_force else (placed, JournalEvent(EventKind.HOLD_RELEASE, hold))


def _agree_with_log(control: Control, holds: dict[str, Hold]) -> None:
    logged = control.logged_holds()
    last = {said.id: said.last for said in logged}
    for event in control.unlogged():
        if event.hold is not None:
            last[event.hold.id] = event.kind
    _refuse("the log has and the control store has not", last.keys() - holds.keys())
    _refuse("the control store has and its events have not", holds.keys() - last.keys())
    _refuse(
        "are open in one of log and control store and released in the other",
        (id_ for id_, kind in last.items() if holds[id_].in_force != (kind is EventKind.HOLD_PLACE)),
    )
    _refuse(
        "have another scope in the control store than the log committed to",
        (said.id for said in logged if said.scope_commit not in (None, wire.scope_commit(holds[said.id]))),
    )


def _agree_with_journal(ours: dict[bytes, JournalEvent], recorded: Recorded) -> list[JournalEvent]:
    theirs = recorded.lines
    _refuse(
        "the journal has, and the control store has not or has otherwise",
        (theirs[line].hold.id for line in theirs.keys() - ours.keys()),
    )
    missing = [event for line, event in ours.items() if line not in theirs]
    if recorded.torn and not any(event.line.startswith(recorded.torn) for event in missing):
        raise ControlError(
            "The journal of holds ends in a line that was cut off, of a hold that the control store does not have. "
            "Restore the newest control store. Nothing is destroyed."
        )
    return missing


def _refuse(what: str, ids: Iterable[str]) -> None:
    if named := sorted(set(ids)):
        raise ControlError(
            f"Holds that {what}: {', '.join(named)}. Restore the newest control store, or place again what is missing "
            "and have it looked into. Nothing is destroyed."
        )
