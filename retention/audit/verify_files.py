"""The files of a published log as a verifier reads them: tiles, bundles, manifests, and nothing else.

Everything here is untrusted until it hashes to a signed root. What was read is remembered, so that a file nobody
needed is found at the end.
"""

import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from retention.audit import merkle
from retention.audit.note import Checkpoint
from retention.audit.tiles import WIDTH, Tile, bundle_path, bundles_of, decode_bundle, tiles_of
from retention.errors import VerificationError

_PARTIAL = re.compile(r"(tile/(?:entries|\d+)/(?:x\d{3}/)*\d{3})\.p/([1-9]\d{0,2})", re.ASCII)


class Files(Protocol):
    """A log directory, wherever it lies."""

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None when there is no such file."""
        ...

    def paths(self) -> Iterator[str]:
        """Yield every file, relative and with slashes."""
        ...


class Directory(Struct, frozen=True):
    """A log directory on disk."""

    root: Path

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None when there is no such file (VerificationError when it cannot be read)."""
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise VerificationError(f"{path} cannot be read: {error.strerror}") from error

    def paths(self) -> Iterator[str]:
        """Yield every file; a link to a directory counts as one, and is not followed."""
        for base, directories, names in os.walk(self.root):
            links = [name for name in directories if (Path(base) / name).is_symlink()]
            within = Path(base).relative_to(self.root).as_posix()
            for name in (*names, *links):
                yield name if within == "." else f"{within}/{name}"


class Reader(Struct):
    """Reads a log against a signed checkpoint, and remembers which files it used."""

    files: Files
    used: set[str] = field(default_factory=set)

    def read(self, path: str, what: str) -> bytes:
        """Return a file that must be there (VerificationError)."""
        data = self.files.read(path)
        if data is None:
            raise VerificationError(f"{what} missing: {path}")
        self.used.add(path)
        return data

    def leaf_hashes(self, head: Checkpoint) -> list[bytes]:
        """Return the hashes of all leaves; every tile of the tree must be there and agree with the signed root."""
        hashes: list[bytes] = []
        level, below = 0, hashes
        for tile in tiles_of(head.size):
            if tile.level == 0:
                data = self.tile(tile)
                hashes.extend(data[at : at + merkle.HASH_BYTES] for at in range(0, len(data), merkle.HASH_BYTES))
                continue
            if tile.level > level:
                level, below = tile.level, [merkle.root_of(part) for part in _complete(below)]
            if self.tile(tile) != b"".join(below[tile.index * WIDTH : tile.index * WIDTH + tile.width]):
                raise VerificationError(f"tree does not match checkpoint: {tile.path} is not what lies below it")
        if merkle.root_of(hashes) != head.root:
            raise VerificationError("tree does not match checkpoint")
        return hashes

    def entries(self, hashes: list[bytes]) -> list[bytes]:
        """Return all entries; each must hash to its leaf."""
        entries: list[bytes] = []
        for index, width in bundles_of(len(hashes)):
            path = bundle_path(index, width)
            try:
                bundle = decode_bundle(self.read(path, "bundle"))
            except ValueError as error:
                raise VerificationError(f"bundle {path} truncated") from error
            for at, entry in enumerate(bundle[:width], index * WIDTH):
                if merkle.leaf_hash(entry) != hashes[at]:
                    raise VerificationError(f"entry {at} does not hash to its leaf")
            if len(bundle) != width:
                raise VerificationError(f"bundle {path} has {len(bundle)} entries, not {width}")
            entries.extend(bundle)
        return entries

    def has_manifest(self, root: str) -> bool:
        """Tell whether the file of a manifest is there at all."""
        return self.files.read(_manifest_path(root)) is not None

    def manifest(self, count: int, root: str) -> list[bytes]:
        """Return the references of a manifest: sorted, distinct, as many as said, and hashing to its name."""
        if count == 0:
            return []
        data = self.read(_manifest_path(root), "manifest")
        if len(data) != count * merkle.HASH_BYTES:
            raise VerificationError(f"manifest {root}: {len(data)} bytes for {count} references")
        refs = [data[at : at + merkle.HASH_BYTES] for at in range(0, len(data), merkle.HASH_BYTES)]
        if any(a >= b for a, b in pairwise(refs)):
            raise VerificationError(f"manifest {root}: not sorted and distinct")
        found = merkle.root_of([merkle.leaf_hash(ref) for ref in refs]).hex()
        if found != root:
            raise VerificationError(f"manifest {root}: contents hash to {found}")
        return refs

    def refuse_other_files(self, *, manifests: bool) -> None:
        """Refuse any file that nothing named; left-over partial tiles must be prefixes of what took their place."""
        for path in self.files.paths():
            if path in self.used or (not manifests and path.startswith("manifest/")):
                continue
            partial = _PARTIAL.fullmatch(path)
            if partial is None:
                raise VerificationError(f"unexpected file {path}")
            self._check_left_over(path, partial[1], int(partial[2]))

    def tile(self, tile: Tile) -> bytes:
        """Return the hashes of a tile, or of the full one that took its place (VerificationError)."""
        size = tile.width * merkle.HASH_BYTES
        data = self.files.read(tile.path)
        if data is not None:
            self.used.add(tile.path)
        elif tile.width < WIDTH and (full := self.files.read(tile.full_path)) is not None:
            self.used.add(tile.full_path)  # a full tile may stand in for a partial one
            data = full[:size] if len(full) == WIDTH * merkle.HASH_BYTES else b""
        if data is None:
            raise VerificationError(f"tree does not match checkpoint: tile missing: {tile.path}")
        if len(data) != size:
            raise VerificationError(f"tile {tile.path} has {len(data)} bytes, not {size}")
        return data

    def _check_left_over(self, path: str, full: str, width: int) -> None:
        data = self.files.read(path) or b""
        if full.startswith("tile/entries/"):
            try:
                whole = len(decode_bundle(data)) == width
            except ValueError:
                whole = False
        else:
            whole = len(data) == width * merkle.HASH_BYTES
        # What was authenticated: the full one, or the one partial that the checkpoint needs.
        sound = [name for name in self.used if name == full or name.startswith(f"{full}.p/")]
        if not (whole and width < WIDTH and sound and (self.files.read(sound[0]) or b"").startswith(data)):
            raise VerificationError(f"left-over partial {path} is no prefix of the authenticated tile")


def _complete(hashes: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(hashes) - WIDTH + 1, WIDTH):
        yield hashes[start : start + WIDTH]


def _manifest_path(root: str) -> str:
    return f"manifest/{root[:2]}/{root}"
