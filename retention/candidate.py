"""Candidates and what becomes of them: the types that carry the safety (design.md section 4).

`Candidates` come out of judging. `clear` asks every hold about each and splits them into `Cleared` and `Held`. A store
disposes of `Cleared` only, and nothing but `clear` makes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from retention.dataset import Dataset
from retention.disposition import Action
from retention.holds import Family, Gate, HoldIndex
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """A batch of one dataset, one action and one set of fields, judged due on values that are locked."""

    dataset: Dataset
    action: Action
    fields: tuple[str, ...]  # sorted; empty unless the action erases fields
    records: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """Candidates that no hold covers: the only thing a store disposes of. Made by `clear`, nowhere else."""

    dataset: Dataset
    action: Action
    fields: tuple[str, ...]
    records: tuple[Candidate, ...]

    @property
    def keys(self) -> tuple[Key, ...]:
        """The records' own keys, in the batch's order."""
        return tuple(record.key for record in self.records)

    @property
    def refs(self) -> list[bytes]:
        """The records' references, sorted as a manifest has them."""
        return sorted(record.ref for record in self.records)

    @property
    def families(self) -> list[Family]:
        """What holds can see of the records and their families, each once: siblings share theirs."""
        return [*{id(record.family): record.family for record in self.records}.values()]

    def takes(self) -> tuple[Take, ...]:
        """The children of all records, merged by depth and dataset, deepest first."""
        merged: dict[tuple[int, Dataset], list[Key]] = {}
        for record in self.records:
            for depth, dataset, keys in record.takes:
                merged.setdefault((depth, dataset), []).extend(keys)
        return tuple(
            Take(depth, dataset, tuple(dict.fromkeys(keys)))
            for (depth, dataset), keys in sorted(merged.items(), key=lambda item: (-item[0][0], item[0][1].id))
        )

    def unlinks(self) -> tuple[Unlink, ...]:
        """The children that stay with another parent, of all records."""
        return tuple(unlink for record in self.records for unlink in record.unlinks)


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A candidate that a hold stopped, and the hold."""

    candidate: Candidate
    gate: Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Candidates that stay, each with the hold that keeps it."""

    dataset: Dataset
    records: tuple[HeldRecord, ...]


def clear(candidates: Candidates, standing: HoldIndex, now: datetime) -> tuple[Cleared, Held]:
    """Split a batch by the holds as they are now, known in the transaction that will register it (P1)."""
    free: list[Candidate] = []
    held: list[HeldRecord] = []
    asked: dict[int, Gate | None] = {}  # by the identity of a family: siblings share theirs, and it may be large
    apart = standing.apart([candidate.family for candidate in candidates.records])
    for candidate, passes in zip(candidates.records, apart, strict=True):
        if passes:
            free.append(candidate)
            continue
        if id(candidate.family) not in asked:
            asked[id(candidate.family)] = standing.gate(candidate.family, now)
        found = asked[id(candidate.family)]
        if found is None:
            free.append(candidate)
        else:
            held.append(HeldRecord(candidate, found))
    cleared = Cleared(
        dataset=candidates.dataset, action=candidates.action, fields=candidates.fields, records=tuple(free)
    )
    return cleared, Held(dataset=candidates.dataset, records=tuple(held))
