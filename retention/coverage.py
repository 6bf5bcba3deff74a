"""What a hold covers today, found without reading everything.

A person or a record is looked up: the paths to the subject are walked backwards, from the id to the records. What is
found is only where to look. Every record that shares a family with it is then judged by the scanner itself, with this
hold alone, so that "covered" means here what it means when a batch is cleared (R11). A scope without a person or a
record (a dataset, a purpose, a range of dates) is scanned, in the datasets whose families it can touch.

Where a store cannot be read the number is unknown, never 0 (P6); the hold binds all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TypeVar

from msgspec import Struct

from retention.dataset import Dataset, SubjectPath, Via
from retention.errors import StoreError
from retention.gather import Gatherer
from retention.holds import Hold, HoldKind, Scope, Subject
from retention.policy import Register
from retention.record import Aggregate, Key, Record, RecordId, keys_of, values_of
from retention.scan import PAGE, Scanner
from retention.start import Day
from retention.stores.interface import Source

_KEEP = 10_000  # records
_MOST_HELD = 200_000  # records that are worth remembering while a plan is made

_Item = TypeVar("_Item")

Part = tuple[Dataset, tuple[Key, ...] | None]
"""Some records of a dataset that are covered; None: how many there are is unknown."""


class Coverage(Struct, frozen=True, kw_only=True):
    """What a scope covers now; later records that it comes to cover are held as well."""

    by_dataset: Mapping[str, int | None]  # records, for every dataset; None: unknown, a store cannot be read
    unreached: tuple[str, ...]  # datasets that none of the named persons could be found in; empty when none is named
    records: frozenset[RecordId]  # the first of them, up to what was asked

    @property
    def total(self) -> int | None:
        """Records over all datasets; None: unknown."""
        known = [count for count in self.by_dataset.values() if count is not None]
        return sum(known) if len(known) == len(self.by_dataset) else None


def coverage(  # noqa: PLR0913 - what `covered` takes, and how much of it to keep
    register: Register,
    scope: Scope,
    sources: Mapping[str, Source],
    *,
    day: Day,
    now: datetime,
    keep: int = _KEEP,
) -> Coverage:
    """Count what a scope covers, dataset by dataset. `sources` lacks the stores that cannot be reached."""
    counts: dict[str, int | None] = {dataset.id: 0 for dataset in register.all_datasets}
    records: set[RecordId] = set()
    for dataset, keys in covered(register, scope, sources, day=day, now=now):
        before = counts[dataset.id]
        counts[dataset.id] = None if keys is None or before is None else before + len(keys)
        records.update((dataset.id, key) for key in islice(keys or (), keep - len(records)))
    return Coverage(by_dataset=counts, unreached=unreached(register, scope), records=frozenset(records))


def covered(
    register: Register, scope: Scope, sources: Mapping[str, Source], *, day: Day, now: datetime
) -> Iterator[Part]:
    """Yield the records that a scope covers, each once, a page at a time; then what is unknown."""
    hold = Hold(id="coverage", kind=HoldKind.LEGAL_HOLD, scope=scope, matter="", placed_at=now, placed_by="", salt=b"")
    scanner = Scanner(register=register, day=day, holds=(hold,), now=now, keys={})
    search = _Search(register, scope, sources, scanner)
    starts = [dataset for dataset in register.all_datasets if _may_match(register, scope, dataset)]
    for group in _groups(register, starts):
        try:
            yield from search.find(group)
        except StoreError:
            yield from ((dataset, None) for dataset in group.reached)


def held_records(
    register: Register, holds: Iterable[Hold], sources: Mapping[str, Source], *, day: Day, now: datetime
) -> Mapping[str, frozenset[Key]] | None:
    """The records that any of these holds covers, by dataset id; None: too many, or not known, so ask everywhere."""
    found: dict[str, set[Key]] = {}
    named = _named_together(hold.scope for hold in holds)
    if named is None:
        return None
    for scope in named:
        for dataset, keys in covered(register, scope, sources, day=day, now=now):
            if keys is None:
                return None
            found.setdefault(dataset.id, set()).update(keys)
        if sum(map(len, found.values())) > _MOST_HELD:
            return None
    return {name: frozenset(keys) for name, keys in found.items()}


def _named_together(scopes: Iterable[Scope]) -> list[Scope] | None:
    """A few scopes that cover all that these do, perhaps more; None when one names neither a person nor a record.

    To look for a hundred people takes hardly longer than to look for one.
    """
    subjects: dict[Subject, None] = {}
    records: dict[tuple[str, str], None] = {}
    for scope in scopes:
        if not (scope.subjects or scope.records):
            return None
        subjects |= dict.fromkeys(scope.subjects)
        if not scope.subjects:
            records |= dict.fromkeys(scope.records)
    return [
        *(Scope(subjects=frozenset(some)) for some in _pages(subjects)),
        *(Scope(records=frozenset(some)) for some in _pages(records)),
    ]


def unreached(register: Register, scope: Scope) -> tuple[str, ...]:
    """Return the datasets in which no record could be found for any person that a scope names (P1)."""
    if not scope.subjects:
        return ()
    named = {namespace for namespace, _ in scope.subjects}
    reached: set[Dataset] = set()
    for dataset in register.all_datasets:
        if any(namespace in named for namespace, _ in dataset.subject_paths):
            reached |= _family(register, dataset)
    return tuple(dataset.id for dataset in register.all_datasets if dataset not in reached)


class _Group(Struct, frozen=True):
    """Datasets that share families."""

    starts: tuple[Dataset, ...]  # where the scope itself may match a record
    reached: tuple[Dataset, ...]  # whose records such a match may hold, by id


class _Search(Struct, frozen=True):
    register: Register
    scope: Scope
    sources: Mapping[str, Source]
    scanner: Scanner

    def find(self, group: _Group) -> Iterator[Part]:
        """Yield what is covered in one group."""
        if not (self.scope.subjects or self.scope.records):
            for dataset in group.reached:
                self._source(dataset)
                for judged in self.scanner.scan(dataset, self.sources):
                    yield dataset, tuple(one.record.key for one in judged if one.gate is not None)
            return
        near: dict[Dataset, dict[Key, None]] = {}
        for dataset in group.starts:
            for records in _pages(self._named(dataset)):
                for one in self._relatives(dataset, records):
                    near.setdefault(one.dataset, {})[one.key] = None
        for dataset, keys in near.items():
            for page in _pages(keys):
                yield dataset, self._held(dataset, page)

    def _held(self, dataset: Dataset, keys: tuple[Key, ...]) -> tuple[Key, ...]:
        """Those of the records that the hold stops, by the judgement that clearing would make."""
        records = self._source(dataset).fetch(dataset, self._columns(dataset), keys)
        judged = self.scanner.judge(dataset, records, self.sources)
        return tuple(one.record.key for one in judged if one.gate is not None)

    def _relatives(self, dataset: Dataset, records: tuple[Record, ...]) -> Iterator[Record]:
        """Everything that may share a family with these, themselves included; perhaps more."""
        gatherer = Gatherer(self.register, self.sources)
        shared: dict[Dataset, dict[Key, Record]] = {}
        for one in _with_all_below(gatherer, dataset, records):
            yield one.record
            if one.others:  # their other parents would have to unlink it, and may not
                shared.setdefault(one.record.dataset, {})[one.record.key] = one.record
        for below, staying in shared.items():
            yield from (one.record for one in _with_all_below(gatherer, below, tuple(staying.values())))

    def _named(self, dataset: Dataset) -> list[Record]:
        """The records of a dataset that the scope may mean: all of those it does, perhaps more."""
        if self.scope.records:
            texts = [text for named, text in self.scope.records if named == dataset.id]
            keys = [key for text in texts for key in keys_of(text) if len(key) == len(dataset.key)]
            return self._related(dataset, dataset.key, keys)
        found: dict[Key, Record] = {}
        for namespace, path in dataset.subject_paths:
            ids = [text for named, text in sorted(self.scope.subjects) if named == namespace]
            found |= {record.key: record for record in self._ending(dataset, path, ids)}
        return list(found.values())

    def _ending(self, dataset: Dataset, path: SubjectPath, ids: list[str]) -> list[Record]:
        """The records from which a path ends at one of the ids; a relation's condition is left to the judge."""
        match path:
            case str():
                return self._related(dataset, (path,), [(value,) for text in ids for value in values_of(text)])
            case Via():
                ends = self._ending(path.dataset, path.column, ids)
                joined = (end.at(path.on.theirs) for end in ends)
                return self._related(dataset, path.on.ours, [values for values in joined if values is not None])

    def _related(self, dataset: Dataset, on: tuple[str, ...], values: list[Key]) -> list[Record]:
        source = self._source(dataset)
        return [*source.related(dataset, self._columns(dataset), on, values)] if values else []

    def _columns(self, dataset: Dataset) -> tuple[str, ...]:
        return Gatherer(self.register, self.sources).columns(dataset)

    def _source(self, dataset: Dataset) -> Source:
        if dataset.store not in self.sources:
            raise StoreError(
                f"{dataset.id}: store {dataset.store} cannot be reached; what is covered there is unknown."
            )
        return self.sources[dataset.store]


