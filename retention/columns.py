"""Confirm a batch by columns: what goes along, whom it is about and the seal, set by set.

For records that stand alone: nothing is above them, each record below has one parent, and no rule looks into other
records. What comes out is what `gather` and `scan` make of the same records one by one, to the byte of the seal; a test
holds the two to each other. Where rows cannot be told apart or put in order, these judge instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, groupby, repeat
from operator import and_, attrgetter, eq
from typing import Final

from msgspec import Struct, field

from retention.alone import NOBODY, Alone, Known, Level, Sealed, both, together
from retention.dataset import Dataset, SubjectPath, Via
from retention.disposition import Action
from retention.judge import Judge
from retention.plan import Spooled
from retention.policy import Register
from retention.reading import joined_by, reader_of
from retention.reads import columns_read, datasets_read
from retention.record import EXACT, UNREADABLE, Key, Value, identified, value_text
from retention.relation import Join
from retention.rows import Rows
from retention.seal import Stamp, fields_of, parts_of, places, text_of, text_of_block
from retention.stores.interface import Reader

_REMEMBERED: Final = 1024  # answers: a register never changes, and every batch asks
_PLAIN: Final = frozenset[type]({int, str})  # what a name is written as it stands


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


class Columns(Struct, frozen=True):
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
        levels = self.levels()
        listed = [*map(planned.__getitem__, levels[0].keys)]
        refs = [one.ref for one in listed]
        whom = together(levels)
        known = [one is not None for one in whom]
        same = [*map(and_, known, self._sealed(listed, refs, levels))]
        whole = not listed or listed[0].action is not Action.ERASE_FIELDS
        return Sealed(Alone(self.judge, levels, refs, whom, whole), same)

    def _sealed(self, listed: Sequence[Spooled], refs: Sequence[bytes], levels: Sequence[Level]) -> Iterator[bool]:
        """Whether each is sealed as it was planned: a block at once, where all of it is here and unchanged."""
        start = 0
        for block, some in groupby(listed, attrgetter("block")):
            stop = start + sum(1 for _ in some)
            part, of_part = [one.between(start, stop) for one in levels], refs[start:stop]
            if block and self.seal_of_block(of_part, part) == block.seal:
                yield from [True] * len(of_part)
            else:
                yield from map(eq, self.stamp.each(of_part, self.texts(part)), (one.seal for one in listed[start:stop]))
            start = stop

    def seal_of_block(self, refs: Sequence[bytes], levels: Sequence[Level]) -> bytes:
        """The seal of all these records together."""
        register, top = self.judge.register, levels[0]
        texts = [text_of_block(register, top.dataset, top.rows, top.whom, None)]
        for level in levels[1:]:
            above = [top.whom[at] for at in level.tops]
            texts.append(f"{level.tops}{text_of_block(register, top.dataset, level.rows, level.whom, above)}")
        return self.stamp.block(refs, ";".join(texts))

    def texts(self, levels: Sequence[Level]) -> Iterator[str]:
        """What each record's seal is made over."""
        register, top = self.judge.register, levels[0]
        own = parts_of(register, top.dataset, top.rows, top.whom, None)
        below = []
        for level in levels[1:]:
            above = [top.whom[at] for at in level.tops]
            parts = parts_of(register, top.dataset, level.rows, level.whom, above)
            below.append([parts[start:stop] for start, stop in level.bounds(len(own))])
        return map(text_of, fields_of(register, top.rows), map(chain, zip(own), *below))

    def levels(self) -> list[Level]:
        """The records themselves, then every dataset below them, in the order that seals have."""
        order = places(self.judge.register, self.top.dataset)
        top = self._level(self.top, 0, range(len(self.top)))
        return [top, *sorted(self._below(top), key=lambda level: order[level.dataset])]

    def _below(self, above: Level) -> Iterator[Level]:
        """All that is below a level."""
        for child, declared in self.judge.register.children_of(above.dataset):
            ours = above.rows.of(declared.on.ours)
            rows = self._related(child, declared.on, above.rows)
            parents = [*map({one: at for at, one in enumerate(ours)}.__getitem__, rows.of(declared.on.theirs))]
            if sorted(parents) != parents:
                order = sorted(range(len(parents)), key=parents.__getitem__)
                rows, parents = rows.at(order), [parents[at] for at in order]
            level = self._level(rows, above.depth + 1, [*map(above.tops.__getitem__, parents)])
            yield level
            yield from self._below(level)

    def _level(self, rows: Rows, depth: int, tops: Sequence[int]) -> Level:
        keys, whom = rows.keys, self._subjects(rows)
        if len(set(keys)) != len(keys):
            raise Unordered
        if not rows.of_kinds(rows.dataset.key, EXACT):
            whom = [subjects if identified(key) else None for key, subjects in zip(keys, whom, strict=True)]
        return Level(rows=rows, depth=depth, keys=keys, whom=whom, tops=tops)

    def _related(self, dataset: Dataset, on: Join, to: Rows) -> Rows:
        """The records that the columns join to any of these, in the order of their keys."""
        asked = {*to.of(on.ours)}
        if not to.of_kinds(on.ours, EXACT):
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
        found: list[Known] = [NOBODY] * len(rows)
        for number, (namespace, path) in enumerate(paths):
            reached = self._reached(namespace, path, rows)
            found = [*map(both, found, reached)] if number else reached
        return found

    def _reached(self, namespace: str, path: SubjectPath, rows: Rows) -> list[Known]:
        """Whom each row is about, along one path."""
        if isinstance(path, str):
            if rows is not self.top:
                return _all_named(namespace, rows, path)
            if (namespace, path) not in self.named:
                self.named[namespace, path] = _all_named(namespace, rows, path)
            return self.named[namespace, path]
        ours = rows.of(path.on.ours)
        ends = self._ends(namespace, path, rows)
        if rows.of_kinds(path.on.ours, EXACT):
            return [*map(ends.get, ours, repeat(NOBODY))]
        return [None if UNREADABLE in value else ends.get(value, NOBODY) for value in ours]

    def _ends(self, namespace: str, path: Via, to: Rows) -> dict[Key, Known]:
        """Whom the records that are related to these are about, by the value that joins them."""
        ends: dict[Key, Known] = {}
        sides = [self._related(path.dataset, path.on, to)]
        if path.dataset is self.top.dataset and path.on.theirs == path.dataset.key:
            sides.append(self.top)
        for rows in sides:
            reached = self._reached(namespace, path.column, rows)
            values = rows.of(path.on.theirs)
            if not ends and len(once := dict(zip(values, reached, strict=True))) == len(values):
                ends = once
                continue
            for value, subjects in zip(values, reached, strict=True):
                ends[value] = both(ends[value], subjects) if value in ends else subjects
        return ends


def _all_named(namespace: str, rows: Rows, name: str) -> list[Known]:
    """Whom each value of a column names: numbers and texts, which most are, by the thousand."""
    [column] = rows.columns((name,))
    if rows.kinds(name) <= _PLAIN:
        return [*map(frozenset, zip(zip(repeat(namespace), map(str, column))))]
    return [_named(namespace, value) for value in column]


def _named(namespace: str, value: Value) -> Known:
    if value is None:
        return NOBODY
    return None if value is UNREADABLE else frozenset(((namespace, value_text(value)),))
