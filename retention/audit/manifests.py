"""The manifests of a log: staged and durable before the entry that names them is signed, published with that entry.

A transaction may roll back after its manifests are written, and a crash may come at any moment. What nothing names
must not lie in the published directory, where every verifier refuses it. So a manifest is staged outside it; the
publication moves those that the new entries name, and clears the rest away.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from retention.audit import durable, merkle
from retention.audit.entry import Manifest
from retention.errors import AuditError

SETS: Final = ("destroyed", "kept", "failed", "absent", "subjects")  # the manifests of an outcome


class Manifests(Struct, frozen=True, kw_only=True):
    """Where the manifests of one log lie."""

    published: Path  # <log>/manifest
    staged: Path  # on the same file system, never published
    scratch: Path  # for temporary files

    def write(self, refs: Iterable[bytes]) -> Manifest:
        """Stage references, sorted, under the name of their root; an empty set has no file.

        Raises: AuditError, when a reference occurs twice, or the file cannot be written.
        """
        ordered = sorted(refs)
        if len(set(ordered)) != len(ordered) or not set(map(len, ordered)) <= {merkle.HASH_BYTES}:
            raise AuditError("a batch names one record twice, or by something that is no reference; nothing was signed")
        root = merkle.root_of(merkle.leaf_hashes(ordered)).hex()
        if ordered:
            durable.write(self.staged / root, b"".join(ordered), self.scratch)
        return Manifest(count=len(ordered), root=root)

    def require(self, leaf: bytes) -> None:
        """Refuse a leaf that names a manifest which is not on disk.

        Raises: AuditError, after which nothing may be destroyed.
        """
        for root in named(leaf):
            if not self._path(root).is_file() and not (self.staged / root).is_file():
                raise AuditError(f"manifest {root} is not on disk; an entry that names it is not signed")

    def publish(self, leaves: Iterable[bytes]) -> None:
        """Move what these leaves name from the stage to the published directory; what was moved already stays.

        Raises: AuditError, when a manifest is in neither place, or cannot be moved.
        """
        moves: dict[Path, Path] = {}
        for root in {root for leaf in leaves for root in named(leaf)}:
            staged, published = self.staged / root, self._path(root)
            if staged.is_file():
                moves[staged] = published
            elif not published.is_file():
                raise AuditError(
                    f"manifest {root} is lost: it is neither in {self.staged} nor in {self.published}, though a signed "
                    "entry names it. Nothing more is destroyed: put it back from a backup of either directory"
                )
        durable.move(moves)

    def clear(self) -> None:
        """Take away what no entry names: staged for a transaction that never committed. Only when all is published.

        Raises: AuditError, when a file cannot be removed.
        """
        durable.remove([*_files(self.staged), *self.scratch.glob("*.tmp")])

    def read(self, root: str) -> Sequence[bytes] | None:
        """Return the references of a manifest, staged or published; None when there is none of that name.

        Raises: AuditError, when it does not hash to its name.
        """
        for path in (self._path(root), self.staged / root):
            if path.is_file():
                data = path.read_bytes()
                refs = [data[at : at + merkle.HASH_BYTES] for at in range(0, len(data), merkle.HASH_BYTES)]
                if merkle.root_of(merkle.leaf_hashes(refs)).hex() != root:
                    raise AuditError(f"{path} is not the manifest that it is named; verify the log")
                return refs
        return None

    def _path(self, root: str) -> Path:
        return self.published / root[:2] / root


def named(leaf: bytes) -> Iterator[str]:
    """Yield the roots of the manifests that a stored leaf names; an empty one has no file."""
    if b'"root"' in leaf:  # most leaves are not parsed
        members = json.loads(leaf)
        for manifest in _manifests(members):
            if manifest["count"]:
                yield manifest["root"]


def _manifests(members: dict[str, Any]) -> list[dict[str, Any]]:
    match members["type"]:
        case "intent":
            return [members["manifest"]]
        case "outcome":
            return [members[name] for name in SETS if name in members]
        case _:  # a run-start names a tree's root, which is no manifest
            return []


def _files(directory: Path) -> list[Path]:
    return list(directory.iterdir()) if directory.is_dir() else []
