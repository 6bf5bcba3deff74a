"""The same tables and rows on a server: what SQLite's words must become there, and references as a vendor has them.

Orphan rows are among the defects, so references are added after the rows, without looking at these: as when a vendor
adds a constraint to a system that has been running for years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from .generate import Counts, generate
from .rows import Row, stored
from .schema import SCHEMA

_COMMENT: Final = re.compile(r"--[^\n]*")
_TABLE: Final = re.compile(r"CREATE TABLE (\w+)")
_COLUMN: Final = re.compile(r"(\w+) ([A-Z]+(?:\([\d, ]+\))?(?: NOT NULL)?) REFERENCES (\w+) \((\w+)\)")
_MARIADB_TIMESTAMP: Final = re.compile(r"\bTIMESTAMP\b")  # there it is an instant of the years 1970 to 2038

Engine = Literal["postgresql", "mariadb"]


def create_on(engine: Engine, urls: Mapping[str, str], *, size: Literal["tiny", "demo"], seed: int = 2026) -> Counts:
    """Fill one empty database for each store, by SQLAlchemy URLs.

    Raises:
        SQLAlchemyError: a database cannot be reached, or is not empty.

    """
    rows = generate(size, seed)
    for store, url in urls.items():
        made = create_engine(url, poolclass=NullPool, hide_parameters=True)
        with made.begin() as connection:
            for statement in tables(store, engine):
                connection.exec_driver_sql(statement)
            for dataset, found in rows.found.items():
                if dataset.startswith(f"{store}."):
                    _insert(connection, dataset.partition(".")[2], found)
            if engine == "mariadb":
                connection.exec_driver_sql("SET foreign_key_checks = 0")
            for statement in references(store, engine):
                connection.exec_driver_sql(statement)
        made.dispose()
    return Counts(rows=rows.counts())


def tables(store: str, engine: Engine) -> Iterator[str]:
    """The statements that make a store's tables and indexes, without references."""
    for statement in _statements(store):
        plain = _COLUMN.sub(r"\1 \2", statement)
        yield _MARIADB_TIMESTAMP.sub("DATETIME", plain) if engine == "mariadb" else plain


def references(store: str, engine: Engine) -> Iterator[str]:
    """The statements that add a store's references, whatever its rows are."""
    unseen = " NOT VALID" if engine == "postgresql" else ""
    for statement in _statements(store):
        if table := _TABLE.match(statement):
            for column, _, other, key in _COLUMN.findall(statement):
                yield f"ALTER TABLE {table[1]} ADD FOREIGN KEY ({column}) REFERENCES {other} ({key}){unseen}"


def _statements(store: str) -> Iterator[str]:
    for statement in _COMMENT.sub("", SCHEMA[store]).split(";"):
        if statement.strip():
            yield statement.strip()


def _insert(connection: Connection, table: str, rows: list[Row]) -> None:
    by_columns: dict[tuple[str, ...], list[tuple[object, ...]]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row.values), []).append(tuple(stored(value) for value in row.values.values()))
    for columns, values in by_columns.items():
        marks = ", ".join(["%s"] * len(columns))
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of our own schema
        connection.exec_driver_sql(insert, values)
