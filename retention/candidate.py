"""Candidates and what becomes of them: the types that carry the safety (design.md section 4).

`Candidates` come out of judging. `clear` asks every hold about each and splits them into `Cleared` and `Held`. A store
disposes of `Cleared` only, and nothing but `clear` makes one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple, overload

from msgspec import Struct

from retention.dataset import Dataset
from retention.disposition import Action
from retention.holds import Family, Gate, HoldIndex, Subject, by_name
from retention.record import Key


class Take(NamedTuple):
    """Child records that go with their parents."""

    depth: int  # below the record, from 1; the deepest go first
    dataset: Dataset
    keys: tuple[Key, ...]


class Unlink(NamedTuple):
    """Child records that stay, since another parent does: these columns of theirs become NULL."""

    dataset: Dataset
    columns: tuple[str, ...]
    keys: tuple[Key, ...]


class Candidate(NamedTuple):
    """One record that judging found due, with what it takes along and whom a hold could name for it."""

    key: Key
    ref: bytes  # its keyed reference, 32 bytes
    takes: tuple[Take, ...]
    unlinks: tuple[Unlink, ...]
    family: Family  # the topmost record above it with everything below that


class Several(Sequence[Candidate]):
    """Candidates of one dataset, in the batch's order, and what they are and have together."""

    __slots__ = ()

    @property
    @abstractmethod
    def keys(self) -> Sequence[Key]:
        """Their own keys."""

    @property
    @abstractmethod
    def refs(self) -> Sequence[bytes]:
        """Their references."""

    @property
    @abstractmethod
    def takes(self) -> tuple[Take, ...]:
        """The children of all of them, merged by depth and dataset, deepest first."""

    @property
    @abstractmethod
    def unlinks(self) -> tuple[Unlink, ...]:
        """The children that stay with another parent."""

    @abstractmethod
    def names(self) -> Mapping[str, Sequence[str]]:
        """The keys of all that holds can see of them, as holds write them, by dataset; some perhaps twice."""

    @abstractmethod
    def subjects(self) -> frozenset[Subject]:
        """Whom they and their families are about."""

    @abstractmethod
    def families(self) -> Sequence[Family]:
        """The family of each."""

    @abstractmethod
    def only(self, places: Sequence[int]) -> Several:
        """Those of some places."""


class OneByOne(Several):
    """Candidates that were made one by one."""

    __slots__ = ("_candidates",)

    def __init__(self, candidates: Iterable[Candidate] = ()) -> None:
        self._candidates = tuple(candidates)

    @property
    def keys(self) -> Sequence[Key]:
        """As each has its own."""
        return [one.key for one in self._candidates]

    @property
    def refs(self) -> Sequence[bytes]:
        """As each has its own."""
        return [one.ref for one in self._candidates]

    @property
    def takes(self) -> tuple[Take, ...]:
        """Each child once."""
        merged: dict[tuple[int, Dataset], list[Key]] = {}
        for record in self._candidates:
            for depth, dataset, keys in record.takes:
                merged.setdefault((depth, dataset), []).extend(keys)
        return deepest_first(Take(depth, dataset, (*dict.fromkeys(keys),)) for (depth, dataset), keys in merged.items())

    @property
    def unlinks(self) -> tuple[Unlink, ...]:
        """As each has its own."""
        return tuple(unlink for record in self._candidates for unlink in record.unlinks)

    def names(self) -> Mapping[str, Sequence[str]]:
        """Of each family once: siblings share theirs."""
        return by_name(chain.from_iterable(one.names for one in self._families_once()))

    def subjects(self) -> frozenset[Subject]:
        """Of all families."""
        return frozenset[Subject]().union(*(one.subjects for one in self._families_once()))

    def families(self) -> Sequence[Family]:
        """As each has its own."""
        return [one.family for one in self._candidates]

    def only(self, places: Sequence[int]) -> Several:
        """Those of some places."""
        return OneByOne(self._candidates[place] for place in places)

    def _families_once(self) -> list[Family]:
        return [*{id(one.family): one.family for one in self._candidates}.values()]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._candidates)

    @overload
    def __getitem__(self, place: int) -> Candidate: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Candidate]: ...
    def __getitem__(self, place: int | slice) -> Candidate | Sequence[Candidate]:
        """A candidate, or some of them."""
        return self._candidates[place]


def deepest_first(takes: Iterable[Take]) -> tuple[Take, ...]:
    """The children in the order in which they can be deleted."""
    return tuple(sorted(takes, key=lambda take: (-take.depth, take.dataset.id)))


class Candidates(Struct, frozen=True, kw_only=True):
    """A batch of one dataset, one action and one set of fields, judged due on values that are locked."""

    dataset: Dataset
    action: Action
    fields: tuple[str, ...]  # sorted; empty unless the action erases fields
    records: Several


class Cleared(Struct, frozen=True, kw_only=True):
    """Candidates that no hold covers: the only thing a store disposes of. Made by `clear`, nowhere else."""

    dataset: Dataset
    action: Action
    fields: tuple[str, ...]
    records: Several


class HeldRecord(Struct, frozen=True):
    """A candidate that a hold stopped, and the hold."""

    candidate: Candidate
    gate: Gate


class Held(Struct, frozen=True, kw_only=True):
    """Candidates that stay, each with the hold that keeps it."""

    dataset: Dataset
    records: tuple[HeldRecord, ...]


def clear(candidates: Candidates, standing: HoldIndex, now: datetime) -> tuple[Cleared, Held]:
    """Split a batch by the holds as they are now, known in the transaction that will register it (P1)."""
    records = candidates.records
    held: dict[int, HeldRecord] = {}
    if standing.near_any(records.subjects(), records.names):
        asked: dict[int, Gate | None] = {}  # by the identity of a family: siblings share theirs, and it may be large
        families = records.families()
        for place, (family, far) in enumerate(zip(families, standing.apart(families), strict=True)):
            if not far and id(family) not in asked:
                asked[id(family)] = standing.gate(family, now)
            if not far and (found := asked[id(family)]) is not None:
                held[place] = HeldRecord(records[place], found)
    free = records.only([place for place in range(len(records)) if place not in held]) if held else records
    cleared = Cleared(dataset=candidates.dataset, action=candidates.action, fields=candidates.fields, records=free)
    return cleared, Held(dataset=candidates.dataset, records=(*held.values(),))
