"""A batch as columns: what goes along, whom it is about and the seal, set by set, without an object for each record.

For records that stand alone: nothing is above them, each record below has one parent, and no rule looks into other
records. What comes out is what `gather` and `scan` make of the same records one by one, to the byte of the seal; a test
holds the two to each other. Where rows cannot be told apart or put in order, these judge instead.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from itertools import accumulate, chain, pairwise, repeat
from operator import and_, eq, is_
from typing import Final, TypeVar, overload

from retention.batching import Confirmed, Sorted
from retention.candidate import Candidate, Several, Take, Unlink, deepest_first
from retention.dataset import Dataset, SubjectPath, Via
from retention.disposition import Action
from retention.holds import Family, Member, Subject
from retention.judge import Judge, starts_by_purpose
from retention.plan import Spooled
from retention.policy import Register
from retention.reading import joined_by, reader_of
from retention.reads import columns_read, datasets_read, subject_datasets
from retention.record import UNREADABLE, Facts, Key, Value, identified, identify, key_texts, value_text
from retention.relation import Join
from retention.rows import Rows
from retention.seal import Stamp, fields_of, parts_of, places, text_of
from retention.stores.interface import Locked, Reader

_REMEMBERED: Final = 1024  # answers: a register never changes, and every batch asks
_NOBODY: Final[frozenset[Subject]] = frozenset()
_NOTHING: Final = Facts()
_PLAIN: Final = frozenset({int, str})  # what a name is written as it stands
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


@lru_cache(_REMEMBERED)
def foreseeable(register: Register, dataset: Dataset) -> bool:
    """Whether what is judged of its records changes only as its own store does, whatever becomes of the others."""
    every = (dataset, *(child for _, child, _ in register.below(dataset)))
    read = {*every, *(other for one in every for other in subject_datasets(one))}
    return stands_alone(register, dataset) and all(one.store == dataset.store for one in read)


def _unconditional(path: SubjectPath) -> bool:
    return isinstance(path, str) or (path.on.where is None and _unconditional(path.column))


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The rows of one dataset, in the order of the records they belong to: those of one record are a slice.

    A level of the records themselves has one row for each.
    """

    rows: Rows
    depth: int  # below the records, which are 0
    keys: Sequence[Key]
    texts: Sequence[str]  # the keys as holds write them
    whom: Sequence[Known]  # whom each row is about
    tops: Sequence[int]  # the place of the record that each belongs to, never falling

    @property
    def dataset(self) -> Dataset:
        """Whose rows these are."""
        return self.rows.dataset

    def bounds(self, records: int) -> Iterator[tuple[int, int]]:
        """Where the rows of each record begin and end."""
        counts = Counter(self.tops)
        return pairwise([0, *accumulate(map(counts.get, range(records), repeat(0)))])

    def of(self, places: Mapping[int, int]) -> Level:
        """The rows of some records, by their places, which have others now."""
        mine = [at for at, top in enumerate(self.tops) if top in places]
        return Level(
            rows=self.rows.at(mine),
            depth=self.depth,
            keys=[self.keys[at] for at in mine],
            texts=[self.texts[at] for at in mine],
            whom=[self.whom[at] for at in mine],
            tops=[places[self.tops[at]] for at in mine],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Alone(Several):
    """Candidates that stand alone, as the levels of their batch."""

    judge: Judge
    levels: Sequence[Level]  # the records themselves, then all that is below them
    references: Sequence[bytes]
    whom: Sequence[Known]  # whom each with all below it is about
    whole: bool  # whether what is below goes along

    @property
    def refs(self) -> Sequence[bytes]:
        """As planned."""
        return self.references

    @property
    def keys(self) -> Sequence[Key]:
        """Of the first level."""
        return self.levels[0].keys

    @property
    def takes(self) -> tuple[Take, ...]:
        """The further levels."""
        below = self.levels[1:] if self.whole else ()
        return deepest_first(Take(one.depth, one.dataset, tuple(one.keys)) for one in below if one.keys)

    @property
    def unlinks(self) -> tuple[Unlink, ...]:
        """None has another parent."""
        return ()

    def names(self) -> Mapping[str, Sequence[str]]:
        """Every level's."""
        return {one.dataset.id: one.texts for one in self.levels if one.texts}

    def subjects(self) -> frozenset[Subject]:
        """Whom each is about."""
        return _NOBODY.union(*(whom for whom in self.whom if whom))

    def families(self) -> Sequence[Family]:
        """Each record with all below it."""
        names = _gathered(self.levels, lambda one: [*zip(repeat(one.dataset.id), one.texts)])
        whom = (one or _NOBODY for one in self.whom)
        members = (partial(self._members, place) for place in range(len(self)))
        return [*map(Family, names, whom, members)]

    def only(self, places: Sequence[int]) -> Alone:
        """Those of some places, in their order."""
        now = {place: at for at, place in enumerate(places)}
        if len(now) == len(self):
            return self
        refs, whom = [self.references[place] for place in places], [self.whom[place] for place in places]
        return Alone(self.judge, [one.of(now) for one in self.levels], refs, whom, self.whole)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.keys)

    @overload
    def __getitem__(self, place: int) -> Candidate: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Candidate]: ...
    def __getitem__(self, place: int | slice) -> Candidate | Sequence[Candidate]:
        """A candidate, or some of them, made for whoever asks."""
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        [alone] = [self.only([range(len(self))[place]])]
        [family] = alone.families()
        return Candidate(alone.keys[0], alone.refs[0], alone.takes, (), family)

    def _members(self, place: int) -> tuple[Member, ...]:
        """What holds can see of each record of a family."""
        return tuple(
            [
                Member(one.dataset.id, one.texts[at], one.whom[at] or _NOBODY, partial(self._starts, one.rows, at))
                for one in self.levels
                for at in range(bisect_left(one.tops, place), bisect_right(one.tops, place))
            ]
        )

    def _starts(self, rows: Rows, place: int) -> Mapping[str, Sequence[date | None]]:
        return starts_by_purpose(self.judge.read_rules(rows.one(place), _NOTHING))


