"""What the verification job leaves for the status: the checkpoint it kept, and when the whole log last verified.

Both lie beside the trust file: `kept-checkpoint`, a signed note, and `last-verification.json`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from retention.audit.durable import write
from retention.audit.note import KEPT, Checkpoint, note_text
from retention.errors import VerificationError
from retention.status.value import Anchor, Verified

LAST: Final = "last-verification.json"


def record(folder: Path, *, at: datetime, exit_status: int, checkpoint: bytes | None) -> None:
    """Note that the log was verified, and keep the checkpoint that was; None: it did not verify, nothing is kept.

    Raises: AuditError, when it cannot be written.
    """
    before = kept_anchor(folder)
    if checkpoint is not None:
        write(folder / KEPT, checkpoint, folder)
    kept = at if checkpoint is not None else None if before is None else before.at
    said = {"at": at.isoformat(), "exit_status": exit_status, "kept": None if kept is None else kept.isoformat()}
    write(folder / LAST, (json.dumps(said) + "\n").encode(), folder)


def last_verified(folder: Path) -> Verified | None:
    """When the log was last verified as a whole, and how that ended; None: never, or it cannot be read."""
    try:
        raw = json.loads((folder / LAST).read_text("utf-8"))
        return Verified(at=datetime.fromisoformat(raw["at"]), exit_status=int(raw["exit_status"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def kept_checkpoint(folder: Path) -> Checkpoint | None:
    """The checkpoint that was kept; None: none, or what is there is none."""
    try:
        return Checkpoint.parse(note_text((folder / KEPT).read_bytes()))
    except (OSError, VerificationError):
        return None


def kept_anchor(folder: Path) -> Anchor | None:
    """The checkpoint that was kept, and when; None: none."""
    checkpoint = kept_checkpoint(folder)
    if checkpoint is None:
        return None
    written = datetime.fromtimestamp((folder / KEPT).stat().st_mtime, UTC)
    return Anchor(size=checkpoint.size, at=_kept_at(folder) or written)


def _kept_at(folder: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads((folder / LAST).read_text("utf-8"))["kept"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
