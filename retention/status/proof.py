"""Whether our memory and the published log tell one story: a quick look, and nothing is written (P1, P6).

What is on disk is read before our own memory: whatever is published, kept or journalled then was committed before, so
that a run at work never looks like an old copy.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from retention.audit.glance import glance
from retention.audit.note import Checkpoint, note_text
from retention.audit.trust import Trust
from retention.audit.verify_files import Directory
from retention.control.guard import unrecorded
from retention.control.interface import Control
from retention.control.journal import Journal, Recorded
from retention.errors import ControlError, VerificationError


class OnDisk(Struct, frozen=True, kw_only=True):
    """What lies beside our own memory."""

    head: Checkpoint | None  # published; None: it does not verify
    trouble: str | None  # why the published log does not verify; None: it does, as far as a quick look goes
    kept: Checkpoint | None  # by the last verification; None: nothing was kept
    journal: Recorded | str  # a text: why it cannot be read


def read_disk(log: Path, trust: Trust | str, kept: Checkpoint | None, journal: Journal) -> OnDisk:
    """What is published, kept and journalled; a text for the trust is why it cannot be read."""
    head, trouble = None, trust if isinstance(trust, str) else None
    if not isinstance(trust, str):
        try:
            head = glance(Directory(log), trust)
        except (VerificationError, OSError) as error:
            trouble = str(error)
    try:
        recorded: Recorded | str = journal.read()
    except ControlError as error:
        recorded = str(error)
    except OSError as error:  # the state directory itself cannot be entered
        recorded = f"the journal of holds cannot be read: {error.strerror}"
    return OnDisk(head=head, trouble=trouble, kept=kept, journal=recorded)


def old_copy(tx: Control, disk: OnDisk) -> str | None:
    """Why our own memory is older than what is on disk, or another; None: it is the newest."""
    for name, one in (("published", disk.head), ("kept by the last verification", disk.kept)):
        if one is not None and (why := _lacks(tx, one)) is not None:
            return f"a checkpoint of size {one.size} is {name}, and {why}"
    if isinstance(disk.journal, str):
        return disk.journal
    try:
        unrecorded(tx, disk.journal)
    except ControlError as error:
        return str(error)
    return None


def rolled_back(tx: Control, log: Path, disk: OnDisk) -> str | None:
    """Why the published log is older than what our own memory published; None: it is not."""
    published = tx.published()
    if published is None or disk.head is None or disk.head.size >= published:
        return None
    try:  # a run may have published since we looked
        now = Checkpoint.parse(note_text((log / "checkpoint").read_bytes()))
    except (OSError, VerificationError) as error:
        return str(error)
    return None if now.size >= published else f"size {published} was published, and size {now.size} is there"


def _lacks(tx: Control, one: Checkpoint) -> str | None:
    size = tx.size()
    if one.size > size:
        return f"the control store has {size} entries"
    note = tx.checkpoint(one.size)
    if note is None or Checkpoint.parse(note_text(note.encode())).root != one.root:
        return "the control store has another history"
    return None
