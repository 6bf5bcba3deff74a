"""A SQL database as a store: a source that cannot write, and a store that disposes in batches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from retention.dataset import Dataset
from retention.record import Key
from retention.rows import Rows
from retention.stores.errors import StoreDownError
from retention.stores.interface import Batch, Expiry
from retention.stores.schema import Schema
from retention.stores.sql_batch import SqlBatch, roll_back
from retention.stores.sql_dialect import SESSIONS, Dialect, Server
from retention.stores.sql_read import SqlReader, Tables, translated

_ON_SERVER: Final = 0.2  # seconds that a batch keeps its rows
_ON_FILE: Final = 0.5  # seconds that a batch keeps the whole file


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

    def fetch(self, dataset: Dataset, columns: Sequence[str], keys: Collection[Key]) -> Rows:
        """The records that exist of these keys, in any order."""
        return self._reader.fetch(dataset, columns, keys)

    def related(self, dataset: Dataset, columns: Sequence[str], on: tuple[str, ...], values: Collection[Key]) -> Rows:
        """The records whose `on` columns equal one of the values, in any order."""
        return self._reader.related(dataset, columns, on, values)

    def pages(
        self, dataset: Dataset, columns: Sequence[str], *, size: int, narrow: tuple[Expiry, ...] | None = None
    ) -> Iterator[Rows]:
        """Every record, in key order by the engine's own comparison, `size` at a time."""
        return self._reader.pages(dataset, columns, size=size, local=self._zone, narrow=narrow or ())

    def count(self, dataset: Dataset) -> int:
        """How many records there are now."""
        return self._reader.count(dataset)

    def versions(self, dataset: Dataset, keys: Collection[Key]) -> int | None:
        """How many old versions of these records the engine keeps; None: it keeps none that can be asked for."""
        return self._reader.versions(dataset, keys)

    def schema(self, named: Collection[str] = ()) -> Schema:
        """The live schema, with what is named of other databases of the same server."""
        with self._read("reading the schema") as connection:
            return self._dialect.schema(connection, named)

    def clock(self) -> datetime | None:
        """The server's clock; None where the engine runs on ours."""
        server = self._dialect.server
        if server is None:
            return None
        with self._read("reading the clock") as connection:
            return server.clock(connection)

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
        self._held: Connection | None = None  # the connection that holds the session lock, and disposes

    def close(self) -> None:
        """Let go of every connection."""
        super().close()
        if self._writing is not None:
            self._writing.dispose()
            self._writing = None

    @property
    def abreast(self) -> int:
        """One where there is no server: each batch locks the file."""
        return 1 if self._dialect.server is None else SESSIONS

    @property
    def batch_seconds(self) -> float:
        """How long a batch may keep its locks: on a file, whose every commit is a sync and rewrites pages, longer."""
        return _ON_FILE if self._dialect.server is None else _ON_SERVER

    @contextmanager
    def session(self, number: int = 0) -> Iterator[None]:
        """Hold the session lock on the connection that disposes; nothing where the engine has none."""
        server = self._dialect.server
        if server is None:
            yield
            return
        with self._writer("taking the session lock") as connection:
            with translated(self._dialect, self._name, "taking the session lock"):
                server.hold_session(connection, self._name, number)
                for other in range(1, SESSIONS if number == 0 else 0):  # an earlier run's, that may wake up late
                    server.hold_session(connection, self._name, other)
                    server.leave_session(connection, other)
            self._held = connection
            try:
                yield
            finally:
                self._held = None
                self._leave(server, connection, number)

    def _leave(self, server: Server, connection: Connection, number: int) -> None:
        """Give the lock back; where that fails the connection ends, and its lock with it."""
        try:
            server.leave_session(connection, number)
        except SQLAlchemyError:
            connection.invalidate()

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """One transaction; leaving it without commit rolls it back."""
        doing = "opening a batch"
        with self._same() if self._held else self._writer(doing) as connection:
            with translated(self._dialect, self._name, doing):
                connection.begin()
            try:
                yield SqlBatch(self._name, self._dialect, connection, self._tables, self._keys)
            finally:
                roll_back(connection)

    @contextmanager
    def _same(self) -> Iterator[Connection]:
        """The connection that holds the session lock: another would act without it."""
        if self._held is None or self._held.invalidated:
            raise StoreDownError(f"Store {self._name}: the connection that held its session lock is gone; run again.")
        yield self._held

    @contextmanager
    def _writer(self, doing: str) -> Iterator[Connection]:
        with translated(self._dialect, self._name, doing):
            self._writing = self._writing or self._dialect.writer()
            connection = self._writing.connect()
        try:
            yield connection
        finally:
            with translated(self._dialect, self._name, f"ending {doing}"):
                connection.close()
