"""PostgreSQL: sessions whose settings are ours, rows locked one by one, arrays of keys in one parameter.

A batch runs at READ COMMITTED: it waits for the rows that others hold, and what it reads in a later statement is the
latest committed state. Nothing here needs more than SELECT, DELETE and UPDATE; no table of ours is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg import Connection as Driver
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    QueuePool,
    and_,
    any_,
    cast,
    collate,
    create_engine,
    event,
    literal,
    not_,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.sql.expression import ColumnClause
from sqlalchemy.types import NullType

from retention.dataset import DateKind
from retention.errors import StoreError, SweepRunning
from retention.stores.schema import Schema
from retention.stores.sql_decode import Raw
from retention.stores.sql_dialect import Change, Columns, Located, Said
from retention.stores.sql_postgresql_failure import failure
from retention.stores.sql_postgresql_listed import among, array_of, exactly, lenient, within
from retention.stores.sql_postgresql_replica import lag
from retention.stores.sql_postgresql_said import said
from retention.stores.sql_postgresql_schema import locate, schema
from retention.stores.sql_postgresql_server import refuse, refuse_to_write
from retention.stores.sql_postgresql_types import Native, adapt
from retention.stores.sql_sought import Sought
from retention.technique import Technique

_PORT: Final = 5432
_NAME: Final = "retention"  # as the server lists our sessions
_LOCK: Final = 0x7265_7465_6E74_696F  # "retentio", as the key of an advisory lock; those that follow: more sessions
_STATEMENT: Final = timedelta(minutes=10)  # a batch takes less than a second, a page of a plan a few
_IDLE: Final = timedelta(minutes=10)  # a batch judges and signs between two statements: seconds
_SETTINGS: Final = (
    "client_min_messages=error",
    "row_security=off",  # rows that a policy hides from us are refused, not overlooked
    "TimeZone=UTC",
    "DateStyle=ISO",
    "bytea_output=hex",
    "search_path=public",  # a role's or database's own may change overnight: another schema is named in the declaration
)
_LOST_LOCK = {"55P03"}


class Postgresql:
    """One PostgreSQL database."""

    counts_cascades = False  # it counts nothing

    def __init__(self, store: str, url: str, *, lock_timeout: timedelta) -> None:
        self._store = store
        self._url = make_url(url).set(drivername="postgresql+psycopg")
        self._timeout = lock_timeout

    @property
    def identity(self) -> str:
        """Host, port and database."""
        said_host = self._url.host or self._url.query.get("host") or "local"
        host = said_host if isinstance(said_host, str) else ",".join(said_host)
        return f"postgresql:{host}:{self._url.port or _PORT}/{self._url.database or ''}"

    @property
    def server(self) -> Postgresql:
        """Its clock and its session lock."""
        return self

    def reader(self) -> Engine:
        """Connections that the server lets read only, a transaction being one moment."""
        return self._engine("default_transaction_read_only=on", "default_transaction_isolation='repeatable read'")

    def writer(self) -> Engine:
        """Connections that commit durably and read the latest committed state.

        Where somebody made this database or account read-only, it stays so: the first lock fails, before any entry.
        """
        engine = self._engine("default_transaction_isolation='read committed'", "synchronous_commit=on")

        @event.listens_for(engine, "connect")
        def _connected(driver: Any, _: object) -> None:
            refuse_to_write(self._store, driver)

        return engine

    def locate(self, connection: Connection, collection: str) -> Located | None:
        """The table or view of that name."""
        return locate(connection, collection)

    def schema(self, connection: Connection, named: Collection[str] = ()) -> Schema:  # noqa: ARG002 - all is shown
        """What this account sees of the database."""
        return schema(connection)

    def matching(self, columns: Columns, sought: Sought, *, locks: bool = False) -> Iterator[ColumnElement[bool]]:  # noqa: ARG002 - it looks before it locks
        """A range, or one array for each column; a text compared leniently, once more by its code points."""
        rows = sought.rows
        if span := sought.span:
            yield within(columns[0], span)
        elif sought.numbers is not None:
            yield columns[0] == any_(array_of(columns[0], sought.numbers))
        elif rows and any(map(lenient, columns)):
            yield and_(among(columns, rows), among(list(map(exactly, columns)), rows))
        elif rows:
            yield among(columns, rows)

    def by_index(self, change: Change, most: int) -> Change:  # noqa: ARG002 - a seam
        """It does so by itself."""
        return change

    def alike(self, columns: Columns, sought: Sought) -> Iterator[ColumnElement[bool]]:
        """What citext or a nondeterministic collation equates, and its code points do not."""
        if sought.rows and any(map(lenient, columns)):
            yield and_(among(columns, sought.rows), not_(among(list(map(exactly, columns)), sought.rows)))

    def bound(self, raw: Raw, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """A parameter cast to the column's type: a real is no double."""
        return cast(literal(raw, NullType()), column.type)

    def below(self, column: ColumnElement[Any], raw: Raw) -> ColumnElement[bool]:
        """Text by code points, whatever the column's own order is; a type that is no date's is compared as text."""
        if isinstance(raw, str):
            return cast(column, Native("text")) < collate(cast(literal(raw, NullType()), Native("text")), "C")
        return column < self.bound(raw, column)

    def ordered(self, column: ColumnClause[Any]) -> ColumnElement[Any]:
        """Every type is ordered as it compares."""
        return column

    def unindexed(self, column: ColumnClause[Any]) -> ColumnElement[Any]:
        """The planner knows by itself."""
        return column

    def said(self, technique: Technique, column: ColumnClause[Any], kind: DateKind | None) -> Said | None:
        """A technique in PostgreSQL's words."""
        return said(technique, column, kind)

    def failure(self, error: SQLAlchemyError, store: str, doing: str) -> StoreError:
        """What went wrong, by its code."""
        return failure(error, store, doing)

    def clock(self, connection: Connection) -> datetime:
        """The server's clock."""
        now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return now

    def acted(self, connection: Connection) -> int:  # noqa: ARG002 - the seam has it
        """Every account is shown every trigger, so `check` has seen them."""
        return 0

    def lag(self, connection: Connection, name: str) -> float:
        """How many seconds it is behind, as a standby."""
        return lag(connection, name)

    def hold_session(self, connection: Connection, store: str, number: int) -> None:
        """Take a lock of this database; a session of our own role that still has it is a dead run's, and ended."""
        key = _LOCK + number
        if not _try(connection, key):
            connection.execute(text(_END), {"key": key, "name": _NAME})
            connection.commit()
            if not _wait(connection, key):
                raise SweepRunning(
                    f"Store {store}: another session holds its session lock, and is not this account's to end. "
                    "Let that sweep finish, or end its session on the server."
                )
        connection.commit()

    def leave_session(self, connection: Connection, number: int) -> None:
        """Give the lock back."""
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK + number})
        connection.commit()

    def _engine(self, *settings: str) -> Engine:
        engine = create_engine(
            self._url,
            poolclass=QueuePool,
            pool_size=1,
            pool_pre_ping=True,  # a connection that broke between two transactions is no outage
            hide_parameters=True,
            use_native_hstore=False,  # it is text, as json is; to ask for its number takes a query for each connection
            connect_args=_arguments(self._url),
        )
        timeouts = (
            f"lock_timeout={_milliseconds(self._timeout)}",
            f"statement_timeout={_milliseconds(_STATEMENT)}",
            f"idle_in_transaction_session_timeout={_milliseconds(_IDLE)}",
        )

        @event.listens_for(engine, "connect")
        def _connected(driver: Any, _: object) -> None:
            self._prepare(driver, (*_SETTINGS, *timeouts, *settings))

        return engine

    def _prepare(self, driver: Driver[Any], settings: Sequence[str]) -> None:
        refuse(self._store, driver)
        adapt(driver)
        driver.execute("; ".join(f"SET {setting}" for setting in settings).encode())
        driver.commit()


