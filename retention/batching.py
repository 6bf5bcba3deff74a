"""What a batch is made of: planned records by what is to be done to them, and what of them is locked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from retention.candidate import Candidate, OneByOne, Several
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
    return max(_LEAST, int(size * min(4.0, max(0.5, aim / max(seconds, 0.001)))))


class Sorted(NamedTuple):
    """What becomes of the records that were found of a batch."""

    still: Several  # what is still to be done
    busy: Sequence[Key]  # those that others have locked, or something that goes along
    changed: int  # how many are not as they were planned


class Confirmed(Mapping[Key, Candidate | None]):
    """The records of a batch that are there, each with what is still to be done; None: it has changed."""

    __slots__ = ()

    @abstractmethod
    def sort(self, locked: Locked) -> Sorted:
        """Tell what is still to be done from what others have locked, and from what has changed."""


class EachConfirmed(Confirmed):
    """Records that were looked at one by one."""

    __slots__ = ("_dataset", "_found")

    def __init__(self, dataset: Dataset, found: Mapping[Key, Candidate | None]) -> None:
        self._dataset = dataset
        self._found = found

    def sort(self, locked: Locked) -> Sorted:
        """One by one, in the batch's order."""
        still, busy, changed = list[Candidate](), list[Key](), 0
        left_alone = set[RecordId]()  # children that some record of the batch leaves to another parent
        for key, candidate in self._found.items():
            if not _is_ours(locked, self._dataset, key, candidate):
                busy.append(key)
            elif candidate is None or not left_alone.isdisjoint(leaving := _unlinked(candidate)):
                changed += 1  # a child that was left to this very record would now stay behind without any parent
            else:
                left_alone |= leaving
                still.append(candidate)
        return Sorted(OneByOne(still), busy, changed)

    def __getitem__(self, key: Key) -> Candidate | None:
        """A record's candidate; None: it has changed."""
        return self._found[key]

    def __iter__(self) -> Iterator[Key]:
        """The keys of those that are there."""
        return iter(self._found)

    def __len__(self) -> int:
        """How many are there."""
        return len(self._found)


def _unlinked(candidate: Candidate) -> frozenset[RecordId]:
    """The children that stay with another parent when this record goes."""
    if not candidate.unlinks:
        return _NONE
    return frozenset((unlink.dataset.id, key) for unlink in candidate.unlinks for key in unlink.keys)


def _is_ours(locked: Locked, dataset: Dataset, key: Key, candidate: Candidate | None) -> bool:
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
