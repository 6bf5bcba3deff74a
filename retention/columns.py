"""A batch as columns: what goes along, whom it is about and the seal, set by set, without an object for each record.

For records that stand alone: nothing is above them, each record below has one parent, and no rule looks into other
records. What comes out is what `gather` and `scan` make of the same records one by one, to the byte of the seal; a test
holds the two to each other. Where rows cannot be told apart or put in order, these judge instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Final

from retention.candidate import Candidate, Take
from retention.dataset import Dataset, SubjectPath, Via
from retention.disposition import Action
from retention.holds import Family, Member, RecordName, Subject
from retention.judge import Judge, starts_by_purpose
from retention.plan import Spooled
from retention.policy import Register
from retention.reading import joined_by, reader_of
from retention.reads import columns_read, datasets_read
from retention.record import UNREADABLE, Facts, Key, Value, identified, identify, key_text, value_text
from retention.relation import Join
from retention.rows import Rows
from retention.seal import Stamp, fields_of, parts_of
from retention.stores.interface import Reader

_REMEMBERED: Final = 1024  # answers: a register never changes, and every batch asks
_NOBODY: Final[frozenset[Subject]] = frozenset()
_NOTHING: Final = Facts()

Known = frozenset[Subject] | None
"""Whom a record is about; None: an id is there and cannot be read, or its key does not say which record it is."""


class Unordered(Exception):  # noqa: N818 - no fault: these rows are looked at one by one
    """Rows of one key, or keys that do not compare."""


@lru_cache(_REMEMBERED)
def stands_alone(register: Register, dataset: Dataset) -> bool:
    """Whether its records rest on their own values and on what is below them alone, of which each has one parent."""
    below = register.below(dataset)
    every = (dataset, *(child for _, child, _ in below))
    return (
        not register.parents_of(dataset)
        and all(len(register.parents_of(child)) == 1 for _, child, _ in below)
        and all(on.where is None and set(parent.key) <= set(on.ours) for parent, _, on in below)
        and not any(datasets_read(rule) for one in every for _, rule in register.rules_for(one))
        and all(_unconditional(path) for one in every for _, path in one.subject_paths)
    )


def _unconditional(path: SubjectPath) -> bool:
    return isinstance(path, str) or (path.on.where is None and _unconditional(path.column))


@dataclass(slots=True, kw_only=True)
class Level:
    """The rows of one dataset, each with all that is below it; what stands in lists is by the place of its row."""

    rows: Rows
    keys: list[Key]
    own: list[Known]  # whom each row is about
    names: list[list[RecordName]]  # the row's first, then those below
    subjects: list[Known]  # whom it and all below it are about
    parts: list[list[object]]  # of its seal
    taken: list[dict[Dataset, list[Key]] | None]  # what goes with it; None: nothing is below
    below: list[tuple[Level, list[Sequence[int]]]] = field(default_factory=list)  # with the places of each row's own

    def walk(self, place: int) -> Iterator[tuple[Level, int]]:
        """A row and all below it, in the order of its names."""
        yield self, place
        for level, places in self.below:
            for one in places[place]:
                yield from level.walk(one)


@dataclass(frozen=True, slots=True)
class Columns:
    """One batch's reading, by columns; it is thrown away with the batch."""

    judge: Judge
    readers: Mapping[str, Reader]
    stamp: Stamp
    top: Rows  # they need not be looked up
    named: dict[tuple[str, str], list[Known]] = field(default_factory=dict)  # whom their own columns name

    def candidates(self, planned: Mapping[Key, Spooled]) -> dict[Key, Candidate | None]:
        """What is still to be done to these records, as it was planned; None: the record has changed.

        Raises:
            Unordered: they must be looked at one by one.
        """
        dataset = self.top.dataset
        level, depths = self._level(self.top), _depths(self.judge.register, dataset)
        found: dict[Key, Candidate | None] = {}
        fields, seal = fields_of(self.judge.register, self.top), self.stamp.over
        for place, (key, subjects, names, parts, taken, personal) in enumerate(
            zip(level.keys, level.subjects, level.names, level.parts, level.taken, fields, strict=True)
        ):
            listed = planned[key]
            if subjects is None or seal(listed.ref, personal, parts) != listed.seal:
                found[key] = None
                continue
            takes: tuple[Take, ...] = ()
            if taken and listed.action is not Action.ERASE_FIELDS:
                takes = tuple([Take(depths[one], one, tuple(keys)) for one, keys in taken.items()])
            found[key] = Candidate(
                key, listed.ref, takes, (), Family(names, subjects, partial(self._members, level, place))
            )
        return found

    def _members(self, level: Level, place: int) -> tuple[Member, ...]:
        """What holds can see of each record of a family: made when one of them may be held."""
        return tuple(
            [
                Member(*one.names[at][0], one.own[at] or _NOBODY, partial(self._starts, one.rows, at))
                for one, at in level.walk(place)
            ]
        )

    def _starts(self, rows: Rows, place: int) -> Mapping[str, Sequence[date | None]]:
        return starts_by_purpose(self.judge.read_rules(rows.one(place), _NOTHING))

    def _level(self, rows: Rows) -> Level:
        """These rows, with all below them folded in."""
        level = self._alone(rows)
        for child, declared in self.judge.register.children_of(rows.dataset):
            ours = rows.of(declared.on.ours)
            under = self._level(self._related(child, declared.on, ours))
            places = _by_value(under.rows.of(declared.on.theirs))
            mine = [places.get(value, ()) for value in ours]
            _fold(level, under, mine)
            level.below.append((under, mine))
        return level

    def _alone(self, rows: Rows) -> Level:
        """These rows, as if nothing were below them."""
        keys, name = rows.keys, rows.dataset.id
        if len(set(keys)) != len(keys):
            raise Unordered
        own = self._subjects(rows)
        if not identify(keys):
            own = [subjects if identified(key) else None for key, subjects in zip(keys, own, strict=True)]
        return Level(
            rows=rows,
            keys=keys,
            own=own,
            names=[[(name, text)] for text in map(key_text, keys)],
            subjects=own.copy(),
            parts=[[part] for part in parts_of(self.judge.register, rows, own)],
            taken=[None] * len(keys),
        )

    def _related(self, dataset: Dataset, on: Join, ours: Iterable[Key]) -> Rows:
        """The records that the columns join to any of these, in the order of their keys."""
        asked = {value for value in ours if None not in value and UNREADABLE not in value}
        columns = columns_read(self.judge.register, dataset)
        if dataset is self.top.dataset and on.theirs == dataset.key:
            asked -= set(self.top.keys)
        rows = joined_by(reader_of(self.readers, dataset), dataset, columns, on, asked)
        try:
            return rows.in_order()
        except TypeError:
            raise Unordered from None

    def _subjects(self, rows: Rows) -> list[Known]:
        """Whom each row is about, along every path."""
        paths = rows.dataset.subject_paths
        found: list[Known] = [_NOBODY] * len(rows)
        for number, (namespace, path) in enumerate(paths):
            reached = self._reached(namespace, path, rows)
            found = [*map(_both, found, reached)] if number else reached
        return found

    def _reached(self, namespace: str, path: SubjectPath, rows: Rows) -> list[Known]:
        """Whom each row is about, along one path."""
        if isinstance(path, str):
            if rows is not self.top:
                return [_named(namespace, value) for (value,) in rows.of((path,))]
            if (namespace, path) not in self.named:
                self.named[namespace, path] = [_named(namespace, value) for (value,) in rows.of((path,))]
            return self.named[namespace, path]
        ours = rows.of(path.on.ours)
        ends = self._ends(namespace, path, ours)
        return [None if UNREADABLE in value else ends.get(value, _NOBODY) for value in ours]

    def _ends(self, namespace: str, path: Via, ours: Collection[Key]) -> dict[Key, Known]:
        """Whom the related records are about, by the value that joins them."""
        ends: dict[Key, Known] = {}
        sides = [self._related(path.dataset, path.on, ours)]
        if path.dataset is self.top.dataset and path.on.theirs == path.dataset.key:
            sides.append(self.top)
        for rows in sides:
            reached = self._reached(namespace, path.column, rows)
            for value, subjects in zip(rows.of(path.on.theirs), reached, strict=True):
                ends[value] = _both(ends[value], subjects) if value in ends else subjects
        return ends


