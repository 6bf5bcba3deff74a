"""What a batch is made of: planned records by what is to be done to them, and what of them is locked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from retention.candidate import Candidate
from retention.dataset import Dataset
from retention.disposition import Action
from retention.plan import Spooled
from retention.record import Key, RecordId
from retention.stores.interface import Locked

_LEAST: Final = 1_000  # records: to sign fewer costs more than to dispose of them, however busy the machine is


_NONE: Final[frozenset[RecordId]] = frozenset()


def alike(spooled: Iterable[Spooled]) -> list[list[Spooled]]:
    """The records by what is to be done to them, each group in the plan's order: as few batches as there can be."""
    groups: dict[tuple[Action, tuple[str, ...]], list[Spooled]] = {}
    for one in spooled:
        groups.setdefault((one.action, one.fields), []).append(one)
    return list(groups.values())


def next_size(size: int, seconds: float, aim: float) -> int:
    """How many records the next batch takes, when one of this size kept its locks for so many seconds."""
    return max(_LEAST, int(size * min(2.0, max(0.5, aim / max(seconds, 0.001)))))


def unlinked(candidate: Candidate) -> frozenset[RecordId]:
    """The children that stay with another parent when this record goes."""
    if not candidate.unlinks:
        return _NONE
    return frozenset((unlink.dataset.id, key) for unlink in candidate.unlinks for key in unlink.keys)


def all_ours(locked: Locked, dataset: Dataset, found: Mapping[Key, Candidate | None]) -> bool:
    """Whether each of these records is, as `is_ours` has it: mostly they are, and that is one look for each dataset."""
    if locked.keys is None:
        return True
    touched: dict[Dataset, list[Key]] = {dataset: [*found]}
    for candidate in found.values():
        if candidate is not None:
            for take in candidate.takes:
                touched.setdefault(take.dataset, []).extend(take.keys)
            for unlink in candidate.unlinks:
                touched.setdefault(unlink.dataset, []).extend(unlink.keys)
    return all(locked.has(one, keys) for one, keys in touched.items())


def is_ours(locked: Locked, dataset: Dataset, key: Key, candidate: Candidate | None) -> bool:
    """Whether a record is locked, with every child that it takes along or leaves behind; None: nothing but itself."""
    if locked.keys is None:
        return True
    return locked.has(dataset, [key]) and (
        candidate is None
        or (
            all(locked.has(take.dataset, take.keys) for take in candidate.takes)
            and all(locked.has(unlink.dataset, unlink.keys) for unlink in candidate.unlinks)
        )
    )
