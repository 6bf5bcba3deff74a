"""The seam between engines: everything that one database says or does otherwise than another.

Statements are built with SQLAlchemy Core and are the same for all; a dialect supplies the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.expression import ColumnClause, TableClause

from retention.dataset import DateKind
from retention.errors import StoreError
from retention.stores.schema import Schema, SchemaColumn
from retention.stores.sql_decode import Raw
from retention.technique import Technique

Columns = Sequence[ColumnClause[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A table or view as the database has it."""

    table: TableClause
    columns: Mapping[str, SchemaColumn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A technique said in the database: what the column becomes, and for which values it says exactly that."""

    becomes: ColumnElement[Any]
    exact: ColumnElement[bool] | None  # None: for every value


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

    def schema(self, connection: Connection) -> Schema:
        """The live schema."""
        ...

    def matching(self, columns: Columns, rows: Sequence[tuple[Raw, ...]]) -> Iterator[ColumnElement[bool]]:
        """Conditions that together match every row of raw values, each row by exactly one of them."""
        ...

    def bound(self, raw: Raw) -> ColumnElement[Any]:
        """A raw value as a parameter."""
        ...

    def unindexed(self, column: ColumnClause[Any]) -> ColumnElement[Any]:
        """A column such that no index on it is used, where the engine can be told."""
        ...

    def said(self, technique: Technique, column: ColumnClause[Any], kind: DateKind | None) -> Said | None:
        """A technique as an expression; None when it cannot be said."""
        ...

    def failure(self, error: SQLAlchemyError, store: str, doing: str) -> StoreError:
        """The error to raise for a driver's, without any value in it."""
        ...


DialectFor = Callable[..., Dialect]
