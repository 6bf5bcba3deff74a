"""Disposing of records in a SQL database: by key, children first, counted.

A technique is said in the database where it says exactly what `retention.erase` does; the values for which it does not
are read and written back, before they change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    cast,
    delete,
    false,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy import update as sql_update
from sqlalchemy.types import NullType

from retention.candidate import Cleared
from retention.dataset import Dataset
from retention.disposition import Action
from retention.erase import apply
from retention.record import Key
from retention.stores.checks import erased_fields, exactly, remaining, takes_once
from retention.stores.sql_acted import Acted
from retention.stores.sql_decode import Raw
from retention.stores.sql_dialect import LISTED, Change, Dialect, Said
from retention.stores.sql_read import Tables
from retention.stores.sql_sought import Sought
from retention.stores.sql_table import DatasetTable

_TOGETHER = 10_000  # keys in one statement


class Disposer:
    """Disposes of cleared records on one connection, in its transaction; keys are handed on each once."""

    def __init__(self, dialect: Dialect, tables: Tables, connection: Connection, keys: Mapping[str, bytes]) -> None:
        self._dialect = dialect
        self._tables = tables
        self._connection = connection
        self._keys = keys

    def dispose(self, cleared: Cleared) -> Mapping[str, int]:
        """Unlink the children that stay, delete those that go, deepest first, then dispose of the records."""
        children: dict[str, int] = {}
        takes = takes_once(cleared)
        acted = Acted(self._dialect.server, self._connection)
        for unlink in cleared.records.unlinks:
            acted.on(unlink.dataset)
            self._write(unlink.dataset, [*dict.fromkeys(unlink.keys)], dict.fromkeys(unlink.columns, null()))
        for take in takes:
            acted.on(take.dataset)
            self._delete(take.dataset, take.keys)
            children[take.dataset.id] = children.get(take.dataset.id, 0) + len(take.keys)
        keys = remaining(cleared, takes)
        acted.on(cleared.dataset)
        if cleared.action is Action.DELETE:
            self._delete(cleared.dataset, keys)
        else:
            self._erase(cleared.dataset, keys, erased_fields(cleared))
        acted.settle()
        return children

    def _delete(self, dataset: Dataset, keys: Sequence[Key]) -> None:
        table = self._table(dataset)
        found = 0
        for condition in self._matching(table, keys):
            found += self._executed(delete(table.table).where(condition), keys)
        exactly(dataset, len(keys), found)

    def _write(self, dataset: Dataset, keys: Sequence[Key], values: Mapping[str, ColumnElement[Any]]) -> None:
        table = self._table(dataset)
        statement = sql_update(table.table).values({table.column(name): value for name, value in values.items()})
        found = 0
        for condition in self._matching(table, keys):
            found += self._executed(statement.where(condition), keys)
        exactly(dataset, len(keys), found)

    def _erase(self, dataset: Dataset, keys: Sequence[Key], fields: Sequence[str]) -> None:
        table = self._table(dataset)
        said = {name: self._said(table, name) for name in fields}
        self._erase_values(table, keys, fields, said)
        values = {name: _becomes(table, name, form) for name, form in said.items() if form is not None}
        if values:
            self._write(dataset, keys, values)

    def _said(self, table: DatasetTable, name: str) -> Said | None:
        column, live = table.column(name), table.columns[name]
        if live.python_type is bool:
            return None
        return self._dialect.said(table.dataset.fields[name], column, table.dataset.dates.get(name))

    def _erase_values(
        self, table: DatasetTable, keys: Sequence[Key], fields: Sequence[str], said: Mapping[str, Said | None]
    ) -> None:
        """Read what cannot be said in the database, apply the techniques, write it back by key."""
        names = [name for name in fields if (form := said[name]) is None or form.exact is not None]
        if not names:
            return
        key = [table.column(name) for name in table.dataset.key]
        chosen = select(*key, *(table.column(name) for name in names))
        unsaid = or_(false(), *(_unsaid(table, name, said[name]) for name in names))
        for condition in self._matching(table, keys, locks=False):
            rows = self._connection.execute(chosen.where(condition, unsaid)).fetchall()
            self._write_back(table, names, [self._applied(table, names, row) for row in rows])

    def _applied(self, table: DatasetTable, names: Sequence[str], row: Sequence[Raw]) -> tuple[Raw, ...]:
        width = len(table.dataset.key)
        erased = (
            codec.write(apply(table.dataset.fields[name], codec.decode(raw), keys=self._keys))
            for name, codec, raw in zip(names, map(table.codec, names), row[width:], strict=True)
        )
        return (*row[:width], *erased)

    def _write_back(self, table: DatasetTable, names: Sequence[str], rows: Sequence[tuple[Raw, ...]]) -> None:
        """One statement for all rows of plain values; rows with others go one by one, since these need a cast."""
        key = [table.column(name) for name in table.dataset.key]
        params = [f"p{n}" for n in range(len(key) + len(names))]
        plain = [dict(zip(params, row, strict=True)) for row in rows if all(map(_bindable, row))]
        if plain:
            by_name = dict(zip(names, params[len(key) :], strict=True))
            statement = (
                sql_update(table.table)
                .where(
                    and_(
                        *(column == _typed(name, column) for column, name in zip(key, params[: len(key)], strict=True))
                    )
                )
                .values({table.column(name): _param(param) for name, param in by_name.items()})
            )
            self._connection.execute(statement, plain)
        for row in rows:
            if not all(map(_bindable, row)):
                self._write_row(table, names, row)

    def _write_row(self, table: DatasetTable, names: Sequence[str], row: tuple[Raw, ...]) -> None:
        columns = [table.column(name) for name in (*table.dataset.key, *names)]
        bound = [self._dialect.bound(raw, column) for raw, column in zip(row, columns, strict=True)]
        width = len(table.dataset.key)
        key = (table.column(name) == value for name, value in zip(table.dataset.key, bound[:width], strict=True))
        values = {table.column(name): value for name, value in zip(names, bound[width:], strict=True)}
        self._connection.execute(sql_update(table.table).where(and_(*key)).values(values))

    def _executed(self, change: Change, keys: Sequence[Key]) -> int:
        """How many rows it touched. Its bound is beyond what the keys can match, so that more is still found out."""
        return self._connection.execute(self._dialect.by_index(change, min(len(keys), LISTED) + 1)).rowcount

    def _table(self, dataset: Dataset) -> DatasetTable:
        return self._tables.of(self._connection, dataset)

    def _matching(
        self, table: DatasetTable, keys: Sequence[Key], *, locks: bool = True
    ) -> Iterator[ColumnElement[bool]]:
        columns = [table.column(name) for name in table.dataset.key]
        for part in Sought.of(keys).parts(_TOGETHER):
            yield from self._dialect.matching(columns, table.lookups(table.dataset.key, part), locks=locks)


def _unsaid(table: DatasetTable, name: str, form: Said | None) -> ColumnElement[bool]:
    """Whether Python must apply the technique to a row's value."""
    column = table.column(name)
    if form is None or form.exact is None:
        return column.is_not(None)
    return and_(column.is_not(None), case((form.exact, literal(1)), else_=literal(0)) == 0)


def _becomes(table: DatasetTable, name: str, form: Said) -> ColumnElement[Any]:
    return form.becomes if form.exact is None else case((form.exact, form.becomes), else_=table.column(name))


def _param(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=NullType())


def _typed(name: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A parameter of a column's type, where the engine has types: a real is no double."""
    return _param(name) if isinstance(column.type, NullType) else cast(_param(name), column.type)


def _bindable(raw: Raw) -> bool:
    """Whether a driver takes a value as it is: text that was no valid UTF-8 needs its dialect's help."""
    return not isinstance(raw, str) or raw.isascii() or not any("\ud800" <= char <= "\udfff" for char in raw)
