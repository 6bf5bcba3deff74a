"""A live schema as a value, the same for every engine: what declarations are compared with."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class SchemaColumn(Struct, frozen=True, kw_only=True):
    """One column."""

    name: str
    sql_type: str  # the engine's own spelling
    python_type: type | None  # what its values are in Python; None: not known
    nullable: bool
    length: int | None = None  # characters; None: no bound
    generated: bool = False  # computed by the database, so never written
    computed_from: frozenset[str] = frozenset()  # the columns that it is generated from, as far as they are known
    restamped: bool = False  # the database sets it anew whenever its record is changed
    lenient: bool = False  # it equates texts that differ: by case, accents or blanks
    among: tuple[str, ...] | None = None  # the only texts that it takes; None: any


class ForeignKey(Struct, frozen=True, kw_only=True):
    """A reference from one table to another."""

    table: str  # the referring table
    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]
    on_delete: str = "NO ACTION"  # upper case; UNKNOWN: this account is not shown it


class SchemaTrigger(Struct, frozen=True, kw_only=True):
    """What the database does by itself when records of a table go or change: a trigger or a rule."""

    name: str
    on_delete: bool = True
    on_update: bool = True
    counted: bool = False  # whatever it acts on, the server counts a change of its table as if it had run
    instead: bool = False  # it takes the place of what was asked
    digest: str = ""  # of what it does, so that a change shows; empty: this account is not shown it


class SchemaTable(Struct, frozen=True, kw_only=True):
    """One table or view."""

    name: str
    columns: Mapping[str, SchemaColumn]
    primary_key: tuple[str, ...]  # empty: none
    unique: tuple[tuple[str, ...], ...] = ()  # further unique column sets
    indexes: tuple[tuple[str, ...], ...] = ()  # leading columns matter
    foreign_keys: tuple[ForeignKey, ...] = ()  # that this table declares
    acts: tuple[SchemaTrigger, ...] = ()  # on delete or update, or counted as such
    acts_seen: bool = True  # whether this account is shown what acts
    is_view: bool = False
    approximate_rows: int | None = None  # None: not known
    without_transactions: str | None = None  # the storage engine that has none; None: what is done can be undone
    historised: bool = False  # the database keeps what is deleted or changed
    copies: tuple[str, ...] = ()  # materialised views that hold its records until they are refreshed
    inheritors: tuple[str, ...] = ()  # other tables whose records show in it too
    remote: str | None = None  # the server or engine that has the records elsewhere; None: they are here
    filtered: tuple[str, ...] | None = None  # row-level security in force for this account, by policy; None: it is not
    references_seen: bool = True  # whether this account is shown every table that may refer to it

    @property
    def triggers(self) -> tuple[str, ...]:
        """The names of what acts on delete or update."""
        return tuple(dict.fromkeys(one.name for one in self.acts))


class Schema(Struct, frozen=True, kw_only=True):
    """Everything a store holds, by table name."""

    tables: Mapping[str, SchemaTable]
    database: str = ""  # its own name, as it may stand before a table's
