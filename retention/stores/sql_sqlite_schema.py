"""What a SQLite file holds: reflected with SQLAlchemy, the types as they were declared."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Inspector, column, inspect, table
from sqlalchemy.sql.expression import quoted_name

from retention.stores.schema import ForeignKey, Schema, SchemaColumn, SchemaTable, SchemaTrigger
from retention.stores.sql_dialect import Located

_MAIN = "main"
_EVENT = re.compile(r"\b(DELETE|INSERT|UPDATE)\b(?:\s+OF\b.*?)?\s+ON\b", re.IGNORECASE | re.DOTALL)

# the first word that a declared type contains decides, in this order (sqlite.org/datatype3.html, 3.1, and the names
# that people write)
_BY_WORD: tuple[tuple[str, type], ...] = (
    ("DATETIME", datetime),
    ("TIMESTAMP", datetime),
    ("DATE", date),
    ("BOOL", bool),
    ("INT", int),
    ("CHAR", str),
    ("CLOB", str),
    ("TEXT", str),
    ("UUID", str),
    ("JSON", str),
    ("BLOB", bytes),
    ("REAL", float),
    ("FLOA", float),
    ("DOUB", float),
    ("NUMERIC", Decimal),
    ("DECIMAL", Decimal),
)


def locate(connection: Connection, collection: str) -> Located | None:
    """The table or view of that name, perhaps behind the name of a schema."""
    inspector = inspect(connection)
    schema, name = _split(inspector, collection)
    if name is None:
        return None
    columns = _columns(connection, inspector, name, schema)
    return Located(
        table=table(
            quoted_name(name, quote=True),
            *(column(quoted_name(each, quote=True)) for each in columns),
            schema=None if schema is None else quoted_name(schema, quote=True),
        ),
        columns=columns,
    )


def schema(connection: Connection) -> Schema:
    """Every table and view of the file."""
    inspector = inspect(connection)
    triggers = _triggers(connection)
    tables = [_table(connection, inspector, name, triggers) for name in inspector.get_table_names()]
    views = [
        SchemaTable(name=name, columns=_columns(connection, inspector, name), primary_key=(), is_view=True)
        for name in inspector.get_view_names()
    ]
    return Schema(tables={each.name: each for each in (*tables, *views)})


def python_type(declared: str) -> type | None:
    """What values of a declared type are in Python; None: not known, since SQLite stores anything anywhere."""
    upper = declared.upper()
    return next((kind for word, kind in _BY_WORD if word in upper), None)


def _split(inspector: Inspector, collection: str) -> tuple[str | None, str | None]:
    if _exists(inspector, collection, None):
        return None, collection
    schema, dot, name = collection.partition(".")
    if dot and schema in inspector.get_schema_names() and _exists(inspector, name, schema):
        return schema, name
    return None, None


def _exists(inspector: Inspector, name: str, schema: str | None) -> bool:
    return name in inspector.get_table_names(schema) or name in inspector.get_view_names(schema)


def _table(
    connection: Connection, inspector: Inspector, name: str, triggers: Mapping[str, list[SchemaTrigger]]
) -> SchemaTable:
    indexes = _indexes(connection, name)
    primary_key = tuple(inspector.get_pk_constraint(name)["constrained_columns"])
    return SchemaTable(
        name=name,
        columns=_columns(connection, inspector, name),
        primary_key=primary_key,
        unique=tuple(dict.fromkeys(columns for columns, unique in indexes if unique)),
        indexes=tuple(dict.fromkeys([*(columns for columns, _ in indexes), *([primary_key] if primary_key else [])])),
        foreign_keys=_foreign_keys(connection, inspector, name),
        acts=tuple(triggers.get(name, ())),
    )


def _indexes(connection: Connection, name: str) -> list[tuple[tuple[str, ...], bool]]:
    """The columns of every index over whole columns, and whether it makes them unique in the whole table."""
    rows = connection.exec_driver_sql(
        'SELECT list.name, list."unique", info.name'
        " FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS info"
        " WHERE NOT list.partial ORDER BY list.seq, info.seqno",
        (name,),
    ).fetchall()
    grouped = [(key, tuple(row[2] for row in parts)) for key, parts in groupby(rows, key=lambda row: (row[0], row[1]))]
    return [(columns, bool(unique)) for (_, unique), columns in grouped if None not in columns]


def _foreign_keys(connection: Connection, inspector: Inspector, name: str) -> tuple[ForeignKey, ...]:
    """What SQLite enforces; SQLAlchemy reads the actions from the table's text, and misses some."""
    rows = connection.exec_driver_sql(
        'SELECT id, "from", "table", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq', (name,)
    ).fetchall()
    tables = inspector.get_table_names()
    found = []
    for _, parts in groupby(rows, key=lambda row: row[0]):
        pairs = list(parts)
        to_table = _as_named(pairs[0][2], tables)
        key = inspector.get_pk_constraint(to_table)["constrained_columns"] if to_table in tables else []
        to_columns = [row[3] for row in pairs] if pairs[0][3] is not None else key
        live = [each["name"] for each in inspector.get_columns(to_table)] if to_table in tables else []
        found.append(
            ForeignKey(
                table=name,
                columns=tuple(row[1] for row in pairs),
                to_table=to_table,
                to_columns=tuple(_as_named(each, live) for each in to_columns),
                on_delete=pairs[0][4].upper(),
            )
        )
    return tuple(found)


