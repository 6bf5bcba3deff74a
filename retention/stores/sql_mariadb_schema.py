"""What a MariaDB database holds, read from its information schema: types as the server writes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Date, Integer, String, column, table, text
from sqlalchemy.sql.expression import quoted_name
from sqlalchemy.types import NullType, TypeEngine

from retention.stores.schema import ForeignKey, Schema, SchemaColumn, SchemaTable
from retention.stores.sql_dialect import Located
from retention.stores.sql_mariadb_values import INTEGERS, TEXTS, base, codec, python_type

_TRANSACTIONAL = {"innodb", "ndbcluster", "myrocks", "rocksdb", "tokudb"}

_TABLES = """
SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS FROM information_schema.TABLES
WHERE TABLE_SCHEMA = COALESCE(:of, DATABASE()) AND (:name IS NULL OR BINARY TABLE_NAME = BINARY :name)
ORDER BY TABLE_NAME
"""
_COLUMNS = """
SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, CHARACTER_MAXIMUM_LENGTH, EXTRA
FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = COALESCE(:of, DATABASE()) AND (:name IS NULL OR BINARY TABLE_NAME = BINARY :name)
ORDER BY TABLE_NAME, ORDINAL_POSITION
"""
_INDEXES = """
SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX
"""
_FOREIGN_KEYS = """
SELECT k.CONSTRAINT_SCHEMA <> DATABASE(), k.CONSTRAINT_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME,
    k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE, k.REFERENCED_TABLE_SCHEMA <> DATABASE(),
    k.REFERENCED_TABLE_SCHEMA
FROM information_schema.KEY_COLUMN_USAGE AS k JOIN information_schema.REFERENTIAL_CONSTRAINTS AS r
    ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME
    AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
WHERE (k.CONSTRAINT_SCHEMA = DATABASE() OR k.REFERENCED_TABLE_SCHEMA = DATABASE())
    AND k.REFERENCED_TABLE_NAME IS NOT NULL
ORDER BY k.CONSTRAINT_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION
"""
_TRIGGERS = """
SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME FROM information_schema.TRIGGERS
WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_MANIPULATION IN ('DELETE', 'UPDATE') ORDER BY TRIGGER_NAME
"""


def locate(connection: Connection, collection: str) -> Located | None:
    """The table or view of that name, perhaps behind the name of another database."""
    of, dot, name = collection.partition(".")
    for schema_name, table_name in ((None, collection), (of, name)) if dot else ((None, collection),):
        rows = _rows(connection, _TABLES, of=schema_name, name=table_name)
        if rows:
            found = _columns(connection, schema_name, table_name)[rows[0][0]]
            return Located(
                table=table(
                    quoted_name(table_name, quote=True),
                    *(column(quoted_name(each.name, quote=True), _type(each)) for each in found.values()),
                    schema=None if schema_name is None else quoted_name(schema_name, quote=True),
                ),
                columns=found,
                codec=codec,
            )
    return None


def schema(connection: Connection) -> Schema:
    """Every table and view of the database, and what refers to it from others."""
    columns = _columns(connection, None, None)
    indexes = _indexes(connection)
    keys = _foreign_keys(connection)
    triggers: dict[str, list[str]] = defaultdict(list)
    for of, name in _rows(connection, _TRIGGERS):
        triggers[of].append(name)
    tables: dict[str, SchemaTable] = {}
    for name, kind, engine, rows in _rows(connection, _TABLES, of=None, name=None):
        mine = indexes.get(name, {})
        tables[name] = SchemaTable(
            name=name,
            columns=columns.get(name, {}),
            primary_key=mine.get("PRIMARY", ((), True))[0],
            unique=tuple(dict.fromkeys(cols for cols, unique in mine.values() if unique)),
            indexes=tuple(dict.fromkeys(cols for cols, _ in mine.values())),
            foreign_keys=tuple(keys.get(name, ())),
            triggers=tuple(triggers.get(name, ())),
            is_view=kind in {"VIEW", "SYSTEM VIEW"},
            approximate_rows=rows,
            without_transactions=engine if engine and engine.lower() not in _TRANSACTIONAL else None,
            historised=kind == "SYSTEM VERSIONED",
        )
    for name in keys.keys() - tables.keys():  # tables of other databases that refer to ours
        tables[name] = SchemaTable(name=name, columns={}, primary_key=(), foreign_keys=tuple(keys[name]))
    return Schema(tables=tables)


def _rows(connection: Connection, statement: str, **asked: str | None) -> Sequence[Any]:
    return connection.execute(text(statement), asked).fetchall()


def _columns(connection: Connection, of: str | None, name: str | None) -> dict[str, dict[str, SchemaColumn]]:
    found: dict[str, dict[str, SchemaColumn]] = defaultdict(dict)
    for table_name, column_name, sql_type, nullable, length, extra in _rows(connection, _COLUMNS, of=of, name=name):
        found[table_name][column_name] = SchemaColumn(
            name=column_name,
            sql_type=sql_type,
            python_type=python_type(sql_type),
            nullable=nullable == "YES",
            length=length if base(sql_type) in TEXTS else None,
            restamped="ON UPDATE" in extra.upper(),
            generated="GENERATED" in extra.upper().replace("DEFAULT_GENERATED", ""),
        )
    return found


def _type(live: SchemaColumn) -> TypeEngine[Any]:
    """What a statement must know of a column: whether its equality may be lenient, whether it can be reckoned with."""
    kind = base(live.sql_type)
    if kind in TEXTS:
        return String()
    if kind in INTEGERS:
        return Integer()
    return Date() if kind == "date" else NullType()


def _indexes(connection: Connection) -> dict[str, dict[str, tuple[tuple[str, ...], bool]]]:
    """The columns of each index, and whether it makes them unique: one over the start of a text may not."""
    found: dict[str, dict[str, tuple[tuple[str, ...], bool]]] = defaultdict(dict)
    for (of, name), parts in groupby(_rows(connection, _INDEXES), key=lambda row: (row[0], row[1])):
        rows = list(parts)
        columns = tuple(row[3] for row in rows)
        if None not in columns:  # an index over an expression
            found[of][name] = (columns, not rows[0][2] and all(row[4] is None for row in rows))
    return found


def _foreign_keys(connection: Connection) -> dict[str, list[ForeignKey]]:
    found: dict[str, list[ForeignKey]] = defaultdict(list)
    for _, parts in groupby(_rows(connection, _FOREIGN_KEYS), key=lambda row: (row[1], row[2], row[3])):
        rows = list(parts)
        elsewhere, of, name, _, _, to_table, _, rule, to_elsewhere, to_of = rows[0]
        key = ForeignKey(
            table=f"{of}.{name}" if elsewhere else name,
            columns=tuple(row[4] for row in rows),
            to_table=f"{to_of}.{to_table}" if to_elsewhere else to_table,
            to_columns=tuple(row[6] for row in rows),
            on_delete=rule.upper(),
        )
        found[key.table].append(key)
    return found