def _with_all_below(gatherer: Gatherer, dataset: Dataset, records: tuple[Record, ...]) -> Iterator[Aggregate]:
    """The topmost records above these, with everything below them."""
    tops: dict[Dataset, dict[Key, Record]] = {}
    for case in gatherer.cases(dataset, records):
        for top in case.tops or (case.aggregate,):
            tops.setdefault(top.record.dataset, {})[top.record.key] = top.record
    for above, found in tops.items():
        for aggregate in gatherer.aggregates(above, list(found.values())):
            yield from aggregate


def _may_match(register: Register, scope: Scope, dataset: Dataset) -> bool:
    """Whether the scope itself could cover a record of a dataset, by the declarations alone."""
    purposes = {policy.purpose for policy, _ in register.rules_for(dataset)}
    namespaces = {namespace for namespace, _ in dataset.subject_paths}
    return (
        (not scope.datasets or dataset.id in scope.datasets)
        and (not scope.purposes or not scope.purposes.isdisjoint(purposes))
        and (not scope.records or any(named == dataset.id for named, _ in scope.records))
        and (not scope.subjects or any(named in namespaces for named, _ in scope.subjects))
    )


def _family(register: Register, dataset: Dataset) -> set[Dataset]:
    """The datasets whose records may share a topmost record with one of this dataset."""
    return _closure(register, _closure(register, {dataset}, up=True), up=False)