@dataclass(frozen=True, slots=True, eq=False)
class Sealed(Confirmed):
    """What was found of records that stand alone, held to their seals."""

    found: Alone  # all that are there, those that have changed too
    same: Sequence[bool]  # of each whether it has its seal

    def sort(self, locked: Locked) -> Sorted:
        """By columns: mostly all are ours and unchanged, and that is one look for each dataset."""
        busy = self._busy(locked)
        still = [at for at, same in enumerate(self.same) if same and at not in busy]
        return Sorted(
            self.found.only(still),
            busy=[self.found.keys[at] for at in busy],
            changed=len(self.found) - len(busy) - len(still),
        )

    def _busy(self, locked: Locked) -> list[int]:
        """Records that are not locked with all that goes with them: of what has changed nothing does."""
        busy = set[int]()
        for level in self.found.levels if self.found.whole else self.found.levels[:1]:
            if not locked.has(level.dataset, level.keys):
                ours = (locked.has(level.dataset, [key]) for key in level.keys)
                theirs = (top for top, is_ours in zip(level.tops, ours, strict=True) if not is_ours)
                busy.update(top for top in theirs if level.depth == 0 or self.same[top])
        return sorted(busy)

    def __getitem__(self, key: Key) -> Candidate | None:
        """A record's candidate; None: it has changed."""
        place = self.found.keys.index(key)
        return self.found[place] if self.same[place] else None

    def __iter__(self) -> Iterator[Key]:
        """The keys of those that are there."""
        return iter(self.found.keys)

    def __len__(self) -> int:
        """How many are there."""
        return len(self.found)


