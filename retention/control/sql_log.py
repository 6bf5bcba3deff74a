"""The log's authority in the control store: leaves without gaps, frontier, one signed note for each size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as insert_or

from retention.audit.authority import leaf_time
from retention.control.schema import CHECKPOINTS, LEAVES, PUBLISHED
from retention.control.tables import Tables
from retention.errors import AuditError

_SIZE: Final = "SELECT coalesce(max(position) + 1, 0) FROM leaf"
_APPEND: Final = f"INSERT INTO leaf (position, bytes) SELECT ?, ? WHERE ? = ({_SIZE})"
_GROWN: Final = "INSERT INTO frontier (position, hash) VALUES (?, ?)"
_SIGNED: Final = "INSERT INTO checkpoint (size, note) VALUES (?, ?) ON CONFLICT DO NOTHING"


class LogTables(Tables):
    """`audit.authority.Authority` over the open transaction."""

    def size(self) -> int:
        """Count the leaves."""
        return int(self._first(_SIZE))

    def frontier(self) -> tuple[bytes, ...]:
        """Return the hashes of the complete subtrees, largest first."""
        return tuple([hash_ for (hash_,) in self._asked("SELECT hash FROM frontier ORDER BY position")])

    def last_time(self) -> str | None:
        """Return the time of the last leaf; None for an empty log."""
        leaf = self._first("SELECT bytes FROM leaf ORDER BY position DESC LIMIT 1")
        return None if leaf is None else leaf_time(leaf)

    def append_leaf(self, index: int, leaf: bytes) -> None:
        """Store a leaf at the end.

        Raises:
            AuditError: another index than the size.

        """
        if self._said(_APPEND, index, leaf, index) != 1:
            raise AuditError(f"Entry {index} was to be added to a log of {self.size()}: another writer was here.")

    def set_frontier(self, hashes: Sequence[bytes]) -> None:
        """Replace the frontier, largest subtree first."""
        self._said("DELETE FROM frontier")
        if hashes:
            self._said_of_each(_GROWN, enumerate(hashes))

    def add_checkpoint(self, size: int, note: str) -> None:
        """Store the signed note of a size; the same again changes nothing.

        Raises:
            AuditError: another note of that size exists.

        """
        if self._said(_SIGNED, size, note) != 1 and self.checkpoint(size) != note:
            raise AuditError(
                f"A different checkpoint of size {size} is signed already: two histories must never exist. "
                "Nothing was written; compare the control store with the published log."
            )

    def leaves(self, start: int, stop: int) -> list[bytes]:
        """Return the leaves from start up to but not including stop.

        Raises:
            AuditError: not all of them exist.

        """
        found = self._rows(
            select(LEAVES.c.bytes)
            .where(LEAVES.c.position >= start, LEAVES.c.position < stop)
            .order_by(LEAVES.c.position)
        )
        if len(found) != max(stop - start, 0):
            raise AuditError(f"The control store lacks entries between {start} and {stop}: restore it from a back-up.")
        return [row["bytes"] for row in found]

    def checkpoint(self, size: int) -> str | None:
        """Return the signed note of exactly this size."""
        note = self._value(select(CHECKPOINTS.c.note).where(CHECKPOINTS.c.size == size))
        return None if note is None else str(note)

    def published(self) -> int | None:
        """Return the size of the last published checkpoint."""
        size = self._value(select(PUBLISHED.c.size))
        return None if size is None else int(size)

    def set_published(self, size: int) -> None:
        """Record what is published durably.

        Raises:
            AuditError: more is published already.

        """
        before = self.published()
        if before is not None and size < before:
            raise AuditError(f"The log is published up to {before} and cannot shrink to {size}.")
        put = insert_or(PUBLISHED).values(one=1, size=size)
        self._change(put.on_conflict_do_update(index_elements=["one"], set_={"size": size}))