def _fold(level: Level, under: Level, mine: Sequence[Sequence[int]]) -> None:
    """Add rows below, with all that was folded into them, to the rows they belong to; `mine` says whose is which."""
    for place, found in enumerate(mine):
        if not found:
            continue
        names, parts, subjects = level.names[place], level.parts[place], level.subjects[place]
        taken = level.taken[place] or {}
        taken[under.rows.dataset] = [under.keys[one] for one in found]  # no other relation leads to that dataset
        for one in found:
            names += under.names[one]
            parts += under.parts[one]
            subjects = _both(subjects, under.subjects[one])
            for dataset, keys in (under.taken[one] or {}).items():
                taken.setdefault(dataset, []).extend(keys)
        level.subjects[place], level.taken[place] = subjects, taken


def _both(one: Known, other: Known) -> Known:
    if one is other or one is None or other is None:
        return one if one is other else None
    return one if other <= one else one | other


def _named(namespace: str, value: Value) -> Known:
    if value is None:
        return _NOBODY
    return None if value is UNREADABLE else frozenset(((namespace, value_text(value)),))


def _by_value(values: Sequence[Key]) -> dict[Key, Sequence[int]]:
    """The places of each value."""
    places: dict[Key, list[int]] = {}
    for place, value in enumerate(values):
        places.setdefault(value, []).append(place)
    return {**places}


@lru_cache(_REMEMBERED)
def _depths(register: Register, dataset: Dataset) -> Mapping[Dataset, int]:
    """How far each dataset below is."""
    depths = {dataset: 0}
    for parent, child, _ in register.below(dataset):
        depths[child] = depths[parent] + 1
    return depths
