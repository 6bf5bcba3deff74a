"""The ledger: the control store and the log it is the authority of, written together.

The holder of the log key turns what people committed (holds, releases, approvals) into entries before its own next
entry, in the same transaction. Nothing of the log is kept in memory between transactions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import assert_never

from msgspec import Struct

from retention.audit.entry import ApprovalEvent, Entry, HoldEvent
from retention.audit.log import Log
from retention.audit.note import Checkpoint
from retention.control.interface import Control, ControlStore, Event, EventKind
from retention.control.wire import scope_commit
from retention.errors import ControlError


class Ledger(Struct, frozen=True):
    """Our memory and our proof."""

    control: ControlStore
    log: Log

    @contextmanager
    def transaction(self) -> Iterator[Control]:
        """One transaction on the control store."""
        with self.control.transaction() as tx:
            yield tx

    def append(self, tx: Control, entries: Sequence[Entry], *, now: datetime) -> list[int]:
        """Append what binds already, then these; their indices."""
        pending = tx.unlogged()
        written = self.log.append(tx, [*(entry_of(event) for event in pending), *entries], time=now)
        for event, index in zip(pending, written, strict=False):
            tx.mark_logged(event.seq, index)
        return written[len(pending) :]

    def publish(self) -> Checkpoint:
        """Publish everything signed so far."""
        with self.control.transaction() as tx:
            return self.log.publish(tx)


def entry_of(event: Event) -> Entry:
    """The entry that an event becomes."""
    match event.kind:
        case EventKind.HOLD_PLACE | EventKind.HOLD_RELEASE if event.hold is not None:
            hold = event.hold
            return HoldEvent(
                event="place" if event.kind is EventKind.HOLD_PLACE else "release",
                hold=hold.id,
                kind=hold.kind.value,
                scope_commit=scope_commit(hold),
            )
        case EventKind.APPROVAL if event.approval is not None:
            approval = event.approval
            return ApprovalEvent(
                event="grant" if approval.granted else "withdraw",
                of=approval.of,
                mode=approval.mode.value,
                role=approval.role,
                signer=approval.signer,
                expires=approval.expires,
                signature_sha256=approval.signature_sha256,
                allow=dict(approval.allow),
            )
        case EventKind.HOLD_PLACE | EventKind.HOLD_RELEASE | EventKind.APPROVAL:
            raise ControlError(f"Event {event.seq} of the control store has lost its content. Nothing is destroyed.")
        case _:
            assert_never(event.kind)