@dataclass(frozen=True, slots=True)
class Columns:
    """One batch's reading, by columns; it is thrown away with the batch."""

    judge: Judge
    readers: Mapping[str, Reader]
    stamp: Stamp
    top: Rows  # they need not be looked up
    named: dict[tuple[str, str], list[Known]] = field(default_factory=dict)  # whom their own columns name

    def confirmed(self, planned: Mapping[Key, Spooled]) -> Sealed:
        """These records, held to the seals that were planned.

        Raises:
            Unordered: they must be looked at one by one.
        """
        levels = self._levels()
        listed = [*map(planned.__getitem__, levels[0].keys)]
        refs = [one.ref for one in listed]
        whom = _together(levels)
        known = [one is not None for one in whom]
        seals = self.stamp.each(refs, self._texts(levels))
        same = [*map(and_, known, map(eq, seals, (one.seal for one in listed)))]
        whole = not listed or listed[0].action is not Action.ERASE_FIELDS
        return Sealed(Alone(self.judge, levels, refs, whom, whole), same)

    def _texts(self, levels: Sequence[Level]) -> Iterator[str]:
        """What each record's seal is made over."""
        register, top = self.judge.register, levels[0]
        own = parts_of(register, self.top.dataset, top.rows, top.whom, None)
        below = []
        for level in levels[1:]:
            above = [top.whom[at] for at in level.tops]
            parts = parts_of(register, self.top.dataset, level.rows, level.whom, above)
            below.append([parts[start:stop] for start, stop in level.bounds(len(own))])
        return map(text_of, fields_of(register, self.top), map(chain, zip(own), *below))

    def _levels(self) -> list[Level]:
        """The records themselves, then every dataset below them, in the order that seals have."""
        order = places(self.judge.register, self.top.dataset)
        top = self._level(self.top, 0, range(len(self.top)))
        return [top, *sorted(self._below(top), key=lambda level: order[level.dataset])]

    def _below(self, above: Level) -> Iterator[Level]:
        """All that is below a level."""
        for child, declared in self.judge.register.children_of(above.dataset):
            ours = above.rows.of(declared.on.ours)
            rows = self._related(child, declared.on, ours)
            parents = [*map({one: at for at, one in enumerate(ours)}.__getitem__, rows.of(declared.on.theirs))]
            order = sorted(range(len(parents)), key=parents.__getitem__)
            level = self._level(rows.at(order), above.depth + 1, [above.tops[parents[at]] for at in order])
            yield level
            yield from self._below(level)

    def _level(self, rows: Rows, depth: int, tops: Sequence[int]) -> Level:
        keys, whom = rows.keys, self._subjects(rows)
        if len(set(keys)) != len(keys):
            raise Unordered
        if not identify(keys):
            whom = [subjects if identified(key) else None for key, subjects in zip(keys, whom, strict=True)]
        return Level(rows=rows, depth=depth, keys=keys, texts=key_texts(keys), whom=whom, tops=tops)

    def _related(self, dataset: Dataset, on: Join, ours: Iterable[Key]) -> Rows:
        """The records that the columns join to any of these, in the order of their keys."""
        asked = {*ours}
        if not identify(asked):
            asked = {value for value in asked if None not in value and UNREADABLE not in value}
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
            [column] = rows.columns((path,))
            if rows is not self.top:
                return _all_named(namespace, column)
            if (namespace, path) not in self.named:
                self.named[namespace, path] = _all_named(namespace, column)
            return self.named[namespace, path]
        ours = rows.of(path.on.ours)
        ends = self._ends(namespace, path, ours)
        if identify(ours):
            return [*map(ends.get, ours, repeat(_NOBODY))]
        return [None if UNREADABLE in value else ends.get(value, _NOBODY) for value in ours]

    def _ends(self, namespace: str, path: Via, ours: Collection[Key]) -> dict[Key, Known]:
        """Whom the related records are about, by the value that joins them."""
        ends: dict[Key, Known] = {}
        sides = [self._related(path.dataset, path.on, ours)]
        if path.dataset is self.top.dataset and path.on.theirs == path.dataset.key:
            sides.append(self.top)
        for rows in sides:
            reached = self._reached(namespace, path.column, rows)
            values = rows.of(path.on.theirs)
            if not ends and len(once := dict(zip(values, reached, strict=True))) == len(values):
                ends = once
                continue
            for value, subjects in zip(values, reached, strict=True):
                ends[value] = _both(ends[value], subjects) if value in ends else subjects
        return ends


def _together(levels: Sequence[Level]) -> Sequence[Known]:
    """Whom each record and all below it are about."""
    found, own = levels[0].whom, levels[0].whom
    for level in levels[1:]:
        if all(map(is_, level.whom, map(own.__getitem__, level.tops))):  # most are about whom their record is
            continue
        found = [*found]
        for top, whom in zip(level.tops, level.whom, strict=True):
            found[top] = _both(found[top], whom)
    return found


def _gathered(levels: Sequence[Level], column: Callable[[Level], Sequence[T]]) -> list[list[T]]:
    """For each record what a column has of it and of all below it."""
    found = [[one] for one in column(levels[0])]
    for level in levels[1:]:
        values = column(level)
        for mine, (start, stop) in zip(found, level.bounds(len(found)), strict=True):
            mine.extend(values[start:stop])
    return found


def _both(one: Known, other: Known) -> Known:
    if one is other or one is None or other is None:
        return one if one is other else None
    return one if other <= one else one | other


def _all_named(namespace: str, column: Sequence[Value]) -> list[Known]:
    """Whom each value of a column names: numbers and texts, which most are, by the thousand."""
    if _PLAIN.issuperset(map(type, column)):
        return [*map(frozenset, zip(zip(repeat(namespace), map(str, column))))]
    return [_named(namespace, value) for value in column]


def _named(namespace: str, value: Value) -> Known:
    if value is None:
        return _NOBODY
    return None if value is UNREADABLE else frozenset(((namespace, value_text(value)),))
