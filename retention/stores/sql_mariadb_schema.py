"""What a MariaDB database holds, read from its information schema: types as the server writes them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Date, Integer, String, bindparam, column, table, text
from sqlalchemy.sql.expression import quoted_name
from sqlalchemy.types import NullType, TypeEngine

from retention.stores.schema import ForeignKey, Schema, SchemaColumn, SchemaTable, SchemaTrigger
from retention.stores.sql_dialect import Located
from retention.stores.sql_mariadb_catalogue import (
    COLUMNS,
    COLUMNS_OF_ONE,
    FOREIGN_KEYS,
    INDEXES,
    ONE,
    SEEN_WHOLE,
    TABLES,
    TRIGGERS,
    TRIGGERS_SHOWN,
)
from retention.stores.sql_mariadb_values import INTEGERS, TEXTS, base, codec, python_type

_TRANSACTIONAL = {"innodb", "ndbcluster", "myrocks", "rocksdb", "tokudb"}


class Labels(String):
    """The type of a column that holds one of a few labels, or several."""


class Document(NullType):
    """The type of a MySQL column that holds JSON, which compares with no text; MariaDB's is a text."""


_EXACT = ("nopad_bin", "utf8mb4_0900_bin")  # MariaDB's, and MySQL's one
_REMOTE = {"federated", "connect", "spider", "s3"}  # the rows are elsewhere
_LABEL = re.compile("'((?:[^']|'')*)'")
_NAME = re.compile("`((?:[^`]|``)*)`")


def locate(connection: Connection, collection: str) -> Located | None:
    """The table or view of that name, perhaps behind the name of another database."""
    of, dot, name = collection.partition(".")
    for schema_name, table_name in ((None, collection), (of, name)) if dot else ((None, collection),):
        asked = {"of": schema_name, "name": table_name}
        if tables := _rows(connection, ONE, **asked):
            found = {row[1]: _column(row) for row in _rows(connection, COLUMNS_OF_ONE, **asked)}
            return Located(
                table=table(
                    quoted_name(table_name, quote=True),
                    *(column(quoted_name(each.name, quote=True), _type(each)) for each in found.values()),
                    schema=None if schema_name is None else quoted_name(schema_name, quote=True),
                ),
                columns=found,
                stored=tables[0][2] == "InnoDB",
                codec=codec,
                history="FOR SYSTEM_TIME ALL" if tables[0][1] == "SYSTEM VERSIONED" else None,
            )
    return None


def schema(connection: Connection, named: Collection[str], *, counted: bool = False) -> Schema:
    """Every table and view of the database, what is named of others on its server, and what refers to these.

    With `counted` the server is MySQL, which shows triggers to few, and counts tables that have some of any kind.
    """
    asked = {"named": list(named) or [""]}
    columns: dict[str, dict[str, SchemaColumn]] = defaultdict(dict)
    for row in _listed(connection, COLUMNS, **asked):
        columns[row[0]][row[1]] = _column(row)
    indexes, keys = _indexes(connection, asked), _foreign_keys(connection, asked)
    acts = _acts(connection, asked, counted=counted)
    database = str(connection.execute(text("SELECT DATABASE()")).scalar_one())
    shown = _triggers_shown(connection) if counted else {("%", "")}
    seen_whole = {row[0] for row in _rows(connection, SEEN_WHOLE)}
    tables: dict[str, SchemaTable] = {}
    for name, kind, engine, rows in _listed(connection, TABLES, **asked):
        mine = indexes.get(name, {})
        called = (engine or "").lower()
        tables[name] = SchemaTable(
            name=name,
            columns=columns.get(name, {}),
            primary_key=mine.get("PRIMARY", ((), True))[0],
            unique=tuple(dict.fromkeys(cols for cols, unique in mine.values() if unique)),
            indexes=tuple(dict.fromkeys(cols for cols, _ in mine.values())),
            foreign_keys=tuple(keys.get(name, ())),
            acts=tuple(acts.get(name, {}).values()),
            acts_seen=not shown.isdisjoint({("%", ""), (of := _database(name, database), ""), (of, _own(name))}),
            is_view=kind in {"VIEW", "SYSTEM VIEW"},
            approximate_rows=rows,
            without_transactions=engine if engine and called not in _TRANSACTIONAL | _REMOTE else None,
            historised=kind == "SYSTEM VERSIONED",
            remote=engine if called in _REMOTE else None,
            references_seen={database, _database(name, database)} <= seen_whole,
        )
    for name in keys.keys() - tables.keys():  # tables of other databases that refer to ours
        tables[name] = SchemaTable(name=name, columns={}, primary_key=(), foreign_keys=tuple(keys[name]))
    return Schema(tables=tables, database=database)


