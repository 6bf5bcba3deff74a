"""One batch of a SQL database: a transaction on the connection that disposes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from retention.candidate import Cleared
from retention.dataset import Dataset
from retention.errors import StoreError
from retention.record import Key
from retention.rows import Rows
from retention.stores.errors import CommitUnknownError, StoreDownError
from retention.stores.interface import Below, Locked
from retention.stores.sql_dialect import Dialect
from retention.stores.sql_dispose import Disposer
from retention.stores.sql_locked import LockedRows, Locking
from retention.stores.sql_read import SqlReader, Tables, translated
from retention.stores.sql_sought import Sought


def roll_back(connection: Connection) -> None:
    """End what was not committed; a connection that cannot even do that ends, and its transaction with it."""
    try:
        connection.rollback()
    except SQLAlchemyError:
        connection.invalidate()


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
        self._stray: Dataset | None = None  # where a record refers to what is locked in another spelling
        self._kept = LockedRows(self._reader.there)

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
        self._stray = locking.level(dataset, dataset.key, Sought.of(keys), wait=wait)
        return Locked(locking.locked)

    def dispose(self, cleared: Cleared) -> Mapping[str, int]:
        """Dispose of the children that go, unlink those that stay, then the records, by key."""
        with self._in_transaction(f"disposing of {cleared.dataset.id}"):
            if self._stray is not None:
                raise StoreError(
                    f"{cleared.dataset.id}: a record of {self._stray.id} refers to it in another spelling (case, "
                    "accents, blanks), which the database takes for the same. Correct it there; until then both stay."
                )
            self._kept.forget()
            return self._disposer.dispose(cleared)

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
                roll_back(self._connection)
                raise
