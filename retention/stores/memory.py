"""The store in memory: the reference that every other store must agree with, and a twin for tests.

Rows are dicts of canonical values, by collection. Key order is by value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from retention.candidate import Cleared
from retention.dataset import Dataset
from retention.disposition import Action
from retention.erase import apply
from retention.errors import StoreError
from retention.record import Key, Unreadable, Value
from retention.rows import Rows
from retention.stores.checks import erased_fields, exactly, joinable, own, remaining, takes_once, wanted
from retention.stores.interface import Batch, Below, Expiry, Locked
from retention.stores.schema import Schema, SchemaColumn, SchemaTable

Row = dict[str, Value]
Tables = dict[str, list[Row]]
Change = Callable[[Row], None]


class _MemoryReader:
    """Reading rows; what the store and its batches share."""

    def __init__(self, name: str, tables: Tables) -> None:
        self._name = name
        self._tables = tables

    def fetch(self, dataset: Dataset, columns: Sequence[str], keys: Collection[Key]) -> Rows:
        """The records that exist of these keys."""
        return self.related(dataset, columns, dataset.key, keys)

    def related(self, dataset: Dataset, columns: Sequence[str], on: tuple[str, ...], values: Collection[Key]) -> Rows:
        """The records whose `on` columns equal one of the values."""
        asked = set(joinable(values))
        return _read(dataset, (*columns, *on), [row for row in self._rows(dataset) if _at(dataset, on, row) in asked])

    def _rows(self, dataset: Dataset) -> list[Row]:
        own(self._name, dataset)
        try:
            return self._tables[dataset.collection]
        except KeyError:
            raise StoreError(f"Store {self._name} has no table {dataset.collection!r} for {dataset.id}.") from None


class MemoryBatch(_MemoryReader):
    """A transaction on a copy of the rows, which commit puts in their place."""

    def __init__(self, name: str, tables: Tables, keys: Mapping[str, bytes]) -> None:
        super().__init__(name, {collection: [dict(row) for row in rows] for collection, rows in tables.items()})
        self._live = tables
        self._keys = keys
        self._ended = False

    def lock(
        self,
        dataset: Dataset,
        keys: Collection[Key],
        below: Sequence[Below] = (),
        *,
        reads: Callable[[Dataset], Sequence[str]] | None = None,
        wait: bool = False,
    ) -> Locked:
        """Everything is: there is no other writer."""
        del dataset, keys, below, reads, wait
        return Locked(None)

    def dispose(self, cleared: Cleared) -> Mapping[str, int]:
        """Dispose of the children that go, unlink those that stay, then the records."""
        try:
            return self._dispose(cleared)
        except BaseException:
            self._ended = True
            raise

    def commit(self) -> None:
        """Put the copy in place."""
        self._open()
        self._ended = True
        self._live.clear()
        self._live.update(self._tables)

    def _dispose(self, cleared: Cleared) -> Mapping[str, int]:
        takes = takes_once(cleared)
        children: dict[str, int] = {}
        for unlink in cleared.records.unlinks:
            self._update(unlink.dataset, unlink.keys, partial(_clear, unlink.columns))
        for take in takes:
            self._delete(take.dataset, take.keys)
            children[take.dataset.id] = children.get(take.dataset.id, 0) + len(take.keys)
        keys = remaining(cleared, takes)
        if cleared.action is Action.DELETE:
            self._delete(cleared.dataset, keys)
        else:
            fields = erased_fields(cleared)
            self._update(cleared.dataset, keys, partial(self._erase, cleared.dataset, fields))
        return children

    def _rows(self, dataset: Dataset) -> list[Row]:
        self._open()
        return super()._rows(dataset)

    def _open(self) -> None:
        if self._ended:
            raise StoreError(f"Store {self._name}: this batch has ended; open another.")

    def _delete(self, dataset: Dataset, keys: Collection[Key]) -> None:
        rows, gone = self._rows(dataset), set(keys)
        kept = [row for row in rows if _at(dataset, dataset.key, row) not in gone]
        exactly(dataset, len(gone), len(rows) - len(kept))
        self._tables[dataset.collection] = kept

    def _update(self, dataset: Dataset, keys: Collection[Key], change: Change) -> None:
        asked = set(keys)
        found = [row for row in self._rows(dataset) if _at(dataset, dataset.key, row) in asked]
        exactly(dataset, len(asked), len(found))
        for row in found:
            change(row)

    def _erase(self, dataset: Dataset, fields: Iterable[str], row: Row) -> None:
        for name in fields:
            row[name] = apply(dataset.fields[name], _value(dataset, name, row), keys=self._keys)


class MemoryStore(_MemoryReader):
    """A store of rows in memory, by collection."""

    def __init__(
        self,
        name: str,
        tables: Mapping[str, Iterable[Mapping[str, Value]]],
        *,
        pseudonym_keys: Mapping[str, bytes] | None = None,
        schema: Schema | None = None,  # None: what the rows show
    ) -> None:
        super().__init__(name, {collection: [dict(row) for row in rows] for collection, rows in tables.items()})
        self._pseudonym_keys = pseudonym_keys or {}
        self._schema = schema

    @property
    def name(self) -> str:
        """The store's name."""
        return self._name

    @property
    def identity(self) -> str:
        """Which store this is."""
        return f"memory:{self._name}"

    @property
    def tables(self) -> Tables:
        """The rows as they are now: what a test looks at, or changes behind a run's back."""
        return self._tables

    def pages(
        self, dataset: Dataset, columns: Sequence[str], *, size: int, narrow: tuple[Expiry, ...] | None = None
    ) -> Iterator[Rows]:
        """Every record in key order; `narrow` leaves nothing out, as it may."""
        del narrow
        rows = sorted(self._rows(dataset), key=lambda row: _order(_at(dataset, dataset.key, row)))
        for start in range(0, len(rows), size):
            yield _read(dataset, columns, rows[start : start + size])

    def count(self, dataset: Dataset) -> int:
        """How many records there are."""
        return len(self._rows(dataset))

    def versions(self, dataset: Dataset, keys: Collection[Key]) -> int | None:  # noqa: ARG002 - it keeps none
        """It has no history."""
        return None

    def schema(self, named: Collection[str] = ()) -> Schema:  # noqa: ARG002 - there are no others
        """The schema it was given, else what the rows show."""
        if self._schema is not None:
            return self._schema
        return Schema(tables={name: _shown(name, rows) for name, rows in self._tables.items()})

    def clock(self) -> datetime | None:
        """It has no clock of its own."""
        return None

    def close(self) -> None:
        """Nothing to let go of."""

    @property
    def abreast(self) -> int:
        """One: a batch is a copy of everything."""
        return 1

    @property
    def batch_seconds(self) -> float:
        """Nobody waits for it."""
        return 0.5

    @contextmanager
    def session(self, number: int = 0) -> Iterator[None]:  # noqa: ARG002 - a seam
        """It has no session lock."""
        yield

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """A batch on a copy of the rows."""
        yield MemoryBatch(self._name, self._tables, self._pseudonym_keys)