def _as_named(written: str, names: Iterable[str]) -> str:
    """A name as it was created: SQLite takes it in any case."""
    return next((name for name in names if name.lower() == written.lower()), written)


def _columns(
    connection: Connection, inspector: Inspector, name: str, schema: str | None = None
) -> dict[str, SchemaColumn]:
    declared = _declared_types(connection, name, schema)
    keyed = inspector.get_pk_constraint(name, schema)["constrained_columns"]
    return {
        each["name"]: SchemaColumn(
            name=each["name"],
            sql_type=declared[each["name"]],
            python_type=python_type(declared[each["name"]]),
            # SQLite lets a key be NULL unless told otherwise; a record without a key is refused when it is read
            nullable=bool(each["nullable"]) and each["name"] not in keyed,
            length=None,  # VARCHAR(10) holds any length
            generated="computed" in each,
            computed_from=_named_in(each, declared),
        )
        for each in inspector.get_columns(name, schema)
    }


def _named_in(column: Mapping[str, Any], names: Iterable[str]) -> frozenset[str]:
    """The columns that a generated column's expression names, perhaps more: letters that look like one."""
    words = {word.lower() for word in re.findall(r"\w+", str(column.get("computed", {}).get("sqltext", "")))}
    return frozenset(name for name in names if name.lower() in words)


def _declared_types(connection: Connection, name: str, schema: str | None) -> dict[str, str]:
    found = connection.exec_driver_sql(
        "SELECT name, type FROM pragma_table_xinfo(?, ?)", (name, schema or _MAIN)
    ).fetchall()
    return {row[0]: row[1] for row in found}


def _triggers(connection: Connection) -> dict[str, list[SchemaTrigger]]:
    """The triggers that a deletion or an update of each table may fire, by their own text."""
    found: dict[str, list[SchemaTrigger]] = {}
    rows = connection.exec_driver_sql("SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = 'trigger'")
    for table_name, name, script in rows:
        event = _EVENT.search(script)
        on = "" if event is None else event[1].upper()  # not understood: on both
        one = SchemaTrigger(
            name=name,
            on_delete=on in {"DELETE", ""},
            on_update=on in {"UPDATE", ""},
            digest=hashlib.sha256(script.encode("utf-8", "surrogateescape")).hexdigest(),
        )
        if one.on_delete or one.on_update:
            found.setdefault(table_name, []).append(one)
    return found
