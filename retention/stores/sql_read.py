"""Reading a SQL database: by pages in key order, by key, by relation. The same outside and inside a batch."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta, tzinfo
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Select, func, literal, or_, select, tuple_
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.sql.expression import ColumnClause

from retention.dataset import Dataset, Day, Timestamp
from retention.errors import StoreError
from retention.record import Key
from retention.rows import Rows
from retention.stores.checks import own, wanted
from retention.stores.interface import Expiry
from retention.stores.sql_decode import Raw
from retention.stores.sql_dialect import Dialect
from retention.stores.sql_sought import Sought
from retention.stores.sql_table import DatasetTable, locate
from retention.stores.sql_time import upper_bound

_TOGETHER = 10_000  # values in one statement


class Connected(Protocol):
    """Gives a connection for one piece of work, and turns a driver's errors into ours."""

    def __call__(self, doing: str) -> AbstractContextManager[Connection]:
        """The connection; `doing` goes into the message when something fails."""
        ...


class Tables:
    """The tables of datasets, reflected when first asked for."""

    def __init__(self, store: str, dialect: Dialect) -> None:
        self._store = store
        self._dialect = dialect
        self._known: dict[Dataset, DatasetTable] = {}

    def of(self, connection: Connection, dataset: Dataset) -> DatasetTable:
        """The table of a dataset."""
        own(self._store, dataset)
        if dataset not in self._known:
            self._known[dataset] = locate(self._dialect, connection, dataset)
        return self._known[dataset]


class SqlReader:
    """The ways to read that a source and a batch share."""

    def __init__(self, dialect: Dialect, tables: Tables, connected: Connected) -> None:
        self._dialect = dialect
        self._tables = tables
        self._connected = connected

    def fetch(self, dataset: Dataset, columns: Sequence[str], keys: Collection[Key]) -> Rows:
        """The records that exist of these keys, in any order."""
        return self.related(dataset, columns, dataset.key, keys)

    def related(self, dataset: Dataset, columns: Sequence[str], on: tuple[str, ...], values: Collection[Key]) -> Rows:
        """The records whose `on` columns equal one of the values, in any order."""
        rows, _ = self._related(dataset, columns, on, values, wait=None)
        return rows

    def locked(
        self,
        dataset: Dataset,
        columns: Sequence[str],
        on: tuple[str, ...],
        values: Sought,
        *,
        wait: bool = False,
    ) -> tuple[Rows, int]:
        """The same rows, each locked until the transaction ends, and how many the engine takes for these.

        Those that others have locked are left out; with `wait` they are waited for. Each is as it was when its lock was
        taken; whether these are all there are must be looked for in a later statement.
        """
        return self._related(dataset, columns, on, values, wait=wait)

    def _related(
        self,
        dataset: Dataset,
        columns: Sequence[str],
        on: tuple[str, ...],
        values: Collection[Key] | Sought,
        *,
        wait: bool | None,  # for rows that others have locked; None: nothing is locked
    ) -> tuple[Rows, int]:
        asked = Sought.of(values)
        names = wanted(dataset, (*columns, *on))
        found: list[Rows] = []
        count = 0
        if not asked.rows:
            return Rows(dataset, names, ()), count
        with self._connected(f"reading {dataset.id}") as connection:
            table = self._tables.of(connection, dataset)
            chosen = select(*(table.column(name) for name in names))
            if wait is not None:  # in one order, so that two who lock the same rows wait rather than deadlock
                chosen = chosen.order_by(*map(table.column, dataset.key)).with_for_update(skip_locked=not wait)
            for part in asked.parts(_TOGETHER):
                raws = table.lookups(on, part)
                exact = None if raws.numbers else frozenset(part.rows)  # an engine may compare more loosely
                for condition in self._dialect.matching([*map(table.column, on)], raws, locks=wait is not None):
                    rows = _fetched(connection, chosen.where(condition))
                    count += len(rows)
                    if rows:
                        read = table.rows(names, rows)
                        found.append(read if exact is None else read.among(on, exact))
        return Rows.joined(dataset, names, found), count

    def there(self, dataset: Dataset, on: tuple[str, ...], values: Sought) -> int:
        """How many rows the engine takes for these by now, others' uncommitted changes aside."""
        with self._connected(f"counting {dataset.id}") as connection:
            table = self._tables.of(connection, dataset)
            columns = [table.column(name) for name in on]
            counted = select(func.count(columns[0])).select_from(table.table)  # one that an account may read
            return sum(
                connection.execute(counted.where(condition)).scalar_one()
                for part in values.parts(_TOGETHER)
                for condition in self._dialect.matching(columns, table.lookups(on, part))
            )

    def stored(self, dataset: Dataset) -> bool:
        """Whether all that is read of a row stands in that row, so that locking it keeps it."""
        with self._connected(f"reading {dataset.id}") as connection:
            return self._tables.of(connection, dataset).stored

    def pages(
        self, dataset: Dataset, columns: Sequence[str], *, size: int, local: tzinfo, narrow: tuple[Expiry, ...]
    ) -> Iterator[Rows]:
        """Every record in key order by the engine's own comparison, each page read in a transaction of its own.

        Records with something missing in their key come first: nothing compares with a missing value.
        """
        names = wanted(dataset, columns)
        with self._connected(f"reading {dataset.id}") as connection:
            table = self._tables.of(connection, dataset)
            walked = bool(narrow) and self._many(connection, table, narrow, local, size)
        chosen = select(*map(table.column, names)).where(*self._narrowed(table, narrow, local, walked=walked))
        key = [table.column(name) for name in dataset.key]
        yield from self._keyless(table, names, chosen.where(or_(*(part.is_(None) for part in key))), size)
        chosen = chosen.where(*(part.is_not(None) for part in key))
        after: Sequence[Raw] | None = None
        while rows := self._page(table, chosen if after is None else chosen.where(self._beyond(key, after)), size):
            before, after = after, rows[-1][: len(key)]
            if before == after:  # whatever the engine does with such a key, it must not be walked for ever
                raise StoreError(
                    f"{dataset.id}: its key has a type whose order cannot be followed. Choose another key."
                )
            yield table.rows(names, rows)
            if len(rows) < size:
                return

    def _keyless(self, table: DatasetTable, names: tuple[str, ...], chosen: Select[Any], size: int) -> Iterator[Rows]:
        """Records whose key is missing: they have no order to continue in, so they are counted off."""
        seen = 0
        while rows := self._page(table, chosen.offset(seen), size):
            seen += len(rows)
            yield table.rows(names, rows)

    def _page(self, table: DatasetTable, chosen: Select[Any], size: int) -> Sequence[Sequence[Raw]]:
        with self._connected(f"reading {table.dataset.id}") as connection:
            order = (self._dialect.ordered(table.column(name)) for name in table.dataset.key)
            return _fetched(connection, chosen.order_by(*order).limit(size))

    def _beyond(self, key: Sequence[ColumnClause[Any]], after: Sequence[Raw]) -> ColumnElement[bool]:
        bounds = [self._dialect.bound(raw, column) for raw, column in zip(after, key, strict=True)]
        order = [self._dialect.ordered(column) for column in key]
        return order[0] > bounds[0] if len(key) == 1 else tuple_(*order) > tuple_(*bounds)

    def strays(self, dataset: Dataset, on: tuple[str, ...], values: Sought) -> bool:
        """Whether the engine takes some record for one of these that, by its code points, is not."""
        with self._connected(f"reading {dataset.id}") as connection:
            table = self._tables.of(connection, dataset)
            columns = [table.column(name) for name in on]
            for part in values.parts(_TOGETHER):
                for condition in self._dialect.alike(columns, table.lookups(on, part)):
                    found = select(literal(1)).select_from(table.table).where(condition).limit(1)
                    if connection.execute(found).first() is not None:
                        return True
        return False

    def versions(self, dataset: Dataset, keys: Collection[Key]) -> int | None:
        """How many old versions of these records the engine keeps; None: it keeps none that can be asked for."""
        with self._connected(f"reading the history of {dataset.id}") as connection:
            table = self._tables.of(connection, dataset)
            if table.history is None:
                return None
            now = select(func.count()).select_from(table.table)
            ever = now.with_hint(table.table, table.history)
            columns = [table.column(name) for name in dataset.key]
            conditions = list(self._dialect.matching(columns, table.lookups(dataset.key, Sought.of(keys))))
            counted = ((connection.execute(one.where(each)).scalar_one() for one in (ever, now)) for each in conditions)
            return sum(every - current for every, current in counted)

    def count(self, dataset: Dataset) -> int:
        """How many records there are."""
        with self._connected(f"counting {dataset.id}") as connection:
            table = self._tables.of(connection, dataset).table
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def _many(
        self, connection: Connection, table: DatasetTable, narrow: tuple[Expiry, ...], local: tzinfo, size: int
    ) -> bool:
        """Whether more than a page qualifies: then walking the key beats sorting what an index finds, page by page."""
        some = select(literal(1)).select_from(table.table).where(*self._narrowed(table, narrow, local, walked=False))
        found = select(func.count()).select_from(some.limit(size).subquery())
        return connection.execute(found).scalar_one() >= size

    def _narrowed(
        self, table: DatasetTable, narrow: tuple[Expiry, ...], local: tzinfo, *, walked: bool
    ) -> list[ColumnElement[bool]]:
        """At most one condition; none when some expiry cannot be said as a comparison with a constant."""
        conditions: list[ColumnElement[bool]] = []
        for expiry in narrow:
            bound = _bound(table, expiry, local)
            if bound is None:
                return []
            column = table.column(expiry.column)
            conditions.append(self._dialect.below(self._dialect.unindexed(column) if walked else column, bound))
        return [or_(*conditions)] if conditions else []


