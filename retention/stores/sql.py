"""A SQL database as a store: a source that cannot write, and a store that disposes in batches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from retention.candidate import Cleared
from retention.dataset import Dataset
from retention.errors import StoreError
from retention.record import Key
from retention.rows import Rows
from retention.stores.checks import declared, joinable
from retention.stores.errors import CommitUnknownError, StoreDownError
from retention.stores.interface import Batch, Below, Expiry, Locked
from retention.stores.schema import Schema
from retention.stores.sql_dialect import SESSIONS, Dialect, Server
from retention.stores.sql_dispose import Disposer
from retention.stores.sql_locked import LockedRows, Locking
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
        self._turn = Lock()  # of batches that lock the whole store
        self._marked = Marked()

    def close(self) -> None:
        """Let go of every connection."""
        super().close()
        if self._writing is not None:
            self._writing.dispose()
            self._writing = None

    @property
    def abreast(self) -> int:
        """Two: while the database works for one, the other judges and signs."""
        return SESSIONS

    @property
    def locks_all(self) -> bool:
        """A file, not a server."""
        return self._dialect.server is None

    def mark(self) -> object | None:
        """What the last batch began on."""
        return self._marked.mark

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
        turn = self._turn if self.locks_all else nullcontext()
        with turn, self._same() if self._held else self._writer(doing) as connection:
            with translated(self._dialect, self._name, doing):
                connection.begin()
                self._marked.begin(self._dialect.mark(connection))
            try:
                yield SqlBatch(self._name, self._dialect, connection, self._tables, self._keys, self._marked)
            finally:
                _roll_back(connection)

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


@dataclass(slots=True)
class Marked:
    """What a store's batches began on, and whether one of them changed more than it disposed of."""

    mark: object | None = None

    def begin(self, found: object | None) -> None:
        """Note what a batch begins on, as the engine tells it."""
        if found is None or not isinstance(self.mark, tuple) or self.mark[0] != found:
            self.mark = None if found is None else (found, object())

    def did(self, changed: int, disposed: int) -> None:
        """What was read before is worth nothing where a trigger or reference of the database changed more."""
        if changed != disposed:
            self.mark = None


def _roll_back(connection: Connection) -> None:
    """End what was not committed; a connection that cannot even do that ends, and its transaction with it."""
    try:
        connection.rollback()
    except SQLAlchemyError:
        connection.invalidate()


class SqlBatch:
    """One transaction on the connection that disposes."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a store has
        self,
        store: str,
        dialect: Dialect,
        connection: Connection,
        tables: Tables,
        keys: Mapping[str, bytes],
        marked: Marked,
    ) -> None:
        self._store = store
        self._dialect = dialect
        self._connection = connection
        self._reader = SqlReader(dialect, tables, self._in_transaction)
        self._disposer = Disposer(dialect, tables, connection, keys)
        self._stray: Dataset | None = None  # where a record refers to what is locked in another spelling
        self._kept = LockedRows(self._reader.there)
        self._marked = marked

    def fetch(self, dataset: Dataset, columns: Sequence[str], keys: Collection[Key]) -> Rows:
        """The records that exist of these keys, in this transaction."""
        return self.related(dataset, columns, dataset.key, keys)

    def related(self, dataset: Dataset, columns: Sequence[str], on: tuple[str, ...], values: Collection[Key]) -> Rows:
        """The records whose `on` columns equal one of the values: read as they were locked, or in this transaction."""
        kept = self._kept.answer(dataset, columns, on, values)
        return self._reader.related(dataset, columns, on, values) if kept is None else kept

    def lock(
        self,
        dataset: Dataset,
        keys: Collection[Key],
        below: Sequence[Below] = (),
        *,
        reads: Callable[[Dataset], Sequence[str]] | None = None,
        wait: bool = False,
    ) -> Locked:
        """Lock the records and all below them; nothing to do where the transaction began with everything locked.

        With `reads` the rows are kept as they were locked, so that they are read once (`sql_locked`).
        """
        if self._dialect.server is None:
            return Locked(None)
        locking = Locking(self._reader, self._kept, below, reads, {})
        self._stray = locking.level(dataset, dataset.key, joinable(keys), wait=wait)
        return Locked(locking.locked)

    def still(self, mark: object) -> bool:
        """As the engine tells in this transaction."""
        return mark is not None and mark is self._marked.mark

    def dispose(self, cleared: Cleared) -> Mapping[str, int]:
        """Dispose of the children that go, unlink those that stay, then the records, by key."""
        server = self._dialect.server
        with self._in_transaction(f"disposing of {cleared.dataset.id}") as connection:
            if self._stray is not None:
                raise StoreError(
                    f"{cleared.dataset.id}: a record of {self._stray.id} refers to it in another spelling (case, "
                    "accents, blanks), which the database takes for the same. Correct it there; until then both stay."
                )
            self._kept.forget()
            before = server.acted(connection) if server else 0
            changed, found = self._dialect.changes(connection), self._disposer.rows
            children = self._disposer.dispose(cleared)
            if server and server.acted(connection) != before:
                declared(cleared)
            if changed is not None:
                self._marked.did((self._dialect.changes(connection) or 0) - changed, self._disposer.rows - found)
            return children

    def commit(self) -> None:
        """Make it durable; a server that is lost by then may do so without us."""
        try:
            with self._in_transaction("committing") as connection:
                connection.commit()
        except StoreDownError as error:
            if self._dialect.server is None:
                raise
            raise CommitUnknownError(
                f"{error} Whether that batch was committed is not known: the next run finds out, and says so."
            ) from None

    @contextmanager
    def _in_transaction(self, doing: str) -> Iterator[Connection]:
        """Work in the transaction; what fails ends it, so that half a batch can never be committed."""
        if not self._connection.in_transaction():
            raise StoreError(f"Store {self._store}: this batch has ended; open another before {doing}.")
        with translated(self._dialect, self._store, doing):
            try:
                yield self._connection
            except BaseException:
                _roll_back(self._connection)
                raise
