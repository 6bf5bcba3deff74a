"""SQLite: a file, opened read-only or for writing but never created.

SQLite has one writer at a time: BEGIN IMMEDIATE locks the whole store against every other writer and reads the latest
committed state. It has no types to rely on, so everything is read raw.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    QueuePool,
    Text,
    and_,
    bindparam,
    cast,
    create_engine,
    event,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.expression import ColumnClause, UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.types import NullType

from retention.dataset import DateKind
from retention.errors import StoreError
from retention.stores.errors import LinkedDataError, StoreDownError
from retention.stores.schema import Schema
from retention.stores.sql_decode import Raw
from retention.stores.sql_dialect import Change, Columns, Located, Said
from retention.stores.sql_sought import Sought
from retention.stores.sql_sqlite_said import said
from retention.stores.sql_sqlite_schema import locate, schema
from retention.technique import Technique

_CACHE: Final = 32_768  # KiB of pages that a connection which disposes may keep in memory
_WAL: Final = 40 * 2**20  # bytes of log after which a commit folds it into the file
_TOGETHER = 200  # rows in one chain of OR: SQLite parses at most 1,000 deep
_NUMBERS = frozenset({int})  # what JSON carries whatever its value
_PRIMARY = 0xFF  # the low byte of an extended result code
_DOWN = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
}


class Sqlite:
    """One SQLite file."""

    def __init__(self, store: str, path: Path, *, lock_timeout: timedelta) -> None:
        self._store = store
        self._path = path.absolute()
        self._timeout = lock_timeout

    @property
    def identity(self) -> str:
        """The file."""
        return f"sqlite:{self._path}"

    def reader(self) -> Engine:
        """Connections opened read-only."""
        return self._engine("ro", "BEGIN", ("query_only=ON",))

    def writer(self) -> Engine:
        """Connections that write durably, overwrite what they delete, and enforce foreign keys.

        A batch touches the same pages of its indexes again and again, so they keep more of them in memory, and fold the
        log into the file seldom. These are settings of our connection, none of the file's: other programs keep theirs.
        What we left in the log we fold in when we are done, as far as that keeps nobody waiting.
        """
        durable = ("foreign_keys=ON", "secure_delete=ON", "synchronous=FULL")
        engine = self._engine("rw", "BEGIN IMMEDIATE", (*durable, f"cache_size=-{_CACHE}"))

        @event.listens_for(engine, "connect")
        def _connected(connection: sqlite3.Connection, _: object) -> None:
            [size] = connection.execute("PRAGMA page_size").fetchone()
            connection.execute(f"PRAGMA wal_autocheckpoint={_WAL // size}")

        event.listen(engine, "close", _fold_in)
        return engine

    def locate(self, connection: Connection, collection: str) -> Located | None:
        """The table or view of that name."""
        return locate(connection, collection)

    def schema(self, connection: Connection, named: Collection[str] = ()) -> Schema:  # noqa: ARG002 - all is shown
        """The schema of the file."""
        return schema(connection)

    def matching(self, columns: Columns, sought: Sought, *, locks: bool = False) -> Iterator[ColumnElement[bool]]:  # noqa: ARG002 - a batch has the whole file
        """One JSON parameter for what JSON can carry, chains of comparisons for the rest."""
        rows = plain = sought.rows
        others: list[tuple[Raw, ...]] = []
        if not _NUMBERS.issuperset(map(type, chain.from_iterable(rows))):
            plain = [row for row in rows if all(map(_survives_json, row))]
            others = [row for row in rows if not all(map(_survives_json, row))]
        if plain:
            yield _in_json(columns, plain)
        for start in range(0, len(others), _TOGETHER):
            yield or_(*(self._equal(columns, row) for row in others[start : start + _TOGETHER]))

    def by_index(self, change: Change, most: int) -> Change:  # noqa: ARG002 - a seam
        """It does so by itself."""
        return change

    def alike(self, columns: Columns, sought: Sought) -> Iterator[ColumnElement[bool]]:  # noqa: ARG002 - a seam
        """None: it is asked of servers."""
        return iter(())

    def bound(self, raw: Raw, column: ColumnElement[Any]) -> ColumnElement[Any]:  # noqa: ARG002 - it has no types
        """A parameter; text that is no valid UTF-8 goes as its bytes."""
        if isinstance(raw, str) and not _is_unicode(raw):
            return cast(literal(raw.encode("utf-8", "surrogateescape")), Text)
        return literal(raw, NullType())

    def below(self, column: ColumnElement[Any], raw: Raw) -> ColumnElement[bool]:
        """As SQLite compares: bytes of text, unless the column says otherwise."""
        return column < self.bound(raw, column)

    def ordered(self, column: ColumnClause[Any]) -> ColumnElement[Any]:
        """Every type is ordered as it compares."""
        return column

    def unindexed(self, column: ColumnClause[Any]) -> ColumnElement[Any]:
        """The column behind a unary plus, which does nothing else."""
        return UnaryExpression(column, operator=custom_op("+"), type_=NullType())

    def said(self, technique: Technique, column: ColumnClause[Any], kind: DateKind | None) -> Said | None:
        """A technique in SQLite's words."""
        return said(technique, column, kind)

    @property
    def server(self) -> None:
        """There is none: it runs on our clock, has no session lock, and every batch locks the whole file."""
        return

    def failure(self, error: SQLAlchemyError, store: str, doing: str) -> StoreError:
        """What went wrong by its result code: the text may hold values."""
        cause = getattr(error, "orig", None)
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if code & _PRIMARY == sqlite3.SQLITE_CONSTRAINT and str(cause) == "FOREIGN KEY constraint failed":
            return LinkedDataError(f"Store {store}: other data refer to what was to go while {doing}. Nothing changed.")
        name = getattr(cause, "sqlite_errorname", type(cause or error).__name__)
        kind = StoreDownError if code & _PRIMARY in _DOWN else StoreError
        return kind(f"Store {store}: {self._advice(code & _PRIMARY)} ({name}, while {doing}).")

    def _advice(self, code: int) -> str:
        match code:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                seconds = self._timeout.total_seconds()
                return (
                    f"another program keeps {self._path} locked for over {seconds:g} s; let it finish, then run again"
                )
            case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
                return f"{self._path} cannot be opened; look at its path and at the rights of this account"
            case sqlite3.SQLITE_READONLY:
                return f"{self._path} cannot be written by this account or connection"
            case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
                return f"{self._path} is damaged or no SQLite database; restore it before anything else"
            case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
                return f"the disk of {self._path} is full or failing; make room, or replace it, then run again"
            case sqlite3.SQLITE_CONSTRAINT:
                return "a constraint or trigger of the database refuses the change; correct the record or declaration"
            case _:
                return "the database refuses; run `retention policies check` to compare it with the declarations"

    def _equal(self, columns: Columns, row: tuple[Raw, ...]) -> ColumnElement[bool]:
        return and_(*(column == self.bound(raw, column) for column, raw in zip(columns, row, strict=True)))

    def _engine(self, mode: str, begin: str, pragmas: tuple[str, ...]) -> Engine:
        engine = create_engine(
            "sqlite+pysqlite://",
            creator=lambda: self._connect(mode, pragmas),
            poolclass=QueuePool,
            pool_size=1,
            hide_parameters=True,
        )

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    def _connect(self, mode: str, pragmas: tuple[str, ...]) -> sqlite3.Connection:
        try:
            there = self._path.is_file()
        except OSError as error:
            raise StoreError(
                f"Store {self._store}: {self._path} cannot be reached: {error.strerror}. Look at its folder's mode."
            ) from error
        if not there:
            raise StoreError(
                f"Store {self._store}: there is no database file {self._path}. Look at its url in retention.toml."
            )
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode={mode}",
            uri=True,
            timeout=self._timeout.total_seconds(),
            isolation_level=None,  # no BEGIN but ours
            check_same_thread=False,
        )
        connection.text_factory = _text
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection


def _fold_in(connection: sqlite3.Connection, _: object) -> None:
    """Leave no log behind that another program's next commit would have to fold in, without waiting for anybody."""
    with suppress(sqlite3.Error):  # a file without such a log, a disk that is full: what is committed is committed
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _survives_json(raw: Raw) -> bool:
    """Whether SQLite's JSON gives back exactly this value: a text ends at its first NUL there, a float is rounded."""
    if type(raw) is int:
        return True
    if isinstance(raw, str):
        return "\0" not in raw and (raw.isascii() or _is_unicode(raw))
    return isinstance(raw, int)


def _in_json(columns: Columns, rows: Sequence[tuple[Raw, ...]]) -> ColumnElement[bool]:
    single = len(columns) == 1
    sent = json.dumps([*chain.from_iterable(rows)] if single else rows, ensure_ascii=False)
    each = func.json_each(bindparam("sent", sent, type_=Text, unique=True)).table_valued("value")
    if single:
        return columns[0].in_(select(each.c.value))
    parts = (func.json_extract(each.c.value, f"$[{n}]") for n in range(len(columns)))
    return tuple_(*columns).in_(select(*parts))
