"""The seam between engines: everything that one database says or does otherwise than another.

Statements are built with SQLAlchemy Core and are the same for all; a dialect supplies the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Delete, Engine, Update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.expression import ColumnClause, TableClause

from retention.dataset import Dataset, DateKind
from retention.errors import StoreError
from retention.stores.schema import Schema, SchemaColumn
from retention.stores.sql_decode import Codec, Raw
from retention.stores.sql_sought import Sought
from retention.technique import Technique

Columns = Sequence[ColumnClause[Any]]
LISTED: Final = 2_000  # rows in one list of MariaDB's; where one takes megabytes, MySQL scans the whole table instead


Change = TypeVar("Change", Delete, Update)
CodecFor = Callable[[Dataset, SchemaColumn], Codec | None]
"""How a column is read by its own type; None: as text or a plain number, by the dataset's declaration."""


class Located(Struct, frozen=True, kw_only=True):
    """A table or view as the database has it."""

    table: TableClause
    columns: Mapping[str, SchemaColumn]
    history: str | None = None  # what is said behind its name to ask for every version it keeps; None: it keeps none
    stored: bool = False  # whether all that is read of a row stands in it, and its lock keeps that: no view
    codec: CodecFor | None = None  # for columns whose type says how they are read; None: the engine has no such types


class Said(Struct, frozen=True, kw_only=True):
    """A technique said in the database: what the column becomes, and for which values it says exactly that."""

    becomes: ColumnElement[Any]
    exact: ColumnElement[bool] | None  # None: for every value


SESSIONS: Final = 2  # that dispose at once: while a server works for one, the other judges and signs


class Server(Protocol):
    """What an engine does that runs as a server: its batches lock single rows."""

    counts_cascades: bool  # whether `acted` also counts a table with triggers that a cascade reaches

    def clock(self, connection: Connection) -> datetime:
        """Its clock, aware."""
        ...

    def acted(self, connection: Connection) -> int:
        """How often triggers have run in this session; always 0 where every trigger shows in the schema."""
        ...

    def lag(self, connection: Connection, name: str) -> float:
        """How many seconds it is behind, as a replica of that name.

        Raises:
            StoreError: it is none, or does not follow any more.

        """
        ...

    def hold_session(self, connection: Connection, store: str, number: int) -> None:
        """Take a session lock on a connection, for as long as that lives; end our own role's old session if need be.

        Raises:
            SweepRunning: another session holds it.

        """
        ...

    def leave_session(self, connection: Connection, number: int) -> None:
        """Give the session lock back."""
        ...


class Dialect(Protocol):
    """One engine."""

    @property
    def identity(self) -> str:
        """Which database this is, without user or password."""
        ...

    def reader(self) -> Engine:
        """Connections that cannot write, each transaction reading one committed state."""
        ...

    def writer(self) -> Engine:
        """Connections whose transactions hold what other writers must wait for."""
        ...

    def locate(self, connection: Connection, collection: str) -> Located | None:
        """The table or view of that name; None when there is none."""
        ...

    def schema(self, connection: Connection, named: Collection[str] = ()) -> Schema:
        """The live schema, with what is named of other databases of the same server."""
        ...

    def matching(self, columns: Columns, sought: Sought, *, locks: bool = False) -> Iterator[ColumnElement[bool]]:
        """Conditions that together match every row of raw values, each row by exactly one of them.

        `locks`: the statement locks what it finds, and may look at nothing else where looking locks, or waits for it.
        """
        ...

    def by_index(self, change: Change, most: int) -> Change:
        """A change that walks the index of what it is to match, at most so many rows."""
        ...

    def alike(self, columns: Columns, sought: Sought) -> Iterator[ColumnElement[bool]]:
        """Conditions that match what the engine takes for one of the rows and is not; none where it is exact."""
        ...

    def bound(self, raw: Raw, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """A raw value of a column as a parameter, of exactly the column's type."""
        ...

    def below(self, column: ColumnElement[Any], raw: Raw) -> ColumnElement[bool]:
        """Whether a column is less than a raw value, text by its code points."""
        ...

    def ordered(self, column: ColumnClause[Any]) -> ColumnElement[Any]:
        """What a key column is ordered by, such that it is ordered as it compares."""
        ...

    def unindexed(self, column: ColumnClause[Any]) -> ColumnElement[Any]:
        """A column such that no index on it is used, where the engine can be told."""
        ...

    def said(self, technique: Technique, column: ColumnClause[Any], kind: DateKind | None) -> Said | None:
        """A technique as an expression; None when it cannot be said."""
        ...

    @property
    def server(self) -> Server | None:
        """What a server has and a file has not; None: a batch begins with the whole store locked."""
        ...

    def failure(self, error: SQLAlchemyError, store: str, doing: str) -> StoreError:
        """The error to raise for a driver's, without any value in it."""
        ...


DialectFor = Callable[..., Dialect]