def _read(dataset: Dataset, columns: Sequence[str], rows: Iterable[Row]) -> Rows:
    names = wanted(dataset, columns)
    return Rows.of_tuples(dataset, names, [_at(dataset, names, row) for row in rows])


def _at(dataset: Dataset, columns: Sequence[str], row: Row) -> Key:
    return tuple(_value(dataset, column, row) for column in columns)


def _value(dataset: Dataset, column: str, row: Row) -> Value:
    try:
        return row[column]
    except KeyError:
        raise StoreError(f"{dataset.id} has no column {column!r}. Run `retention policies check`.") from None


def _clear(columns: Iterable[str], row: Row) -> None:
    row.update(dict.fromkeys(columns))


def _order(key: Key) -> tuple[object, ...]:
    """A key as something that sorts: kinds apart, values within a kind."""
    return tuple((_rank(part), b"" if isinstance(part, Unreadable) else part) for part in key)


def _rank(value: Value) -> int:
    match value:
        case None | Unreadable():
            return 0
        case bool() | int() | float() | Decimal():
            return 1
        case str():
            return 2
        case datetime():
            return 3
        case date():
            return 4
        case UUID():
            return 5
        case bytes():
            return 6


def _shown(name: str, rows: list[Row]) -> SchemaTable:
    names = dict.fromkeys(column for row in rows for column in row)
    return SchemaTable(name=name, columns={column: _column(column, rows) for column in names}, primary_key=())


def _column(name: str, rows: list[Row]) -> SchemaColumn:
    types = {type(row[name]) for row in rows if row.get(name) is not None}
    python_type = types.pop() if len(types) == 1 else None
    return SchemaColumn(name=name, sql_type="", python_type=python_type, nullable=True)
