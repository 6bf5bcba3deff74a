"""What a PostgreSQL database holds: read from its own catalogue, which every account may read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, column, table, text
from sqlalchemy.sql.expression import quoted_name

from retention.stores.schema import ForeignKey, Schema, SchemaColumn, SchemaTable, SchemaTrigger
from retention.stores.sql_dialect import Located
from retention.stores.sql_postgresql_catalogue import ACTS, COLUMNS, COPIES, FOREIGN_KEYS, INDEXES, ONE, PARTS, TABLES
from retention.stores.sql_postgresql_types import Native, codec, python_type

_ON_DELETE = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def locate(connection: Connection, collection: str) -> Located | None:
    """The table or view of that name in the search path, else behind the name of a schema."""
    schema_name, _, name = collection.partition(".")
    found = connection.execute(text(ONE), {"whole": collection, "schema": schema_name, "name": name}).one_or_none()
    if found is None:
        return None
    rows = _rows(connection, COLUMNS, [found.oid])
    return Located(
        table=table(
            quoted_name(found.relname, quote=True),
            *(column(quoted_name(row.attname, quote=True), Native(row.base, lenient=row.lenient)) for row in rows),
            schema=quoted_name(found.nspname, quote=True),
        ),
        columns={row.attname: _column(row) for row in rows},
        stored=found.stored,
        codec=codec,
    )


def schema(connection: Connection) -> Schema:
    """Every table and view that this account can see, and what refers to them from where it cannot look."""
    tables = connection.execute(text(TABLES)).fetchall()
    names = {row.oid: row.name for row in tables}
    parts = _rows(connection, PARTS, list(names))
    tops = {part.oid: part.top for part in parts if part.relispartition} | {oid: oid for oid in names}
    columns, indexes, copies = (_grouped(connection, query, list(names)) for query in (COLUMNS, INDEXES, COPIES))
    acts = _at_the_top(_rows(connection, ACTS, [part.oid for part in parts]), parts)
    keys = _foreign_keys(_rows(connection, FOREIGN_KEYS, list(tops)), tops, names)
    found = [
        SchemaTable(
            name=row.name,
            columns={each.attname: _column(each) for each in columns[row.oid]},
            primary_key=next((tuple(each.columns) for each in indexes[row.oid] if each.indisprimary), ()),
            unique=_once(each.columns for each in indexes[row.oid] if each.is_unique and not each.indisprimary),
            indexes=_once(each.columns for each in indexes[row.oid]),
            foreign_keys=tuple(keys.pop(row.name, ())),
            acts=acts.get(row.oid, ()),
            is_view=row.is_view,
            approximate_rows=row.rows if row.rows >= 0 else None,
            copies=tuple(each.name for each in copies[row.oid]),
            inheritors=tuple(one.name for one in parts if one.top == row.oid != one.oid and not one.relispartition),
            remote=next((one.srvname for one in parts if one.top == row.oid and one.srvname is not None), None),
            filtered=tuple(row.policies) if row.filtered else None,
        )
        for row in tables
    ]
    hidden = [SchemaTable(name=name, columns={}, primary_key=(), foreign_keys=tuple(of)) for name, of in keys.items()]
    return Schema(tables={each.name: each for each in (*hidden, *found)})


def _rows(connection: Connection, query: str, oids: list[int]) -> Sequence[Any]:
    return connection.execute(text(query), {"oids": oids}).fetchall()


def _grouped(connection: Connection, query: str, oids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in _rows(connection, query, oids):
        found[row[0]].append(row)
    return found


def _once(columns: Any) -> tuple[tuple[str, ...], ...]:
    """Each set of whole columns once; an index over an expression is none."""
    return tuple(dict.fromkeys(tuple(each) for each in columns if None not in each))


def _column(row: Any) -> SchemaColumn:
    base = "character" if row.base == "bpchar" else row.base
    return SchemaColumn(
        name=row.attname,
        sql_type=row.sql_type,
        python_type=python_type(base, enum=row.enum),
        nullable=row.nullable,
        length=row.length,
        generated=row.generated,
        computed_from=frozenset(row.sources or ()),
        lenient=row.lenient,
        among=None if row.labels is None else tuple(row.labels),
    )


def _foreign_keys(
    rows: Sequence[Any], tops: Mapping[int, int], names: Mapping[int, str]
) -> dict[str, list[ForeignKey]]:
    """By referring table; what is said of a partition is said of the table that it is part of."""
    found: dict[str, list[ForeignKey]] = defaultdict(list)
    for row in rows:
        key = ForeignKey(
            table=names.get(tops.get(row.conrelid, 0), row.name),
            columns=tuple(row.columns),
            to_table=names.get(tops.get(row.confrelid, 0), row.to_name),
            to_columns=tuple(row.to_columns),
            on_delete=_ON_DELETE[row.confdeltype],
        )
        found[key.table].append(key)
    return found


def _at_the_top(rows: Sequence[Any], parts: Sequence[Any]) -> dict[int, tuple[SchemaTrigger, ...]]:
    """What acts on a table or on any part of it."""
    of: dict[int, list[SchemaTrigger]] = defaultdict(list)
    for row in rows:
        of[row.of].append(
            SchemaTrigger(
                name=row.name,
                on_delete=row.on_delete,
                on_update=row.on_update,
                instead=row.instead,
                digest=row.digest,
            )
        )
    found: dict[int, tuple[SchemaTrigger, ...]] = defaultdict(tuple)
    for part in parts:
        found[part.top] += tuple(of[part.oid])
    return found