# Only sessions of our own role that say they are ours, and hold this lock in this database.
_END = """
SELECT pg_terminate_backend(l.pid, 5000) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.classid::bigint << 32 | l.objid::bigint) = :key AND l.pid <> pg_backend_pid()
  AND a.usename = current_user AND a.application_name = :name
"""


def _try(connection: Connection, key: int) -> bool:
    return bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one())


def _wait(connection: Connection, key: int) -> bool:
    """Wait as long as for any lock; False: in vain."""
    try:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
    except DBAPIError as error:
        connection.rollback()
        if getattr(error.orig, "sqlstate", None) in _LOST_LOCK:
            return False
        raise
    return True


def _arguments(url: URL) -> dict[str, object]:
    """What every connection says, unless the URL says otherwise."""
    said_all = {
        "application_name": _NAME,
        "client_encoding": "utf8",
        "connect_timeout": 10,
        "prepare_threshold": None,  # a plan kept for any values cannot hash a list: it looks through it for every row
        "keepalives_idle": 30,  # a server or network that is gone without a word is noticed within two minutes
        "keepalives_interval": 10,
        "keepalives_count": 6,
        "tcp_user_timeout": 90_000,
    }
    return {name: value for name, value in said_all.items() if name == "application_name" or name not in url.query}


def _milliseconds(time: timedelta) -> int:
    return max(1, int(time.total_seconds() * 1000))
