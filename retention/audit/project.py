"""The published tiles, computed from the leaves of the control store and from nothing else.

A deterministic projection: the same leaves give the same files, so that writing them again changes nothing. Only
what is new since the last published size is written; what that needs of the older levels is read back from the
tiles and must still hash to the checkpoint of that size.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from retention.audit import durable, merkle
from retention.audit.authority import Authority
from retention.audit.note import Checkpoint, note_text
from retention.audit.tiles import HEIGHT, WIDTH, Tile, bundle_path, bundles_of, encode_bundle
from retention.errors import AuditError


def project(tx: Authority, directory: Path, scratch: Path, *, since: int, size: int) -> None:
    """Write the bundles and tiles of a tree that one of size `since` had not.

    Raises: AuditError, when the published tiles are damaged or a file cannot be written.
    """
    edges = _edges(tx, directory, since)
    new: list[bytes] = []  # hashes of the tiles that became complete: what is new on the level above
    for index, width in bundles_of(size, since):
        leaves = tx.leaves(index * WIDTH, index * WIDTH + width)
        hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        durable.write(directory / bundle_path(index, width), encode_bundle(leaves), scratch)
        durable.write(directory / Tile(0, index, width).path, b"".join(hashes), scratch)
        if width == WIDTH:
            new.append(merkle.root_of(hashes))
    level = 1
    while new:
        first = (since >> (HEIGHT * level)) // WIDTH
        edge = edges[level] if level < len(edges) else []
        new = [*_write_level(directory, scratch, level, first, edge + new)]
        level += 1


def _write_level(directory: Path, scratch: Path, level: int, first: int, hashes: Sequence[bytes]) -> Iterator[bytes]:
    """Write one level from its first changed tile on; yield the hashes of its complete tiles."""
    for start in range(0, len(hashes), WIDTH):
        part = hashes[start : start + WIDTH]
        tile = Tile(level, first + start // WIDTH, len(part))
        durable.write(directory / tile.path, b"".join(part), scratch)
        if len(part) == WIDTH:
            yield merkle.root_of(part)


def _edges(tx: Authority, directory: Path, size: int) -> list[list[bytes]]:
    """Return, for each level, the hashes of the last, partial tile of a published tree; checked against its root."""
    if size == 0:
        return []
    edges, level = list[list[bytes]](), 0
    while count := size >> (HEIGHT * level):
        edges.append(_edge(tx, directory, Tile(level, count // WIDTH, count % WIDTH)))
        level += 1
    note = tx.checkpoint(size)
    root = merkle.frontier_root([*_frontier(edges)])
    if note is None or Checkpoint.parse(note_text(note.encode())).root != root:
        raise AuditError(
            f"{directory}: the published tiles do not hash to the checkpoint of size {size}; verify the log, "
            "and publish a sound copy of it before the next run"
        )
    return edges


def _edge(tx: Authority, directory: Path, tile: Tile) -> list[bytes]:
    if tile.width == 0:
        return []
    if tile.level == 0:
        start = tile.index * WIDTH
        return [merkle.leaf_hash(leaf) for leaf in tx.leaves(start, start + tile.width)]
    for path in (directory / tile.path, directory / tile.full_path):  # a crash may have left the full one already
        if path.is_file():
            data = path.read_bytes()[: tile.width * merkle.HASH_BYTES]
            return [data[at : at + merkle.HASH_BYTES] for at in range(0, len(data), merkle.HASH_BYTES)]
    return []  # then the root does not match


def _frontier(edges: Sequence[Sequence[bytes]]) -> Iterator[bytes]:
    for edge in reversed(edges):
        start = 0
        for bit in reversed(range(HEIGHT)):
            if len(edge) & (1 << bit):
                yield merkle.root_of(edge[start : start + (1 << bit)])
                start += 1 << bit
