"""The Merkle tree of RFC 6962 and RFC 9162: hashes, growth, proofs, and checking them.

Pure functions over 32-byte hashes. A frontier is the tuple of the hashes of a tree's complete subtrees, largest
first: all that a writer needs to append. Proof generation asks a `Node` for the hash of a complete subtree, so
that it works from tiles, from leaves, or from anything else.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256().digest()  # RFC 9162 2.1.1

Node = Callable[[int, int], bytes]  # hash of the complete subtree of 2**level leaves, by level and index


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf; the prefix keeps leaves and nodes apart (RFC 9162 2.1.1)."""
    return hashlib.sha256(b"\0" + leaf).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """Hash many leaves, in their order."""
    sha256 = hashlib.sha256
    return [sha256(b"\0" + leaf).digest() for leaf in leaves]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into one."""
    return hashlib.sha256(b"\1" + left + right).digest()


def grow(size: int, frontier: Sequence[bytes], leaf: bytes) -> tuple[bytes, ...]:
    """Append a leaf's hash to a tree of a size; return the new frontier."""
    kept, new = list(frontier), leaf
    while size & 1:  # each trailing one is a complete subtree that the new leaf completes further
        new = node_hash(kept.pop(), new)
        size >>= 1
    return (*kept, new)


def frontier_root(frontier: Sequence[bytes]) -> bytes:
    """Compute the root of the tree that a frontier stands for."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for larger in reversed(frontier[:-1]):
        root = node_hash(larger, root)
    return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Compute the root over leaf hashes, level by level; an odd last one moves up as it is."""
    if not hashes:
        return EMPTY_ROOT
    level, sha256 = list(hashes), hashlib.sha256
    while len(level) > 1:
        last = level[-1:] if len(level) % 2 else []
        level = [sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)] + last
    return level[0]


def subtree(lo: int, hi: int, node: Node) -> bytes:
    """Compute the hash over leaves lo up to hi, where lo is a multiple of the largest power of two below hi - lo."""
    count = hi - lo
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, lo >> level)
    split = lo + _split(count)
    return node_hash(subtree(lo, split, node), subtree(split, hi, node))


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Make the path from a leaf to the root of a tree of a size (RFC 9162 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path, lo, hi = list[bytes](), 0, size
    while hi - lo > 1:
        split = lo + _split(hi - lo)
        if index < split:
            path.append(subtree(split, hi, node))
            hi = split
        else:
            path.append(subtree(lo, split, node))
            lo = split
    return path[::-1]


def consistency_proof(old: int, size: int, node: Node) -> list[bytes]:
    """Make the proof that the first `old` leaves are a prefix of a tree of a size (RFC 9162 2.1.4.1)."""
    if not 0 < old <= size:
        raise ValueError(f"no tree of {old} inside a tree of {size}")
    path, lo, hi, whole = list[bytes](), 0, size, True
    while old < hi:
        split = lo + _split(hi - lo)
        if old <= split:
            path.append(subtree(split, hi, node))
            hi = split
        else:
            path.append(subtree(lo, split, node))
            lo, whole = split, False
    return path[::-1] if whole else [subtree(lo, hi, node), *path[::-1]]


def includes(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a path proves a leaf's hash at an index of the tree (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *path):
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Tell whether a path proves that one tree begins with the other (RFC 9162 2.1.4.2).

    An empty old tree proves nothing, and is refused.
    """
    if not 0 < old <= size or not _are_hashes(old_root, root, *path):
        return False
    if old == size:
        return not path and old_root == root
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = now = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            was, now = node_hash(step, was), node_hash(step, now)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            now = node_hash(now, step)
        at, last = at >> 1, last >> 1
    return last == 0 and was == old_root and now == root


def _split(count: int) -> int:
    """Return the largest power of two below a count of at least two."""
    return 1 << ((count - 1).bit_length() - 1)


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
