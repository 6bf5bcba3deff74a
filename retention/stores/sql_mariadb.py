"""MariaDB: transactions that lock rows, in InnoDB alone. What MySQL does otherwise is in `sql_mysql`.

What our sessions rely on is set on each of them and never left to the server: UTC, strict mode, READ COMMITTED for what
disposes, how long they wait for a lock, and that the driver hands out dates as text, since a zero date is no date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    QueuePool,
    and_,
    create_engine,
    event,
    literal,
    not_,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.expression import ColumnClause
from sqlalchemy.types import NullType, String

from retention.dataset import DateKind
from retention.errors import ConfigError, StoreError
from retention.stores.schema import Schema
from retention.stores.sql_decode import Raw
from retention.stores.sql_dialect import LISTED, Change, Columns, Located, Said
from retention.stores.sql_mariadb_failure import failure
from retention.stores.sql_mariadb_listed import (
    Numbers,
    all_sendable,
    any_of,
    as_bytes,
    comparable,
    exactly,
    in_numbers,
    sent_numbers,
)
from retention.stores.sql_mariadb_said import said
from retention.stores.sql_mariadb_schema import Labels, locate, schema
from retention.stores.sql_mariadb_server import MariadbServer, refuse, refuse_to_write
from retention.stores.sql_sought import Sought
from retention.technique import Technique

try:
    import pymysql
    from pymysql.constants import CLIENT, FIELD_TYPE
    from pymysql.converters import conversions

    from retention.stores.sql_mariadb_tls import Encrypted, verified
except ModuleNotFoundError:  # the extra is not installed
    raise ConfigError("MariaDB and MySQL need PyMySQL: install retention-sweeper[mariadb].") from None

STATEMENT_SECONDS: Final = 600  # for one statement
_IDLE_SECONDS: Final = 300  # for a transaction of ours that nobody continues
_CONNECT_SECONDS: Final = 10
_MODE: Final = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
_AS_TEXT: Final = {FIELD_TYPE.DATE, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP, FIELD_TYPE.TIME, FIELD_TYPE.NEWDATE}


class Mariadb:
    """One database on one server."""

    _kind = "mariadb"  # as an identity begins

    def __init__(self, store: str, url: URL, *, lock_timeout: timedelta) -> None:
        self._store = store
        self._url = url
        self._timeout = lock_timeout

    @property
    def identity(self) -> str:
        """The server and the database."""
        return f"{self._kind}:{self._url.host or 'localhost'}:{self._url.port or 3306}/{self._url.database}"

    def reader(self) -> Engine:
        """Connections whose every transaction is read-only and reads one committed state."""
        return self._engine("REPEATABLE READ", "READ ONLY")

    def writer(self) -> Engine:
        """Connections that read what was committed last, statement by statement, and keep locked what they lock."""
        return self._engine("READ COMMITTED", "READ WRITE")

    def locate(self, connection: Connection, collection: str) -> Located | None:
        """The table or view of that name, perhaps behind the name of another database."""
        return locate(connection, collection)

    def schema(self, connection: Connection, named: Collection[str] = ()) -> Schema:
        """The schema of the database, and of what is named of others on its server."""
        return schema(connection, named)

    def matching(self, columns: Columns, sought: Sought, *, locks: bool = False) -> Iterator[ColumnElement[bool]]:
        """A range, or lists of values, by index; text once more byte by byte, since its collation may be lenient.

        One that locks walks no range: it would wait for what others hold in a gap or behind its end, or keep it locked.
        """
        if not locks and (span := sought.span):
            within = columns[0].between(literal(span.first, NullType()), literal(span.last, NullType()))
            yield and_(within, in_numbers(columns[0], span.gaps, "NOT IN")) if span.gaps else within
            return
        if sought.numbers is not None:
            for start in range(0, len(sought.numbers), LISTED):
                yield in_numbers(columns[0], sought.numbers[start : start + LISTED])
            return
        sendable, compared = all_sendable(sought.rows), [comparable(column) for column in columns]
        for start in range(0, len(sendable), LISTED):
            part = sendable[start : start + LISTED]
            listed = any_of(compared, part)
            if not any(isinstance(column.type, String) for column in compared):
                yield listed
            else:
                yield and_(listed, any_of([exactly(column) for column in compared], as_bytes(compared, part)))

    def by_index(self, change: Change, most: int) -> Change:
        """With a limit: for many keys it would scan else, and wait for rows that others hold."""
        return change.with_dialect_options(mysql_limit=most)

    def alike(self, columns: Columns, sought: Sought) -> Iterator[ColumnElement[bool]]:
        """What a collation equates, and its bytes do not."""
        compared = [comparable(column) for column in columns]
        if any(isinstance(column.type, String) for column in compared):
            sendable = all_sendable(sought.rows)
            for start in range(0, len(sendable), LISTED):
                part = sendable[start : start + LISTED]
                exact = any_of([exactly(column) for column in compared], as_bytes(compared, part))
                yield and_(any_of(compared, part), not_(exact))

    def bound(self, raw: Raw, column: ColumnElement[Any]) -> ColumnElement[Any]:  # noqa: ARG002 - the seam has it
        """A raw value as a parameter."""
        return literal(raw, NullType())

    def below(self, column: ColumnElement[Any], raw: Raw) -> ColumnElement[bool]:
        """Text byte by byte, which in UTF-8 is by code points."""
        exact = exactly(column)
        return exact < self.bound(raw.encode() if isinstance(raw, str) and exact is not column else raw, column)

    def ordered(self, column: ColumnClause[Any]) -> ColumnElement[Any]:
        """An ENUM is ordered by the place of its label, and compared with a text by its letters: by letters then."""
        return exactly(column) if isinstance(column.type, Labels) else column

    def unindexed(self, column: ColumnClause[Any]) -> ColumnElement[Any]:
        """The column itself: arithmetic would change its type, and with it what a comparison means."""
        return column

    def said(self, technique: Technique, column: ColumnClause[Any], kind: DateKind | None) -> Said | None:
        """A technique in MariaDB's words."""
        return said(technique, column, kind)

    def failure(self, error: SQLAlchemyError, store: str, doing: str) -> StoreError:
        """What went wrong by its number: the text may hold values."""
        return failure(error, store, doing, timeout=self._timeout)

    @property
    def server(self) -> MariadbServer:
        """Its clock, and its session lock."""
        return MariadbServer(str(self._url.database), self._timeout)

    def _engine(self, isolation: str, access: str) -> Engine:
        engine = create_engine(
            "mysql+pymysql://",
            creator=lambda: self._connect(isolation, access),
            poolclass=QueuePool,
            pool_size=1,
            pool_pre_ping=True,  # a connection that broke between two transactions is no outage
            hide_parameters=True,
        )

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(f"START TRANSACTION {access}")

        return engine

    def _connect(self, isolation: str, access: str) -> pymysql.connections.Connection[Any]:
        query = self._url.query
        known = {"unix_socket", "ssl_ca", "ssl_cert", "ssl_key", "charset"}
        if unknown := sorted(set(query) - known):
            raise ConfigError(f"Store {self._store}: its url has unknown options {', '.join(unknown)}.")
        options: Mapping[str, Any] = verified({one: str(query[one]) for one in known - {"charset"} if one in query})
        connection = Encrypted(
            host=self._url.host or "localhost",
            port=self._url.port or 3306,
            user=self._url.username,
            password=self._url.password or "",
            database=self._url.database,
            charset="utf8mb4",
            autocommit=True,  # no transaction but ours
            client_flag=CLIENT.FOUND_ROWS,  # an update counts what it finds
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=STATEMENT_SECONDS + _CONNECT_SECONDS,  # a server that is gone without a word
            write_timeout=STATEMENT_SECONDS,
            conv={kind: read for kind, read in conversions.items() if kind not in _AS_TEXT}
            | {FIELD_TYPE.BIT: _number, Numbers: sent_numbers},
            local_infile=False,
            **options,
        )
        try:
            self._prepare(connection, isolation, access)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: pymysql.connections.Connection[Any], isolation: str, access: str) -> None:
        """Look whether we can work with this server, then make its session ours."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT VERSION(), @@max_allowed_packet, @@innodb_flush_log_at_trx_commit")
            version, packet, flushed = cursor.fetchone() or ("", 0, 0)
            self._refuse(cursor, str(version), int(packet))
            if access == "READ WRITE":
                cursor.execute(self._read_only)
                refuse_to_write(self._store, read_only=cursor.fetchone() != (0,), flushed=int(flushed))
            for setting in self._settings(isolation, access):
                cursor.execute(setting)

    _read_only = "SELECT @@read_only OR @@tx_read_only"

    def _refuse(self, cursor: pymysql.cursors.Cursor, version: str, packet: int) -> None:  # noqa: ARG002 - MySQL's asks
        refuse(self._store, version, packet)

    def _settings(self, isolation: str, access: str) -> Iterator[str]:
        seconds = max(1, round(self._timeout.total_seconds()))
        settings = {
            "time_zone": "'+00:00'",
            "sql_mode": f"'{_MODE}'",
            "innodb_lock_wait_timeout": seconds,
            "lock_wait_timeout": seconds,
            "foreign_key_checks": 1,
            "unique_checks": 1,
            **self._own_settings(),
        }
        yield f"SET SESSION {', '.join(f'{name} = {value}' for name, value in settings.items())}"
        yield f"SET SESSION TRANSACTION ISOLATION LEVEL {isolation}, {access}"

    def _own_settings(self) -> Mapping[str, int]:
        """What another server of the family calls otherwise, or has not."""
        return {
            "max_statement_time": STATEMENT_SECONDS,
            "idle_transaction_timeout": _IDLE_SECONDS,
            "in_predicate_conversion_threshold": 0,
        }


def _number(bits: bytes) -> int:
    """A BIT compares as a number, and with no string of bytes in any order of ours."""
    return int.from_bytes(bits, "big")