def _database(name: str, ours: str) -> str:
    return name.partition(".")[0] if "." in name else ours


def _own(name: str) -> str:
    return name.partition(".")[2] or name


def _acts(
    connection: Connection, asked: Mapping[str, Sequence[str]], *, counted: bool
) -> dict[str, dict[str, SchemaTrigger]]:
    """The triggers of each table by name; one on inserts only where the server does not tell it from the others."""
    found: dict[str, dict[str, SchemaTrigger]] = defaultdict(dict)
    for of, name, event, digest in _listed(connection, TRIGGERS, **asked):
        if event == "INSERT" and not counted:
            continue
        known = found[of].get(name, SchemaTrigger(name=name, on_delete=False, on_update=False))
        found[of][name] = SchemaTrigger(
            name=name,
            on_delete=known.on_delete or event == "DELETE",
            on_update=known.on_update or event == "UPDATE",
            counted=counted,
            digest=digest,
        )
    return found


def _triggers_shown(connection: Connection) -> set[tuple[str, str]]:
    """The databases (without a name) and tables whose triggers this account is shown; a pattern stands for none."""
    user, _, host = str(connection.execute(text("SELECT CURRENT_USER()")).scalar_one()).rpartition("@")
    return {tuple(row) for row in _rows(connection, TRIGGERS_SHOWN, who=f"'{user}'@'{host}'")}


def _rows(connection: Connection, statement: str, **asked: str | None) -> Sequence[Any]:
    return connection.execute(text(statement), asked).fetchall()


def _listed(connection: Connection, statement: str, *, named: Sequence[str]) -> Sequence[Any]:
    return connection.execute(text(statement).bindparams(bindparam("named", named, expanding=True))).fetchall()


def _column(row: Any) -> SchemaColumn:
    _, name, sql_type, nullable, length, extra, expression, collation = row
    kind = base(sql_type)
    return SchemaColumn(
        name=name,
        sql_type=sql_type,
        python_type=python_type(sql_type),
        nullable=nullable == "YES",
        length=length if kind in TEXTS else None,
        restamped="ON UPDATE" in extra.upper(),
        generated="GENERATED" in extra.upper().replace("DEFAULT_GENERATED", ""),
        computed_from=frozenset(each.replace("``", "`") for each in _NAME.findall(expression or "")),
        lenient=collation is not None and not collation.endswith(_EXACT),  # others ignore blanks, most more
        among=tuple(each.replace("''", "'") for each in _LABEL.findall(sql_type)) if kind == "enum" else None,
    )


def _type(live: SchemaColumn) -> TypeEngine[Any]:
    """What a statement must know of a column: whether its equality may be lenient, whether it can be reckoned with."""
    kind = base(live.sql_type)
    if kind in {"enum", "set"}:
        return Labels()
    if kind in TEXTS:
        return String()
    if kind in INTEGERS:
        return Integer()
    if kind == "json":
        return Document()
    return Date() if kind == "date" else NullType()


def _indexes(
    connection: Connection, asked: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, tuple[tuple[str, ...], bool]]]:
    """The columns of each index, and whether it makes them unique: one over the start of a text may not."""
    found: dict[str, dict[str, tuple[tuple[str, ...], bool]]] = defaultdict(dict)
    for (of, name), parts in groupby(_listed(connection, INDEXES, **asked), key=lambda row: (row[0], row[1])):
        rows = list(parts)
        columns = tuple(row[3] for row in rows)
        if None not in columns:  # an index over an expression
            found[of][name] = (columns, not rows[0][2] and all(row[4] is None for row in rows))
    return found


def _foreign_keys(connection: Connection, asked: Mapping[str, Sequence[str]]) -> dict[str, list[ForeignKey]]:
    found: dict[str, list[ForeignKey]] = defaultdict(list)
    for _, parts in groupby(_listed(connection, FOREIGN_KEYS, **asked), key=lambda row: (row[0], row[1])):
        rows = list(parts)
        name, _, _, to_table, _, rule = rows[0]
        found[name].append(
            ForeignKey(
                table=name,
                columns=tuple(row[2] for row in rows),
                to_table=to_table,
                to_columns=tuple(row[4] for row in rows),
                on_delete=rule.upper(),
            )
        )
    return found
