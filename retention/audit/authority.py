"""What the writer of the log needs of the control store, inside one of its transactions.

The control store is the authority, the published directory its projection. No method commits: the caller's
transaction decides, so that an intent, its tree and its signed checkpoint exist together or not at all. An
implementation raises `ControlError` when the store cannot answer.
"""

import json
from collections.abc import Sequence
from typing import Protocol


class Authority(Protocol):
    """Leaves, frontier and checkpoints of one log, as one open transaction sees them."""

    def size(self) -> int:
        """Count the leaves."""
        ...

    def frontier(self) -> tuple[bytes, ...]:
        """Return the 32-byte hashes of the complete subtrees, largest first; empty for an empty log."""
        ...

    def last_time(self) -> str | None:
        """Return `time` of the last leaf (`leaf_time` reads it); None for an empty log."""
        ...

    def append_leaf(self, index: int, leaf: bytes) -> None:
        """Store the bytes of the leaf at the index, which must be the current size (AuditError)."""
        ...

    def set_frontier(self, hashes: Sequence[bytes]) -> None:
        """Replace the frontier, largest subtree first."""
        ...

    def add_checkpoint(self, size: int, note: str) -> None:
        """Store the signed note of a size; the same note again changes nothing, a different one is an AuditError."""
        ...

    def leaves(self, start: int, stop: int) -> list[bytes]:
        """Return the leaves from start up to but not including stop, all of them (AuditError)."""
        ...

    def checkpoint(self, size: int) -> str | None:
        """Return the signed note of exactly this size; None when none was signed."""
        ...

    def published(self) -> int | None:
        """Return the size of the last published checkpoint; None before the first."""
        ...

    def set_published(self, size: int) -> None:
        """Record that everything up to this size is published durably; it never decreases (AuditError)."""
        ...


def leaf_time(leaf: bytes) -> str:
    """Return the `time` of a stored leaf: `YYYY-MM-DDTHH:MM:SSZ`."""
    return str(json.loads(leaf)["time"])
