"""What a PostgreSQL database holds: read from its own catalogue, which every account may read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, column, table, text
from sqlalchemy.sql.expression import quoted_name

from retention.stores.schema import ForeignKey, Schema, SchemaColumn, SchemaTable
from retention.stores.sql_dialect import Located
from retention.stores.sql_postgresql_types import Native, codec, python_type

# Every table, view and foreign table that this account may see, under the name by which it asks for it.
_TABLES = """
SELECT c.oid, n.nspname, c.relname, c.relkind IN ('v', 'm', 'f') AS is_view, c.reltuples::bigint AS rows,
  CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' AND has_schema_privilege(n.oid, 'USAGE')
"""
_ONE = """
SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND ((c.relname = :whole AND pg_table_is_visible(c.oid)) OR (n.nspname = :schema AND c.relname = :name))
ORDER BY c.relname = :whole AND pg_table_is_visible(c.oid) DESC LIMIT 1
"""
# A domain counts as the type below it; a type's name is without length and scale.
_COLUMNS = """
WITH RECURSIVE below(top, oid, base) AS (
  SELECT t.oid, t.oid, t.typbasetype FROM pg_type t
  UNION ALL SELECT b.top, t.oid, t.typbasetype FROM below b JOIN pg_type t ON t.oid = b.base WHERE b.base <> 0)
SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod) AS sql_type,
  CASE t.oid WHEN 1042 THEN 'bpchar' WHEN 1560 THEN 'varbit' ELSE format_type(t.oid, NULL) END AS base,
  t.typtype = 'e' AS enum, NOT a.attnotnull AS nullable, a.attgenerated <> '' OR a.attidentity = 'a' AS generated,
  CASE WHEN t.oid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4 END AS length
FROM pg_attribute a JOIN below b ON b.top = a.atttypid AND b.base = 0 JOIN pg_type t ON t.oid = b.oid
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = ANY(:oids) ORDER BY a.attrelid, a.attnum
"""
_INDEXES = """
SELECT i.indrelid, i.indisprimary, i.indisunique AND i.indpred IS NULL AND i.indimmediate AS is_unique,
  ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
    WHERE k.n <= i.indnkeyatts ORDER BY k.n) AS columns
FROM pg_index i WHERE i.indisvalid AND i.indpred IS NULL AND i.indrelid = ANY(:oids) ORDER BY i.indexrelid
"""
_FOREIGN_KEYS = """
SELECT f.conrelid, f.confrelid, f.confdeltype,
  ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY AS k(n, i)
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.n ORDER BY k.i) AS columns,
  ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY AS k(n, i)
    JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.n ORDER BY k.i) AS to_columns
FROM pg_constraint f WHERE f.contype = 'f' AND f.conparentid = 0 AND f.conrelid = ANY(:oids) ORDER BY f.oid
"""
_TRIGGERS = """
SELECT t.tgrelid, t.tgname FROM pg_trigger t
WHERE NOT t.tgisinternal AND (t.tgtype & 24) <> 0 AND t.tgenabled <> 'D' AND t.tgrelid = ANY(:oids) ORDER BY t.tgname
"""
_ON_DELETE = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def locate(connection: Connection, collection: str) -> Located | None:
    """The table or view of that name in the search path, else behind the name of a schema."""
    schema_name, _, name = collection.partition(".")
    found = connection.execute(text(_ONE), {"whole": collection, "schema": schema_name, "name": name}).one_or_none()
    if found is None:
        return None
    rows = _rows(connection, _COLUMNS, [found.oid])
    return Located(
        table=table(
            quoted_name(found.relname, quote=True),
            *(column(quoted_name(row.attname, quote=True), Native(row.base)) for row in rows),
            schema=quoted_name(found.nspname, quote=True),
        ),
        columns={row.attname: _column(row) for row in rows},
        codec=codec,
    )


def schema(connection: Connection) -> Schema:
    """Every table and view that this account can see."""
    tables = connection.execute(text(_TABLES)).fetchall()
    names = {row.oid: row.name for row in tables}
    columns, indexes, foreign_keys, triggers = (
        _grouped(connection, query, list(names)) for query in (_COLUMNS, _INDEXES, _FOREIGN_KEYS, _TRIGGERS)
    )
    found = [
        SchemaTable(
            name=row.name,
            columns={each.attname: _column(each) for each in columns[row.oid]},
            primary_key=next((tuple(each.columns) for each in indexes[row.oid] if each.indisprimary), ()),
            unique=_once(each.columns for each in indexes[row.oid] if each.is_unique and not each.indisprimary),
            indexes=_once(each.columns for each in indexes[row.oid]),
            foreign_keys=tuple(_foreign_key(each, names) for each in foreign_keys[row.oid]),
            triggers=tuple(each.tgname for each in triggers[row.oid]),
            is_view=row.is_view,
            approximate_rows=row.rows if row.rows >= 0 else None,
        )
        for row in tables
    ]
    return Schema(tables={each.name: each for each in found})


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
    )


def _foreign_key(row: Any, names: dict[int, str]) -> ForeignKey:
    return ForeignKey(
        table=names[row.conrelid],
        columns=tuple(row.columns),
        to_table=names.get(row.confrelid, "a table that this account cannot see"),
        to_columns=tuple(row.to_columns),
        on_delete=_ON_DELETE[row.confdeltype],
    )
