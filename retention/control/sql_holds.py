"""Holds in the control store, and the events that bind before they are entries of the log."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from msgspec import Struct
from sqlalchemy import LargeBinary, cast, func, insert, literal, select, update

from retention.control import rows, wire
from retention.control.interface import Event, EventKind, LoggedHold
from retention.control.schema import APPROVALS, EVENTS, HOLDS, LEAVES
from retention.control.tables import Tables
from retention.errors import ControlError
from retention.holds import Hold, HoldIndex, Standing

_EVENT_OF: Final = {"place": EventKind.HOLD_PLACE, "release": EventKind.HOLD_RELEASE}


_HOLDS: Final = f"SELECT {rows.HOLD} FROM hold ORDER BY seq"  # noqa: S608 - a constant
_NAMED: Final = f"SELECT {rows.HOLD} FROM hold WHERE id = ?"  # noqa: S608 - as above
_UNLOGGED: Final = (
    "SELECT seq, kind, at, hold, approval FROM event WHERE leaf IS NULL ORDER BY +seq"  # by the index of leaf
)
_KEPT: Final = "standing"  # in what SQLAlchemy keeps for one connection of the driver, as long as that lives


class _Kept(Struct, frozen=True):
    """The holds that a connection has read, committed and unchanged as long as it gives this version (ADR 0034)."""

    version: int  # PRAGMA data_version: SQLite's own sign that no other connection has committed anything
    standing: Standing


class HoldTables(Tables):
    """Holds and events over the open transaction."""

    _changed_holds = False  # by this transaction

    def holds(self) -> tuple[Hold, ...]:
        """Every hold, in the order of placing."""
        return tuple(map(rows.hold, self._asked(_HOLDS)))

    def standing(self, now: datetime) -> HoldIndex:
        """The holds that stop anything at a time; read anew unless this connection knows that no hold has changed."""
        version = int(self._first("PRAGMA data_version"))
        kept: _Kept | None = self._connection.info.get(_KEPT)
        if kept is not None and kept.version == version and kept.standing.at(now):
            return kept.standing.index
        standing = Standing.of(self.holds(), now)
        if not self._changed_holds:  # what this transaction wrote is nobody's until it commits
            self._connection.info[_KEPT] = _Kept(version, standing)
        return standing.index

    def _change_holds(self) -> None:
        """Forget what is kept, before a change of our own: the version tells only what other connections commit."""
        self._changed_holds = True
        self._connection.info.pop(_KEPT, None)

    def place(self, hold: Hold) -> None:
        """Add a hold and the event of it."""
        self._change_holds()
        self._change(insert(HOLDS).values(rows.hold_columns(hold)))
        self._add_event(EventKind.HOLD_PLACE, wire.instant_text(hold.placed_at), hold=hold.id)

    def release(self, hold: Hold) -> None:
        """Replace a hold in force by its released form, and add the event.

        Raises:
            ControlError: it is not in force, or the new form is not a released one.

        """
        if hold.released_at is None:
            raise ControlError(f"Hold {hold.id} was to be released without the time of its release.")
        self._change_holds()
        self._change_one(
            update(HOLDS)
            .where(HOLDS.c.id == hold.id, HOLDS.c.released_at.is_(None))
            .values(rows.release_columns(hold)),
            f"Hold {hold.id} is not in force in the control store, so it cannot be released.",
        )
        self._add_event(EventKind.HOLD_RELEASE, wire.instant_text(hold.released_at), hold=hold.id)

    def unlogged(self) -> tuple[Event, ...]:
        """Events that are not yet entries, in order."""
        return tuple([self._event(*row) for row in self._asked(_UNLOGGED)])

    def mark_logged(self, seq: int, index: int) -> None:
        """Note which entry an event became.

        Raises:
            ControlError: there is no such event, or it is an entry already.

        """
        self._change_one(
            update(EVENTS).where(EVENTS.c.seq == seq, EVENTS.c.leaf.is_(None)).values(leaf=index),
            f"Event {seq} does not wait to be logged.",
        )

    def logged_holds(self) -> tuple[LoggedHold, ...]:
        """What the log's entries say of each hold: the leaves themselves, not our note of what was logged."""
        found: dict[str, LoggedHold] = {}
        for entry in self._hold_entries():
            before = found.get(entry["hold"])
            commit = entry.get("scope_commit") or (before.scope_commit if before else None)
            found[entry["hold"]] = LoggedHold(id=entry["hold"], last=_EVENT_OF[entry["event"]], scope_commit=commit)
        return tuple(found.values())

    def _hold_entries(self) -> list[dict[str, str]]:
        # instr spares parsing the many entries that cannot be of a hold
        word = cast(literal(b'"type":"hold"'), LargeBinary)
        leaves = self._rows(
            select(LEAVES.c.bytes).where(func.instr(LEAVES.c.bytes, word) > 0).order_by(LEAVES.c.position)
        )
        return [entry for entry in (json.loads(row["bytes"]) for row in leaves) if entry["type"] == "hold"]

    def _event(self, seq: int, kind: str, at: str, hold: str | None, approval: int | None) -> Event:
        placed = [] if hold is None else self._asked(_NAMED, hold)
        said = None if approval is None else self._row(select(APPROVALS).where(APPROVALS.c.seq == approval))
        return Event(
            seq=seq,
            kind=EventKind(kind),
            at=datetime.fromisoformat(at),
            hold=rows.hold(placed[0]) if placed else None,
            approval=None if said is None else rows.approval(said),
        )
