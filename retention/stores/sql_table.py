"""A dataset's table as it is live: its columns, each with its codec."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import chain, product
from typing import Any

from msgspec import Struct, field
from sqlalchemy import Connection
from sqlalchemy.sql.expression import ColumnClause, TableClause

from retention.dataset import Dataset
from retention.errors import StoreError
from retention.record import Key
from retention.rows import Rows
from retention.stores.schema import SchemaColumn
from retention.stores.sql_decode import Codec, Raw, codec
from retention.stores.sql_dialect import CodecFor, Dialect
from retention.stores.sql_sought import Sought


class DatasetTable(Struct, frozen=True, kw_only=True):
    """Where a dataset's records are, and how they are read."""

    dataset: Dataset
    table: TableClause
    columns: dict[str, SchemaColumn]
    history: str | None = None  # what is said behind its name to ask for every version it keeps; None: it keeps none
    stored: bool = False  # whether all that is read of a row stands in it, and its lock keeps that: no view
    native: CodecFor | None = None  # None: by the declaration alone
    codecs: dict[str, Codec] = field(default_factory=dict)

    def column(self, name: str) -> ColumnClause[Any]:
        """A column for a statement.

        Raises:
            StoreError: the table has no such column; the message names one that looks like it.

        """
        if name not in self.columns:
            near = get_close_matches(name, self.columns, 1)
            hint = f" Is it {near[0]!r}?" if near else ""
            raise StoreError(
                f"{self.dataset.id} has no column {name!r}.{hint} Correct the declaration: `retention policies check`."
            )
        return self.table.c[name]

    def codec(self, name: str) -> Codec:
        """How a column's values are read."""
        if name not in self.codecs:
            native = self.native(self.dataset, self.columns[name]) if self.native else None
            self.codecs[name] = native or codec(self.dataset, name, self.columns[name].python_type)
        return self.codecs[name]

    def rows(self, names: tuple[str, ...], rows: Iterable[Sequence[Raw]]) -> Rows:
        """Rows of the key and other columns, decoded column by column."""
        raws = zip(*rows, strict=True)
        return Rows(
            self.dataset, names, [self.codec(name).decoded(raw) for name, raw in zip(names, raws, strict=False)]
        )

    def lookups(self, names: Sequence[str], sought: Sought) -> Sought:
        """Every row of raw values that reads as one of the keys that are sought."""
        codecs = [self.codec(name) for name in names]
        keys: Sequence[Key] = sought.rows
        if len(codecs) == 1 and sought.numbers is not None and int in codecs[0].asked:
            return sought if codecs[0].whole else Sought(keys)
        columns = [[part for (part,) in keys]] if len(codecs) == 1 else zip(*keys, strict=True)
        if all(codec.as_asked(column) for codec, column in zip(codecs, columns, strict=False)):
            return Sought(keys)
        lookups = [codec.lookups for codec in codecs]
        if len(lookups) == 1:
            return Sought([(raw,) for (part,) in keys for raw in lookups[0](part)])
        every = (product(*(raws(part) for raws, part in zip(lookups, key, strict=True))) for key in keys)
        return Sought([*chain.from_iterable(every)])


def locate(dialect: Dialect, connection: Connection, dataset: Dataset) -> DatasetTable:
    """The table of a dataset.

    Raises:
        StoreError: there is none, or it lacks a key column.

    """
    found = dialect.locate(connection, dataset.collection)
    if found is None:
        raise StoreError(
            f"Store {dataset.store} has no table or view {dataset.collection!r} for {dataset.id}. "
            "Correct the declaration, or find out who dropped it: `retention policies check`."
        )
    located = DatasetTable(
        dataset=dataset,
        table=found.table,
        columns=dict(found.columns),
        native=found.codec,
        history=found.history,
        stored=found.stored,
    )
    for name in dataset.key:
        located.column(name)
    return located
