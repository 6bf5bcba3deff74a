"""SQLite files for tests, written without the code under test."""

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from retention.dataset import Timestamp, TimeText
from retention.record import UNREADABLE
from tests.conformance.stores.suite import Table


def raw(table: Table, column: str, value: object) -> object:
    """A canonical value as the declaration says that SQLite holds it."""
    declared = table.dataset.dates.get(column)
    if value is UNREADABLE:
        return "onleesbaar"
    if isinstance(value, datetime):
        return moment(declared, value)
    return value.isoformat() if isinstance(value, date) else value


def moment(declared: Timestamp, value: datetime) -> object:
    if declared.text is TimeText.EPOCH:
        return int(value.timestamp())
    separator = "T" if declared.text is TimeText.T else " "
    if declared.zone is None:
        return value.astimezone(ZoneInfo("Asia/Kolkata")).isoformat(separator)
    return value.astimezone(ZoneInfo(declared.zone)).replace(tzinfo=None).isoformat(separator)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def create(path: Path, *tables: Table) -> None:
    connection = sqlite3.connect(path)
    for table in tables:
        parts = [f"{quoted(name)} {sql_type}" for name, sql_type in table.columns.items()]
        parts.append(f"PRIMARY KEY ({', '.join(map(quoted, table.dataset.key))})")
        parts += [
            f"FOREIGN KEY ({quoted(mine)}) REFERENCES {theirs}" for mine, theirs in (table.references or {}).items()
        ]
        connection.execute(f"CREATE TABLE {quoted(table.dataset.collection)} ({', '.join(parts)})")
        insert(connection, table, table.rows)
    connection.commit()
    connection.close()


def insert(connection: sqlite3.Connection, table: Table, rows) -> None:
    marks = ", ".join("?" for _ in table.columns)
    connection.executemany(
        f"INSERT INTO {quoted(table.dataset.collection)} VALUES ({marks})",
        [[raw(table, name, value) for name, value in zip(table.columns, row, strict=True)] for row in rows],
    )


def sql(path: Path, script: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


def rows(path: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(path)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
