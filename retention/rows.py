"""Records as the rows they are read as: by the thousand a tuple each, and an object only where somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, overload

from retention.dataset import Dataset
from retention.record import Key, Record, Value

Row = tuple[Value, ...]


class Rows(Sequence[Record]):
    """Records of one dataset: the key's columns first, then others, decoded. As a sequence: the records of the rows."""

    __slots__ = ("_records", "dataset", "names", "tuples")

    def __init__(self, dataset: Dataset, names: tuple[str, ...], tuples: list[Row]) -> None:
        """Take rows of these columns, in the order of their names."""
        self.dataset = dataset
        self.names = names
        self.tuples = tuples
        self._records: tuple[Record, ...] | None = None

    @property
    def records(self) -> tuple[Record, ...]:
        """The rows as records: made when first asked for, and the same from then on."""
        if self._records is None:
            values = [dict(zip(self.names, row, strict=True)) for row in self.tuples]
            self._records = tuple(map(Record, repeat(self.dataset), self.keys, values))
        return self._records

    @property
    def keys(self) -> list[Key]:
        """Every row's key."""
        return self.of(self.dataset.key)

    def of(self, columns: Sequence[str]) -> list[Key]:
        """Every row's values of some columns."""
        return [*self._each(columns)]

    def among(self, columns: Sequence[str], values: frozenset[Key]) -> Rows:
        """Those whose values of some columns are among these: mostly all of them, which costs little."""
        return self if values.issuperset(self._each(columns)) else self.where(columns, values.__contains__)

    def _each(self, columns: Sequence[str]) -> Iterable[Key]:
        """Every row's values of some columns, one after the other."""
        found = map(picked(self.names, columns), self.tuples)
        return zip(found) if len(columns) == 1 else found

    def columns(self, names: Sequence[str]) -> Iterator[list[Value]]:
        """Some columns, each with the value of every row."""
        for name in names:
            place = self.names.index(name)
            yield [row[place] for row in self.tuples]

    def where(self, columns: Sequence[str], holds: Callable[[Key], bool]) -> Rows:
        """Those whose values of some columns are such."""
        found = [row for row, value in zip(self.tuples, self.of(columns), strict=True) if holds(value)]
        return self if len(found) == len(self.tuples) else Rows(self.dataset, self.names, found)

    def in_order(self) -> Rows:
        """The same by key; a TypeError where keys do not compare."""
        return Rows(self.dataset, self.names, sorted(self.tuples, key=picked(self.names, self.dataset.key)))

    def arranged(self, keys: Iterable[Key]) -> Rows:
        """One row for each key that has any, in the order of the keys."""
        by_key = dict(zip(self.keys, self.tuples, strict=True))
        return Rows(self.dataset, self.names, [by_key[key] for key in keys if key in by_key])

    def one(self, place: int) -> Record:
        """The record of one row, by its place, made for whoever asks."""
        [record] = Rows(self.dataset, self.names, self.tuples[place : place + 1]).records
        return record

    def __len__(self) -> int:
        """How many there are."""
        return len(self.tuples)

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


def picked(names: Sequence[str], columns: Sequence[str]) -> itemgetter[Any]:
    """Some columns of a row of these names: of one alone its value, of several a tuple."""
    return itemgetter(*(names.index(column) for column in columns))
