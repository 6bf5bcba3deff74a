"""Where the tree and its entries lie in the published directory: C2SP tlog-tiles.

A tile holds up to 256 hashes of one level of the tree (levels 0, 8, 16 … of RFC 6962); a bundle holds the up to
256 entries of a level-0 tile, each after its length in two bytes. Names only, no files are opened here.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT


class Tile(Struct, frozen=True):
    """One tile: its level counted in tiles, its index, and how many hashes it holds (256 when full)."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its file, relative to the log directory."""
        return f"tile/{self.level}/{_index(self.index)}{_partial(self.width)}"

    @property
    def full_path(self) -> str:
        """The file of the full tile that takes its place once there is one."""
        return f"tile/{self.level}/{_index(self.index)}"


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Name the file of an entry bundle, relative to the log directory."""
    return f"tile/entries/{_index(index)}{_partial(width)}"


def tiles_of(size: int, since: int = 0) -> Iterator[Tile]:
    """Yield the tiles of a tree, lowest level first, leaving out those that a tree of size `since` had already."""
    level = 0
    while (count := size >> (HEIGHT * level)) > (had := since >> (HEIGHT * level)):
        for index in range(had // WIDTH, -(-count // WIDTH)):
            yield Tile(level, index, min(WIDTH, count - index * WIDTH))
        level += 1


def bundles_of(size: int, since: int = 0) -> Iterator[tuple[int, int]]:
    """Yield index and width of the bundles of a tree, leaving out those that were full at size `since`."""
    for index in range(since // WIDTH, -(-size // WIDTH)):
        yield index, min(WIDTH, size - index * WIDTH)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Join entries into a bundle."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes) -> list[bytes]:
    """Split a bundle into its entries; a truncated one is a ValueError."""
    entries, at = [], 0
    while at < len(data):
        start = at + 2
        end = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or end > len(data):
            raise ValueError("truncated")
        entries.append(data[start:end])
        at = end
    return entries


def _index(index: int) -> str:
    text = f"{index % 1000:03}"
    while index := index // 1000:
        text = f"x{index % 1000:03}/{text}"
    return text


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"