def _fetched(connection: Connection, chosen: Select[Any]) -> Sequence[Sequence[Raw]]:
    """Every row as the driver gives it, which is what codecs read: SQLAlchemy's rows would cost more than that."""
    result = connection.execute(chosen)
    driver: Any = connection.dialect.loaded_dbapi
    try:
        return result.cursor.fetchall() if result.cursor else []
    except driver.Error as error:  # SQLite finds rows as they are fetched
        raise DBAPIError(None, None, error, hide_parameters=True) from None
    finally:
        result.close()


def _bound(table: DatasetTable, expiry: Expiry, local: tzinfo) -> Raw | None:
    """A constant above every value whose local date is `last` or earlier; None when there is none."""
    kind = table.dataset.dates.get(expiry.column)
    native = table.codec(table.column(expiry.column).name).bound
    if native is not None:
        return native(expiry.last, local)
    if isinstance(kind, Timestamp):
        return upper_bound(kind, f"{table.dataset.id}.{expiry.column}", expiry.last, local)
    if isinstance(kind, Day):
        return None if expiry.last == date.max else (expiry.last + timedelta(days=1)).isoformat()
    if table.columns[table.column(expiry.column).name].python_type is int:  # a year: its 31 December
        return expiry.last.year + 1
    return None


@contextmanager
def translated(dialect: Dialect, store: str, doing: str) -> Iterator[None]:
    """Turn a driver's error into ours; its own text may hold values, so it is not kept."""
    try:
        yield
    except SQLAlchemyError as error:
        raise dialect.failure(error, store, doing) from None
