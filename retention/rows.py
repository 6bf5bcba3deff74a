"""Records as the columns they are read as: by the thousand, and an object only where somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, compress, repeat
from operator import itemgetter
from typing import Any, Self, overload

from retention.dataset import Dataset
from retention.record import Key, Record, Value

Column = Sequence[Value]


class Rows(Sequence[Record]):
    """Records of one dataset: the key's columns first, then others, decoded. As a sequence: the records of the rows."""

    __slots__ = ("_columns", "_kinds", "_of", "_records", "dataset", "names")

    def __init__(self, dataset: Dataset, names: tuple[str, ...], columns: Sequence[Column]) -> None:
        """Take columns in the order of their names, each with a value of every row; none at all: there are no rows."""
        self.dataset = dataset
        self.names = names
        self._columns: Sequence[Column] = columns or [()] * len(names)
        self._records: tuple[Record, ...] | None = None
        self._of: dict[tuple[str, ...], list[Key]] = {}
        self._kinds: dict[str, frozenset[type]] = {}

    @classmethod
    def of_tuples(cls, dataset: Dataset, names: tuple[str, ...], tuples: Iterable[tuple[Value, ...]]) -> Self:
        """Rows that were read one by one."""
        return cls(dataset, names, [*zip(*tuples, strict=True)])

    @classmethod
    def joined(cls, dataset: Dataset, names: tuple[str, ...], parts: Sequence[Rows]) -> Rows:
        """Rows that were read in parts, of the same columns."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            dataset,
            names,
            [[*chain.from_iterable(each)] for each in zip(*(one.columns(names) for one in parts), strict=True)],
        )

    @property
    def records(self) -> tuple[Record, ...]:
        """The rows as records: made when first asked for, and the same from then on."""
        if self._records is None:
            values = [dict(zip(self.names, row, strict=True)) for row in self.tuples]
            self._records = tuple(map(Record, repeat(self.dataset), self.keys, values))
        return self._records

    @property
    def tuples(self) -> list[tuple[Value, ...]]:
        """Every row by itself."""
        return [*zip(*self._columns, strict=True)]

    @property
    def keys(self) -> list[Key]:
        """Every row's key."""
        return self.of(self.dataset.key)

    def of(self, columns: tuple[str, ...]) -> list[Key]:
        """Every row's values of some columns: made when first asked for, and the same from then on."""
        if columns not in self._of:
            self._of[columns] = [*zip(*self.columns(columns), strict=True)]
        return self._of[columns]

    def columns(self, names: Sequence[str]) -> list[Column]:
        """Some columns, each with the value of every row."""
        return [self._columns[self.names.index(name)] for name in names]

    def kinds(self, name: str) -> frozenset[type]:
        """The types of a column's values: looked for when first asked, and the same from then on."""
        if name not in self._kinds:
            self._kinds[name] = frozenset(map(type, self._columns[self.names.index(name)]))
        return self._kinds[name]

    def of_kinds(self, names: Iterable[str], kinds: frozenset[type]) -> bool:
        """Whether all values of some columns are of these types."""
        return all(self.kinds(name) <= kinds for name in names)

    def only(self, names: tuple[str, ...]) -> Rows:
        """The same rows with some of their columns, in this order."""
        return self if names == self.names else Rows(self.dataset, names, self.columns(names))

    def among(self, columns: tuple[str, ...], values: frozenset[Key]) -> Rows:
        """Those whose values of some columns are among these: mostly all of them, which costs little."""
        return self if values.issuperset(self.of(columns)) else self.where(columns, values.__contains__)

    def where(self, columns: tuple[str, ...], holds: Callable[[Key], bool]) -> Rows:
        """Those whose values of some columns are such."""
        return self.chosen([*map(holds, self.of(columns))])

    def chosen(self, which: Sequence[bool]) -> Rows:
        """Those that are chosen, one answer for each row."""
        if all(which):
            return self
        return Rows(self.dataset, self.names, [[*compress(column, which)] for column in self._columns])

    def in_order(self) -> Rows:
        """The same by key; a TypeError where keys do not compare."""
        key = self.dataset.key
        values: Sequence[Any] = self.columns(key)[0] if len(key) == 1 else self.keys
        if sorted(values) == [*values]:  # as they mostly are
            return self
        return self.at(sorted(range(len(values)), key=values.__getitem__))

    def arranged(self, keys: Iterable[Key]) -> Rows:
        """One row for each key that has any, in the order of the keys."""
        keys = [*keys]
        if keys == self.keys:
            return self
        places = {key: place for place, key in enumerate(self.keys)}
        return self.at([places[key] for key in keys if key in places])

    def at(self, places: Sequence[int]) -> Rows:
        """The rows of some places, in their order."""
        if len(places) < 2:  # noqa: PLR2004 - of one place alone there is no tuple to pick
            return Rows(self.dataset, self.names, [[column[place] for place in places] for column in self._columns])
        if [*places] == [*range(len(self))]:
            return self
        return Rows(self.dataset, self.names, [*map(itemgetter(*places), self._columns)])

    def between(self, start: int, stop: int) -> Rows:
        """The rows from one place to before another."""
        found = Rows(self.dataset, self.names, [column[start:stop] for column in self._columns])
        if found:  # of what is all of one type, a part is so too
            found._kinds = {name: kinds for name, kinds in self._kinds.items() if len(kinds) == 1}
        return found

    def one(self, place: int) -> Record:
        """The record of one row, by its place, made for whoever asks."""
        [record] = self.at([place]).records
        return record

    def __len__(self) -> int:
        """How many there are."""
        return len(self._columns[0])

    def __iter__(self) -> Iterator[Record]:
        """The records."""
        return iter(self.records)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Record]: ...
    def __getitem__(self, place: int | slice) -> Record | Sequence[Record]:
        """A record, or some of them."""
        return self.records[place]