def _reach(register: Register, dataset: Dataset) -> set[Dataset]:
    """The same, with those whose records would unlink one of a family."""
    return _closure(register, _family(register, dataset), up=True)


def _closure(register: Register, datasets: Iterable[Dataset], *, up: bool) -> set[Dataset]:
    found, waiting = set[Dataset](), [*datasets]
    while waiting:
        dataset = waiting.pop()
        if dataset not in found:
            found.add(dataset)
            links = register.parents_of(dataset) if up else register.children_of(dataset)
            waiting += [other for other, _ in links]
    return found


def _groups(register: Register, starts: Iterable[Dataset]) -> list[_Group]:
    """The starts with what each reaches; where that overlaps, together, so that no record is found twice."""
    groups: list[tuple[list[Dataset], set[Dataset]]] = []
    for dataset in starts:
        names, reached = [dataset], _reach(register, dataset)
        apart = []
        for group in groups:
            if group[1].isdisjoint(reached):
                apart.append(group)
            else:
                names, reached = [*group[0], *names], group[1] | reached
        groups = [*apart, (names, reached)]
    return [_Group(tuple(names), tuple(sorted(reached, key=lambda one: one.id))) for names, reached in groups]


def _pages(items: Iterable[_Item]) -> Iterator[tuple[_Item, ...]]:
    iterator = iter(items)
    while page := tuple(islice(iterator, PAGE)):
        yield page
