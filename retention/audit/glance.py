"""A quick look at a published log: its newest checkpoint and the right edge of its tree, a few files of any log.

Finds a missing, forged or torn checkpoint, and whatever was changed in the newest entries. What lies before is for the
whole verification (`audit.verify`), which reads everything.
"""

from collections.abc import Iterator
from typing import Final

from retention.audit import merkle
from retention.audit.note import Checkpoint
from retention.audit.tiles import HEIGHT, WIDTH, Tile, bundle_path, decode_bundle
from retention.audit.trust import Trust
from retention.audit.verify_files import Files, Reader
from retention.errors import VerificationError

_HASH: Final = merkle.HASH_BYTES


def glance(files: Files, trust: Trust) -> Checkpoint:
    """The newest checkpoint, signed by a trusted key, and agreeing with the tiles and entries of its right edge.

    Raises: VerificationError.
    """
    reader = Reader(files)
    head = trust.open_checkpoint(reader.read("checkpoint", "checkpoint")).checkpoint
    if merkle.frontier_root([*_frontier(reader, head.size)]) != head.root:
        raise VerificationError("tree does not match checkpoint")
    if head.size:
        _check_newest(reader, head.size)
    return head


def _frontier(reader: Reader, size: int) -> Iterator[bytes]:
    """The complete subtrees of a tree, largest first, from the last, partial tile of each level."""
    levels = [level for level in range(64 // HEIGHT) if size >> (HEIGHT * level)]
    for level in reversed(levels):
        index, width = divmod(size >> (HEIGHT * level), WIDTH)
        if width == 0:
            continue
        hashes, start = _split(reader.tile(Tile(level, index, width))), 0
        for bit in reversed(range(HEIGHT)):
            if width & (1 << bit):
                yield merkle.root_of(hashes[start : start + (1 << bit)])
                start += 1 << bit


def _check_newest(reader: Reader, size: int) -> None:
    """The newest entries must hash to their leaves, and full tiles to the level above, up to the frontier."""
    index, width = (size - 1) // WIDTH, (size - 1) % WIDTH + 1
    hashes = _split(reader.tile(Tile(0, index, width)))
    path = bundle_path(index, width)
    try:
        entries = decode_bundle(reader.read(path, "bundle"))
    except ValueError as error:
        raise VerificationError(f"bundle {path} truncated") from error
    if [merkle.leaf_hash(entry) for entry in entries] != hashes:
        raise VerificationError(f"the entries of {path} do not hash to their leaves")
    level = 1
    while len(hashes) == WIDTH:
        index, place = divmod(index, WIDTH)
        above = _split(reader.tile(Tile(level, index, place + 1)))
        if merkle.root_of(hashes) != above[-1]:
            raise VerificationError("tree does not match checkpoint")
        hashes, level = above, level + 1


def _split(data: bytes) -> list[bytes]:
    return [data[at : at + _HASH] for at in range(0, len(data), _HASH)]
