"""The writer of the log: append inside the control store's transaction, publish what was signed.

Rules: every append reads the frontier from the transaction and keeps none; one signed checkpoint for each append,
and never two for one size; time does not go back; a manifest is on disk before the entry that names it is signed, and
published with that entry; `checkpoint` is the last file to be published. Whoever appends decides what may be said;
this module decides how.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from retention.audit import durable, merkle, shape
from retention.audit.authority import Authority
from retention.audit.entry import Entry, LogInit, Manifest, TreeHead
from retention.audit.leaf import encode
from retention.audit.manifests import Manifests
from retention.audit.note import Checkpoint, Signer, note_text, sign_note
from retention.audit.project import project
from retention.errors import AuditError, ClockError

_CHUNK: Final = 4096  # leaves in memory at a time


class Log(Struct, frozen=True, kw_only=True):
    """One log: who signs it, where it is published, and where its temporary files lie."""

    signer: Signer  # its name is the log's origin
    directory: Path  # published: static, copyable
    scratch: Path  # on the same file system, never published

    @property
    def manifests(self) -> Manifests:
        """Where its manifests lie, those of entries that are not published yet too."""
        staged = self.scratch / "manifest"
        return Manifests(published=self.directory / "manifest", staged=staged, scratch=self.scratch)

    @property
    def origin(self) -> str:
        """The name of the log, first line of its checkpoints."""
        return self.signer.vkey.name

    def initialise(self, tx: Authority, *, time: datetime) -> Checkpoint:
        """Write entry 0 and publish it, so that the first run has a checkpoint before it.

        Raises: AuditError, when there is a log already.
        """
        if tx.size() or (self.directory / "checkpoint").exists():
            raise AuditError(f"{self.directory}: there is a log already; a second one would fork its history")
        self.append(tx, [LogInit(origin=self.origin, vkey=str(self.signer.vkey))], time=time)
        return self.publish(tx)

    def append(self, tx: Authority, entries: Sequence[Entry], *, time: datetime) -> list[int]:
        """Append entries and sign one checkpoint over them, in the caller's transaction; return their indices.

        Raises: ClockError, when the time is before the last entry's; AuditError, when the control store's tree is
        inconsistent, or an entry is outside the schema.
        """
        if not entries:
            return []
        start, frontier, last = tx.size(), tx.frontier(), tx.last_time()
        stamp = shape.timestamp(time)
        if last is not None and stamp < last:
            raise ClockError(f"the clock says {stamp}, before the log's last entry of {last}; set the clock right")
        if start.bit_count() != len(frontier):
            raise AuditError(f"the control store's tree of size {start} is inconsistent; put its back-up back")
        for index, entry in enumerate(entries, start):
            if (index == 0) != isinstance(entry, LogInit):
                raise AuditError("log-init must be entry 0 and only entry 0; run `retention init` first")
            leaf = encode(entry, time)
            self.manifests.require(leaf)
            tx.append_leaf(index, leaf)
            frontier = merkle.grow(index, frontier, merkle.leaf_hash(leaf))
        size = start + len(entries)
        tx.set_frontier(frontier)
        head = Checkpoint(self.origin, size, merkle.frontier_root(frontier))
        tx.add_checkpoint(size, sign_note(head.text, [self.signer]))
        return list(range(start, size))

    def write_manifest(self, refs: Iterable[bytes]) -> Manifest:
        """Stage references until the entry that names them is published; see `Manifests.write`.

        Raises: AuditError, when a reference occurs twice, or the file cannot be written.
        """
        return self.manifests.write(refs)

    def write_text(self, text: bytes) -> str:
        """Keep the canonical text of a policy or dataset beside the log, under its SHA-256, which is returned.

        Raises: AuditError, when the file cannot be written.
        """
        digest = hashlib.sha256(text).hexdigest()
        durable.write(self.directory.parent / "texts" / f"{digest}.json", text, self.scratch)
        return digest

    def publish(self, tx: Authority) -> Checkpoint:
        """Publish everything signed so far: manifests, tiles, archived checkpoint, and `checkpoint` last.

        What is published must be committed already. To be repeated at will; nothing new to publish changes nothing,
        but for staged manifests that no entry names: those are cleared away, so no batch may be on its way to signing.
        Raises: AuditError, when a file cannot be written or the control store's tree is inconsistent.
        """
        size, since = tx.size(), tx.published() or 0
        note = tx.checkpoint(size)
        if note is None:
            raise AuditError("the control store has no signed checkpoint of its log; run `retention init` first")
        head = Checkpoint.parse(note_text(note.encode()))
        if (head.size, head.root) != (size, merkle.frontier_root(tx.frontier())) or since > size:
            raise AuditError(f"the control store's tree of size {size} is not the one it signed; nothing is published")
        if since < size:
            self.manifests.publish(_leaves(tx, since, size))
            project(tx, self.directory, self.scratch, since=since, size=size)
            durable.write(self.directory / "checkpoints" / f"{size:012}", note.encode(), self.scratch)
            durable.write(self.directory / "checkpoint", note.encode(), self.scratch)
            tx.set_published(size)
        self.manifests.clear()
        return head

    def published_head(self, tx: Authority) -> TreeHead:
        """Return the last published checkpoint, as the `prev` of a run-start names it (AuditError before the first)."""
        size = tx.published()
        note = tx.checkpoint(size) if size is not None else None
        if note is None:
            raise AuditError("nothing of this log is published yet; run `retention init` first")
        head = Checkpoint.parse(note_text(note.encode()))
        return TreeHead(size=head.size, root=head.root64)


def _leaves(tx: Authority, start: int, stop: int) -> Iterator[bytes]:
    for first in range(start, stop, _CHUNK):
        yield from tx.leaves(first, min(first + _CHUNK, stop))
