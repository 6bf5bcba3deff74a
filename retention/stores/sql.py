"""A SQL database as a store: a source that cannot write, and a store that disposes in batches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from retention.candidate import Cleared
from retention.dataset import Dataset
from retention.errors import StoreError
from retention.record import Key, Record
from retention.stores.interface import Batch, Expiry
from retention.stores.schema import Schema
from retention.stores.sql_dialect import Dialect
from retention.stores.sql_dispose import Disposer
from retention.stores.sql_read import SqlReader, Tables, translated


class SqlSource:
    """A database that is only read, on connections that cannot write."""

    def __init__(self, name: str, dialect: Dialect, *, zone: ZoneInfo) -> None:
        """Name the store, the engine it runs on, and the zone of the organisation's days."""
        self._name = name
        self._dialect = dialect
        self._zone = zone
        self._tables = Tables(name, dialect)
        self._reading: Engine | None = None
        self._reader = SqlReader(dialect, self._tables, self._read)

    @property
    def name(self) -> str:
        """The store's name in dataset ids and in the configuration."""
        return self._name

    @property
    def identity(self) -> str:
        """Which database this is, without user or password."""
        return self._dialect.identity

    def fetch(self, dataset: Dataset, columns: Sequence[str], keys: Collection[Key]) -> tuple[Record, ...]:
        """The records that exist of these keys, in any order."""
        return self._reader.fetch(dataset, columns, keys)

    def related(
        self, dataset: Dataset, columns: Sequence[str], on: tuple[str, ...], values: Collection[Key]
    ) -> tuple[Record, ...]:
        """The records whose `on` columns equal one of the values, in any order."""
        return self._reader.related(dataset, columns, on, values)

    def pages(
        self, dataset: Dataset, columns: Sequence[str], *, size: int, narrow: tuple[Expiry, ...] | None = None
    ) -> Iterator[tuple[Record, ...]]:
        """Every record, in key order by the engine's own comparison, `size` at a time."""
        return self._reader.pages(dataset, columns, size=size, local=self._zone, narrow=narrow or ())

    def count(self, dataset: Dataset) -> int:
        """How many records there are now."""
        return self._reader.count(dataset)

    def schema(self) -> Schema:
        """The live schema."""
        with self._read("reading the schema") as connection:
            return self._dialect.schema(connection)

    def clock(self) -> datetime | None:
        """The server's clock; None where the engine runs on ours."""
        return None

    def close(self) -> None:
        """Let go of every connection."""
        if self._reading is not None:
            self._reading.dispose()
            self._reading = None

    @contextmanager
    def _read(self, doing: str) -> Iterator[Connection]:
        """A short transaction of its own, which leaving ends."""
        with translated(self._dialect, self._name, doing):
            self._reading = self._reading or self._dialect.reader()
            with self._reading.connect() as connection:
                yield connection


class SqlStore(SqlSource):
    """A database whose records can be disposed of; what is read outside a batch still cannot write."""

    def __init__(
        self, name: str, dialect: Dialect, *, zone: ZoneInfo, pseudonym_keys: Mapping[str, bytes] | None = None
    ) -> None:
        super().__init__(name, dialect, zone=zone)
        self._keys = pseudonym_keys or {}
        self._writing: Engine | None = None

    def close(self) -> None:
        """Let go of every connection."""
        super().close()
        if self._writing is not None:
            self._writing.dispose()
            self._writing = None

    @contextmanager
    def session(self) -> Iterator[None]:
        """Nothing to hold: SQLite has no session lock, and every batch locks the whole file."""
        yield

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """One transaction; leaving it without commit rolls it back."""
        doing = "opening a batch"
        with translated(self._dialect, self._name, doing):
            self._writing = self._writing or self._dialect.writer()
            connection = self._writing.connect()
        try:
            with translated(self._dialect, self._name, doing):
                connection.begin()
            yield SqlBatch(self._name, self._dialect, connection, self._tables, self._keys)
        finally:
            with translated(self._dialect, self._name, "closing a batch"):
                connection.close()


class SqlBatch:
    """One transaction on the connection that disposes."""

    def __init__(
        self, store: str, dialect: Dialect, connection: Connection, tables: Tables, keys: Mapping[str, bytes]
    ) -> None:
        self._store = store
        self._dialect = dialect
        self._connection = connection
        self._reader = SqlReader(dialect, tables, self._in_transaction)
        self._disposer = Disposer(dialect, tables, connection, keys)

    def fetch(self, dataset: Dataset, columns: Sequence[str], keys: Collection[Key]) -> tuple[Record, ...]:
        """The records that exist of these keys, in this transaction."""
        return self._reader.fetch(dataset, columns, keys)

    def related(
        self, dataset: Dataset, columns: Sequence[str], on: tuple[str, ...], values: Collection[Key]
    ) -> tuple[Record, ...]:
        """The records whose `on` columns equal one of the values, in this transaction."""
        return self._reader.related(dataset, columns, on, values)

    def lock(self, dataset: Dataset, keys: Collection[Key]) -> None:
        """Nothing more to lock: the transaction began with the whole file locked against every other writer."""

    def dispose(self, cleared: Cleared) -> Mapping[str, int]:
        """Dispose of the children that go, unlink those that stay, then the records, by key."""
        with self._in_transaction(f"disposing of {cleared.dataset.id}"):
            return self._disposer.dispose(cleared)

    def commit(self) -> None:
        """Make it durable."""
        with self._in_transaction("committing") as connection:
            connection.commit()

    @contextmanager
    def _in_transaction(self, doing: str) -> Iterator[Connection]:
        """Work in the transaction; what fails ends it, so that half a batch can never be committed."""
        if not self._connection.in_transaction():
            raise StoreError(f"Store {self._store}: this batch has ended; open another before {doing}.")
        with translated(self._dialect, self._store, doing):
            try:
                yield self._connection
            except BaseException:
                self._connection.rollback()
                raise
