"""Gather what judging and clearing read, set by set: related records, children, and everything above them.

The same three questions (`fetch`, `related`, pages) are asked of a source for a plan and of a locked batch for a sweep,
so both judge alike. A store that compares values otherwise than by equality of what it returns is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from operator import attrgetter

from msgspec import Struct, field

from retention.answer import holds_of
from retention.case import Case, can_tell
from retention.circles import Circles
from retention.dataset import Dataset
from retention.disposition import Child
from retention.errors import StoreError
from retention.policy import Register
from retention.reading import joined_by, reader_of
from retention.reads import Reading, columns_read, readings, readings_within
from retention.record import Aggregate, Fact, Facts, Key, Record, RecordId, key_order
from retention.relation import Join
from retention.shared import NONE, Named, below_one, without_shared
from retention.stores.interface import Reader

_DEEPEST = 50  # levels of children; more is a circle
_KEY = attrgetter("key")


class Gatherer(Struct, dict=True):
    """One page's or one batch's reading; it is thrown away with the page, and so is what it knows."""

    register: Register
    readers: Mapping[str, Reader]
    known: dict[Fact, dict[Key, tuple[Record, ...]]] = field(default_factory=dict)
    doubted: set[RecordId] = field(default_factory=set)  # records with a child of which nobody can tell if it is theirs
    circles: Circles = field(default_factory=Circles)
    shared: bool = False  # whether some record so far has more than one parent

    @cached_property
    def facts(self) -> Facts:
        """What is known of related records so far, for those who judge: it grows with `known`."""
        return Facts(self.known)

    def columns(self, dataset: Dataset) -> tuple[str, ...]:
        """The columns that are read of a dataset."""
        return columns_read(self.register, dataset)

    def learn(self, dataset: Dataset, records: Sequence[Record]) -> None:
        """Read the related records that judging and subject paths of these records ask for."""
        for reading in readings(self.register, dataset):
            self._learn(reading, records)

    def _learn(self, reading: Reading, records: Sequence[Record]) -> None:
        found: dict[Key, Record] = {}
        asking = records
        for _ in range(reading.chain):
            asking = self._related(reading.dataset, reading.on, asking)
            asking = [record for record in asking if record.key not in found]
            found |= {record.key: record for record in asking}
            if not asking:
                break
        for nested in reading.then:
            self._learn(nested, list(found.values()))

    def _related(self, dataset: Dataset, on: Join, records: Iterable[Record]) -> list[Record]:
        """The records that the columns join to any of these, each once; what is asked once is not asked again."""
        known = self.known.setdefault((dataset.id, on.theirs), {})
        asked = dict.fromkeys(value for record in records if (value := record.at(on.ours)) is not None)
        groups: dict[Key, list[Record]] = {value: [] for value in asked if value not in known}
        if groups:
            found = joined_by(reader_of(self.readers, dataset), dataset, self.columns(dataset), on, groups)
            for record, value in zip(found, found.of(on.theirs), strict=True):
                groups[value].append(record)
            for value, group in groups.items():
                known[value] = _in_order(group)
        joined = (record for value in asked for record in known[value])
        return list({record.key: record for record in joined}.values())

    def know(self, dataset: Dataset, records: Iterable[Record]) -> None:
        """Take note that these are all the records that have their keys: they need not be looked up."""
        known = self.known.setdefault((dataset.id, dataset.key), {})
        known |= {record.key: (record,) for record in records}

    def aggregates(
        self, dataset: Dataset, records: Sequence[Record], link: tuple[str, ...] = (), depth: int = 0
    ) -> list[Aggregate]:
        """The records with every declared child below them, level by level; `link` is how they were reached."""
        if depth > _DEEPEST:
            raise StoreError(
                f"{dataset.id}: its children are nested over {_DEEPEST} deep, which looks like a circle; mend it there."
            )
        self.learn(dataset, records)
        below: dict[Key, list[Aggregate]] = {}
        for child_dataset, child in self.register.children_of(dataset):
            related = self._related(child_dataset, child.on, records)
            children = self._belonging(child.on, related)
            if child.on.where is not None:
                doubtful = {one.at(child.on.theirs) for one in related if not can_tell(child.on, one, self.facts)}
                self.doubted |= {(dataset.id, one.key) for one in records if one.at(child.on.ours) in doubtful}
            if child_dataset is dataset:  # a record that names itself has nothing above it
                self._find_circles(dataset, children)
                tops = {one.at(child.on.ours) for one in records if (dataset.id, one.key) not in self.circles.members}
                children = [
                    one
                    for one in children
                    if one.at(child.on.theirs) != one.at(child.on.ours)
                    if one.at(child.on.theirs) in tops or (dataset.id, one.key) not in self.circles.members
                ]
            if not children:
                continue
            parents = self._all_parents(dataset, child_dataset, child, children)
            by_value: dict[Key | None, list[Aggregate]] = {None: []}
            for one in self.aggregates(child_dataset, children, child.on.theirs, depth + 1):
                by_value.setdefault(one.record.at(child.on.theirs), []).append(one)
            for record in records:
                here = (dataset.id, record.key)
                found = by_value.get(record.at(child.on.ours), ())
                if self.circles.members:
                    found = [one for one in found if not {one.id, here} <= self.circles.members]
                if parents:
                    found = [below_one(one, parents.get(one.record.key, NONE), here) for one in found]
                    self.shared = self.shared or any(one.others for one in found)
                below.setdefault(record.key, []).extend(found)
        return [Aggregate(record, tuple(below.get(record.key, ())), link) for record in records]

    def _all_parents(
        self, parent: Dataset, dataset: Dataset, through: Child, records: Sequence[Record]
    ) -> dict[Key, frozenset[Named]]:
        """For each record of a dataset that may have several parents, all that exist; else nothing, unread."""
        relations = self.register.parents_of(dataset)
        if len(relations) == 1 and set(parent.key) <= set(through.on.ours):
            return {}
        found: dict[Key, frozenset[Named]] = {}
        for other, child in relations:
            for key, parents in self._parents(other, child.on, records).items():
                found[key] = found.get(key, NONE) | {(child.on.theirs, (other.id, one.key)) for one in parents}
        return found

    def _find_circles(self, dataset: Dataset, records: Sequence[Record]) -> None:
        """Doubt every record that is above itself, and with it everything that it belongs to."""
        own = [child.on for parent, child in self.register.parents_of(dataset) if parent is dataset]
        if own:
            self.circles.learn(records, [partial(self._named, dataset, on) for on in own], deepest=_DEEPEST)
            self.doubted |= self.circles.members

    def _parents(self, parent: Dataset, on: Join, records: Sequence[Record]) -> dict[Key, tuple[Record, ...]]:
        """The parents of each record that names one, as `_named`; in a circle nothing is above anything else."""
        found = self._named(parent, on, records)
        if not records or records[0].dataset is not parent:
            return found
        self._find_circles(parent, records)
        return self.circles.cut(parent, found)

    def _named(self, parent: Dataset, on: Join, records: Sequence[Record]) -> dict[Key, tuple[Record, ...]]:
        """The parents that exist of each record that names one; a record that names none, or itself, is left out."""
        up = Join(tuple((ours, theirs) for theirs, ours in on.pairs))
        naming = self._belonging(on, [record for record in records if record.at(up.ours) is not None])
        self._related(parent, up, naming)
        found: dict[Key, tuple[Record, ...]] = {}
        for record in naming:
            named = self.facts.related(parent, up, record)
            others = tuple(one for one in named if one.dataset is not record.dataset or one.key != record.key)
            if others or not named:
                found[record.key] = others
        return found

    def _belonging(self, on: Join, records: Sequence[Record]) -> list[Record]:
        """The records of which a relation's condition holds; what cannot be told joins nothing."""
        for reading in readings_within(on):
            self._learn(reading, records)
        return [one for one in records if on.where is None or holds_of(on.where, one, self.facts) is True]

    def cases(self, dataset: Dataset, records: Sequence[Record]) -> list[Case]:
        """Each record with everything that judging and clearing it reads."""
        aggregates = self.aggregates(dataset, records)
        above, orphans = self._above(dataset, records)
        every = {top.id: top for found in above.values() for top in found}
        pruned = {which: self._pruned(top)[0] for which, top in every.items()}
        cases = []
        for aggregate in aggregates:
            kept, unlinks = self._pruned(aggregate)
            key = aggregate.record.key
            whole = tuple(above.get(key, ()))
            tops = tuple(pruned[top.id] for top in whole)
            cases.append(Case(kept, unlinks, tops, key in orphans, whole or (aggregate,)))
        return self._with_unlinked(cases)

    def _pruned(self, aggregate: Aggregate) -> tuple[Aggregate, tuple[Aggregate, ...]]:
        """The aggregate without the children that another parent keeps, and those children."""
        return without_shared(aggregate) if self.shared else (aggregate, ())

    def _with_unlinked(self, cases: list[Case]) -> list[Case]:
        """The cases, each family with those of the children that stay: to unlink one is to change it."""
        if not any(case.unlinks for case in cases):
            return cases
        staying: dict[Dataset, dict[Key, Record]] = {}
        for one in (one for case in cases for one in case.unlinks):
            staying.setdefault(one.record.dataset, {})[one.record.key] = one.record
        above: dict[RecordId, list[Aggregate]] = {}
        for dataset, records in staying.items():
            found, _ = self._above(dataset, list(records.values()))
            above |= {(dataset.id, key): tops for key, tops in found.items()}
        return [
            case._replace(family=tuple({top.id: top for top in (*case.family, *case.above_unlinks(above))}.values()))
            if case.unlinks
            else case
            for case in cases
        ]

    def orphans(self, dataset: Dataset, records: Sequence[Record]) -> frozenset[Key]:
        """The records that name a parent while none that they name exists or is the top, or of which none can tell."""
        named: dict[Key, bool] = {}
        unknown: set[Key] = set()
        for parent, child in self.register.parents_of(dataset):
            for key, parents in self._parents(parent, child.on, records).items():
                named[key] = named.get(key, False) or bool(parents)
            unknown.update(one.key for one in records if not can_tell(child.on, one, self.facts))
        unknown.update(one.key for one in records if (dataset.id, one.key) in self.circles.members)
        return frozenset(unknown | {key for key, found in named.items() if not found})

    def parentless(self, dataset: Dataset, records: Sequence[Record]) -> frozenset[Key]:
        """The records that have no parent at all."""
        found: set[Key] = set()
        for parent, child in self.register.parents_of(dataset):
            found |= {key for key, parents in self._parents(parent, child.on, records).items() if parents}
        return frozenset(record.key for record in records) - found

    def _above(self, dataset: Dataset, records: Sequence[Record]) -> tuple[dict[Key, list[Aggregate]], frozenset[Key]]:
        """For each record the aggregates of the topmost records above it; and which records are orphans."""
        if not self.register.parents_of(dataset):
            return {}, frozenset()
        tops: dict[Key, dict[RecordId, Record]] = {}
        for record in records:
            tops[record.key] = {}
        self._climb(dataset, {record.key: (record,) for record in records}, tops, 0)
        roots = {(one.dataset.id, one.key): one for found in tops.values() for one in found.values()}
        whole: dict[RecordId, Aggregate] = {}
        for top in {one.dataset.id: one.dataset for one in roots.values()}.values():
            for aggregate in self.aggregates(top, [one for one in roots.values() if one.dataset is top]):
                whole[aggregate.id] = aggregate
        above = {key: [whole[one] for one in found] for key, found in tops.items() if found}
        return above, self.orphans(dataset, records)

    def _climb(
        self,
        dataset: Dataset,
        below: Mapping[Key, tuple[Record, ...]],
        tops: dict[Key, dict[RecordId, Record]],
        depth: int,
    ) -> None:
        """Follow parents upwards; `below` says from which records each starting key has come so far."""
        if depth > _DEEPEST:
            raise StoreError(
                f"{dataset.id}: its parents are nested over {_DEEPEST} deep, which looks like a circle; mend it there."
            )
        everyone = list({record.key: record for group in below.values() for record in group}.values())
        for parent, child in self.register.parents_of(dataset):
            parents = self._parents(parent, child.on, everyone)
            up: dict[Key, tuple[Record, ...]] = {}
            for start, group in below.items():
                reached = tuple({p.key: p for record in group for p in parents.get(record.key, ())}.values())
                if reached:
                    up[start] = reached
            if not up:
                continue
            higher = self._having_parents(parent, up)
            for start, group in up.items():
                tops[start] |= {(parent.id, one.key): one for one in group if one.key not in higher}
            self._climb(parent, up, tops, depth + 1)

    def _having_parents(self, dataset: Dataset, groups: Mapping[Key, tuple[Record, ...]]) -> frozenset[Key]:
        records = list({record.key: record for group in groups.values() for record in group}.values())
        return frozenset(record.key for record in records) - self.parentless(dataset, records)


def _in_order(records: list[Record]) -> tuple[Record, ...]:
    """By key, since seals and reasons must not depend on the store's order."""
    try:
        return tuple(sorted(records, key=_KEY)) if len(records) > 1 else tuple(records)
    except TypeError:  # parts of several types, or a missing one
        return tuple(sorted(records, key=lambda one: key_order(one.key)))
