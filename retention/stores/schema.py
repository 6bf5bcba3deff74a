"""A live schema as a value, the same for every engine: what declarations are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaColumn:
    """One column."""

    name: str
    sql_type: str  # the engine's own spelling
    python_type: type | None  # what its values are in Python; None: not known
    nullable: bool
    length: int | None = None  # characters; None: no bound
    generated: bool = False  # computed by the database, so never written
    restamped: bool = False  # the database sets it anew whenever its record is changed


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """A reference from one table to another."""

    table: str  # the referring table
    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]
    on_delete: str = "NO ACTION"  # upper case


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaTable:
    """One table or view."""

    name: str
    columns: Mapping[str, SchemaColumn]
    primary_key: tuple[str, ...]  # empty: none
    unique: tuple[tuple[str, ...], ...] = ()  # further unique column sets
    indexes: tuple[tuple[str, ...], ...] = ()  # leading columns matter
    foreign_keys: tuple[ForeignKey, ...] = ()  # that this table declares
    triggers: tuple[str, ...] = ()  # names of triggers on delete or update
    is_view: bool = False
    approximate_rows: int | None = None  # None: not known
    without_transactions: str | None = None  # the storage engine that has none; None: what is done can be undone
    historised: bool = False  # the database keeps what is deleted or changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Everything a store holds, by table name."""

    tables: Mapping[str, SchemaTable]
