"""A batch as columns: what goes along, whom it is about and the seal, set by set, without an object for each record.

For records that stand alone: nothing is above them, each record below has one parent, and no rule looks into other
records. What comes out is what `gather` and `scan` make of the same records one by one, to the byte of the seal; a test
holds the two to each other. Where rows cannot be told apart or put in order, these judge instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from itertools import accumulate, pairwise, repeat
from operator import is_
from typing import Final, TypeVar

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
from retention.seal import Stamp, fields_of, parts_of, places
from retention.stores.interface import Reader

_REMEMBERED: Final = 1024  # answers: a register never changes, and every batch asks
_NOBODY: Final[frozenset[Subject]] = frozenset()
_NOTHING: Final = Facts()
T = TypeVar("T")

Known = frozenset[Subject] | None
"""Whom a record is about; None: an id is there and cannot be read, or its key does not say which record it is."""


class Unordered(Exception):  # noqa: N818 - no fault: these rows are looked at one by one
    """Rows of one key, or keys that do not compare."""


@lru_cache(_REMEMBERED)
def stands_alone(register: Register, dataset: Dataset) -> bool:
    """Whether its records rest on their own values and on what is below them alone, of which each has one parent."""
    every = (dataset, *(child for _, child, _ in register.below(dataset)))
    return (
        apart(register, dataset)
        and not any(datasets_read(rule) for one in every for _, rule in register.rules_for(one))
        and all(_unconditional(path) for one in every for _, path in one.subject_paths)
    )


@lru_cache(_REMEMBERED)
def apart(register: Register, dataset: Dataset) -> bool:
    """Whether no two of its records share anything: nothing is above them, and what is below has one parent."""
    below = register.below(dataset)
    return (
        not register.parents_of(dataset)
        and all(len(register.parents_of(child)) == 1 for _, child, _ in below)
        and all(on.where is None and set(parent.key) <= set(on.ours) for parent, _, on in below)
    )


def _unconditional(path: SubjectPath) -> bool:
    return isinstance(path, str) or (path.on.where is None and _unconditional(path.column))


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The rows of one dataset, in the order of the records they belong to: those of one record are a slice.

    A level of the records themselves has one row for each.
    """

    rows: Rows
    depth: int  # below the records, which are 0
    keys: tuple[Key, ...]
    whom: list[Known]  # whom each row is about
    tops: Sequence[int]  # the place of the record that each belongs to, never falling
    names: list[RecordName]
    parts: Sequence[str]  # of the seal
    bounds: Sequence[int]  # where the rows of each record begin; one more: where the last ones end

    def of(self, place: int) -> range:
        """The rows of one record."""
        return range(self.bounds[place], self.bounds[place + 1])


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
        levels, seal = self._levels(), self.stamp.over
        columns = (
            levels[0].keys,
            _together(levels),
            _gathered(levels, lambda level: level.names),
            _takes(levels),
            fields_of(self.judge.register, self.top),
            _gathered(levels, lambda level: level.parts),
        )
        found: dict[Key, Candidate | None] = {}
        for place, (key, whom, names, takes, fields, parts) in enumerate(zip(*columns, strict=True)):
            listed = planned[key]
            if whom is None or seal(listed.ref, fields, parts) != listed.seal:
                found[key] = None
                continue
            taken = () if listed.action is Action.ERASE_FIELDS else takes
            family = Family(names, whom, partial(self._members, levels, place))
            found[key] = Candidate(key, listed.ref, taken, (), family)
        return found

    def _members(self, levels: Sequence[Level], place: int) -> tuple[Member, ...]:
        """What holds can see of each record of a family: made when one of them may be held."""
        return tuple(
            [
                Member(*one.names[at], one.whom[at] or _NOBODY, partial(self._starts, one.rows, at))
                for one in levels
                for at in one.of(place)
            ]
        )

    def _starts(self, rows: Rows, place: int) -> Mapping[str, Sequence[date | None]]:
        return starts_by_purpose(self.judge.read_rules(rows.one(place), _NOTHING))

    def _levels(self) -> list[Level]:
        """The records themselves, then every dataset below them, in the order that seals have."""
        order = places(self.judge.register, self.top.dataset)
        top = self._level(self.top, 0, range(len(self.top)))
        return [top, *sorted(self._below(top, top), key=lambda level: order[level.rows.dataset])]

    def _below(self, above: Level, top: Level) -> Iterator[Level]:
        """All that is below a level."""
        for child, declared in self.judge.register.children_of(above.rows.dataset):
            ours = above.rows.of(declared.on.ours)
            rows = self._related(child, declared.on, ours)
            parents = [*map({one: at for at, one in enumerate(ours)}.__getitem__, rows.of(declared.on.theirs))]
            order = sorted(range(len(parents)), key=parents.__getitem__)
            tops = [above.tops[parents[at]] for at in order]
            ordered = Rows(child, rows.names, [rows.tuples[at] for at in order])
            level = self._level(ordered, above.depth + 1, tops, top)
            yield level
            yield from self._below(level, top)

    def _level(self, rows: Rows, depth: int, tops: Sequence[int], top: Level | None = None) -> Level:
        """These rows, which belong to records of `top`; None: they are the records."""
        keys, whom = rows.keys, self._subjects(rows)
        if len(set(keys)) != len(keys):
            raise Unordered
        if not identify(keys):
            whom = [subjects if identified(key) else None for key, subjects in zip(keys, whom, strict=True)]
        above = None if top is None else [top.whom[at] for at in tops]
        counts = Counter(tops)
        return Level(
            rows=rows,
            depth=depth,
            keys=tuple(keys),
            whom=whom,
            tops=tops,
            names=[*zip(repeat(rows.dataset.id), map(key_text, keys), strict=False)],
            parts=parts_of(self.judge.register, self.top.dataset, rows, whom, above),
            bounds=[0, *accumulate(map(counts.get, range(len(self.top)), repeat(0)))],
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


def _together(levels: Sequence[Level]) -> list[Known]:
    """Whom each record and all below it are about."""
    found = own = levels[0].whom
    for level in levels[1:]:
        if all(map(is_, level.whom, map(own.__getitem__, level.tops))):  # most are about whom their record is
            continue
        found = found.copy()
        for top, whom in zip(level.tops, level.whom, strict=True):
            found[top] = _both(found[top], whom)
    return found


def _gathered(levels: Sequence[Level], column: Callable[[Level], Sequence[T]]) -> list[list[T]]:
    """For each record what a column has of it and of all below it."""
    found = [[one] for one in column(levels[0])]
    for level in levels[1:]:
        values = column(level)
        for mine, (start, stop) in zip(found, pairwise(level.bounds), strict=True):
            mine.extend(values[start:stop])
    return found


def _takes(levels: Sequence[Level]) -> list[tuple[Take, ...]]:
    """What goes along with each record."""
    found: list[tuple[Take, ...]] = [()] * len(levels[0].keys)
    for level in levels[1:]:
        dataset, depth, keys = level.rows.dataset, level.depth, level.keys
        for place, (start, stop) in enumerate(pairwise(level.bounds)):
            if start != stop:
                found[place] += (Take(depth, dataset, keys[start:stop]),)
    return found


def _both(one: Known, other: Known) -> Known:
    if one is other or one is None or other is None:
        return one if one is other else None
    return one if other <= one else one | other


def _named(namespace: str, value: Value) -> Known:
    if value is None:
        return _NOBODY
    return None if value is UNREADABLE else frozenset(((namespace, value_text(value)),))
