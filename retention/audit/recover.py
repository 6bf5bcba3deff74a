"""Start-up guard, and rebuilding the log's authority from what was published.

A control store restored from a backup would sign a second history at sizes already published. So before anything
is destroyed, its tree must extend the published checkpoint and every archived one. Recovery goes one way only:
the control store is rebuilt from the published log, never the log's history from an older control store.
"""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING, Final

from retention.audit import merkle
from retention.audit.authority import Authority
from retention.audit.note import Checkpoint, VerifierKey, note_text
from retention.audit.verify_files import Directory, Reader
from retention.errors import AuditError, ConfigError, VerificationError

if TYPE_CHECKING:
    from retention.audit.trust import Trust
    from retention.audit.verify import Verification

_CHUNK: Final = 4096  # leaves in memory at a time


def guard(tx: Authority, directory: Path, vkey: VerifierKey, *, kept: Path | None = None) -> None:
    """Check that the control store's log extends everything published, and that the key at hand may sign it.

    `kept`: a checkpoint that a verification kept, which an old copy of control store and log together contradicts;
    None: none, and so is what is no checkpoint.

    Raises: AuditError, after which nothing may be destroyed; ConfigError, when the key is not in force.
    """
    published = _published(tx, directory) | _kept(tx, kept)
    roots, keys = _replay(tx, {*(old.size for old in published.values()), tx.size()})
    head = _own_checkpoint(tx, tx.size())
    if tx.size() and (head is None or (head.root, head.size) != (roots[tx.size()], tx.size())):
        raise AuditError("the control store's leaves do not hash to its own checkpoint; put its newest back-up back")
    for name, old in published.items():
        if old.origin != vkey.name:
            raise AuditError(f"{directory / name}: is of log {old.origin}, not of {vkey.name}; check [log] origin")
        if old.root != roots[old.size]:
            raise AuditError(
                f"{directory / name}: the control store has another history at size {old.size}; one of the two was "
                "replaced. Nothing is destroyed: verify the log, and put the newest back-up of the replaced one back"
            )
    if tx.size() and str(vkey) not in keys:
        raise ConfigError(
            f"the log key {vkey.name}+{vkey.id.hex()} is not in force in this log; use the right key file"
        )


def rebuild(tx: Authority, directory: Path, trust: Trust) -> Verification:
    """Fill an empty authority from a published log that verifies.

    Raises: AuditError, when the authority is not empty; VerificationError, when the log does not verify.
    """
    from retention.audit.verify import verify_directory  # noqa: PLC0415 - the guard of every run needs none of it

    if tx.size():
        raise AuditError("the control store holds a log already; only an empty one is rebuilt")
    found = verify_directory(directory, trust)
    reader = Reader(Directory(directory))
    head = trust.open_checkpoint(reader.read("checkpoint", "checkpoint")).checkpoint
    frontier: tuple[bytes, ...] = ()
    hashes = reader.leaf_hashes(head)
    for index, leaf in enumerate(reader.entries(hashes)):
        tx.append_leaf(index, leaf)
        frontier = merkle.grow(index, frontier, hashes[index])
    tx.set_frontier(frontier)
    for path in sorted(path for path in reader.files.paths() if path.startswith("checkpoints/")):
        note = reader.read(path, "checkpoint").decode()
        tx.add_checkpoint(Checkpoint.parse(note_text(note.encode())).size, note)
    if tx.checkpoint(head.size) is None:
        tx.add_checkpoint(head.size, reader.read("checkpoint", "checkpoint").decode())
    tx.set_published(head.size)
    return found


def _published(tx: Authority, directory: Path) -> dict[str, Checkpoint]:
    """Return the published checkpoints by file; none may be missing, unreadable or ahead of the control store."""
    published, size = tx.published(), tx.size()
    found = {}
    # Not the whole log: its tiles and manifests are many times as many files.
    archived = sorted(Directory(directory / "checkpoints").paths())
    try:
        newest = ["checkpoint"] if (directory / "checkpoint").exists() else []
    except OSError as error:
        raise AuditError(f"{directory}: the published log cannot be read: {error.strerror}; check its mode") from error
    for path in (*newest, *(f"checkpoints/{one}" for one in archived)):
        try:
            found[path] = Checkpoint.parse(note_text((directory / path).read_bytes()))
        except (VerificationError, OSError) as error:
            raise AuditError(f"{directory / path} is no checkpoint; verify the log before the next run") from error
        if found[path].size > size:
            raise AuditError(
                f"{directory / path}: size {found[path].size} is published, the control store has {size} entries: it "
                "is new, or was restored from a backup. Nothing is destroyed: put the newest control store back"
            )
    if published is None:
        return found
    archive = f"checkpoints/{published:012}"
    if "checkpoint" not in found or found["checkpoint"].size < published or archive not in found:
        raise AuditError(
            f"{directory}: the control store published size {published}, which is not there; the directory was "
            "moved, deleted or rolled back. Nothing is destroyed: put the published log back"
        )
    return found


def _kept(tx: Authority, path: Path | None) -> dict[str, Checkpoint]:
    """Return the checkpoint that a verification kept, by its file; it may not be ahead of the control store."""
    try:
        found = None if path is None else Checkpoint.parse(note_text(path.read_bytes()))
    except (VerificationError, OSError):
        found = None  # none was kept yet; the log itself was looked at already
    if found is None:
        return {}
    if found.size > tx.size():
        raise AuditError(
            f"{path}: a verification kept size {found.size}, the control store has {tx.size()} entries: it was "
            "restored from a backup, and the log with it. Nothing is destroyed: put the newest of both back"
        )
    return {str(path): found}


def _replay(tx: Authority, sizes: AbstractSet[int]) -> tuple[dict[int, bytes], set[str]]:
    """Hash all leaves again; return the root at each size asked for, and the log keys in force at the end."""
    roots, keys, frontier = {0: merkle.EMPTY_ROOT}, set[str](), tuple[bytes, ...]()
    for start in range(0, tx.size(), _CHUNK):
        for index, leaf in enumerate(tx.leaves(start, min(start + _CHUNK, tx.size())), start):
            frontier = merkle.grow(index, frontier, merkle.leaf_hash(leaf))
            if index + 1 in sizes:
                roots[index + 1] = merkle.frontier_root(frontier)
            if b'"type":"log-' in leaf:  # canonical JSON escapes quotes, so that only the member reads like this
                members = json.loads(leaf)
                (keys.discard if members.get("event") == "retire" else keys.add)(members["vkey"])
    if frontier != tx.frontier():
        raise AuditError("the control store's leaves do not hash to its own tree; put its newest back-up back")
    return roots, keys


def _own_checkpoint(tx: Authority, size: int) -> Checkpoint | None:
    note = tx.checkpoint(size)
    return None if note is None else Checkpoint.parse(note_text(note.encode()))
