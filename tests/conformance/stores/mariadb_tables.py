"""MariaDB tables for the suite of stores, written without the code under test.

The suite says types as SQLite takes them. Here a key of text is compared byte by byte, since the suite's differ in
case and in trailing blanks only; every other text has a collation that ignores both.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import make_url

from retention.dataset import TimeText
from retention.record import UNREADABLE
from tests import mariadb
from tests.conformance.stores.suite import Table

EXACT = {"mariadb": "utf8mb4_nopad_bin", "mysql": "utf8mb4_0900_bin"}
KEYS = {
    "TEXT": "VARCHAR(191) CHARACTER SET utf8mb4 COLLATE {}",
    "BLOB": "VARBINARY(191)",
    "INTEGER": "BIGINT",
    "DATETIME": "DATETIME(6)",
}
OTHERS = {"INTEGER": "BIGINT", "DATETIME": "DATETIME(6)", "TIMESTAMP": "TIMESTAMP(6) NULL"}


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def raw(table: Table, column: str, value: object) -> object:
    """A canonical value as the declaration says that MariaDB holds it; what is unreadable is a zero date."""
    declared = table.dataset.dates.get(column)
    if value is UNREADABLE:
        return "0000-00-00"
    if not isinstance(value, datetime):
        return value
    if declared.text is TimeText.EPOCH:
        return int(value.timestamp())
    text = table.columns[column] == "TEXT"
    separator = "T" if declared.text is TimeText.T and text else " "
    if declared.zone is None:
        return value.astimezone(ZoneInfo("Asia/Kolkata")).isoformat(separator)
    return value.astimezone(ZoneInfo(declared.zone)).replace(tzinfo=None).isoformat(separator)


def create(url: str, *tables: Table) -> None:
    exact = EXACT[make_url(url).drivername]
    for table in tables:
        key = table.dataset.key
        parts = [
            f"{quoted(name)} {(KEYS if name in key else OTHERS).get(sql_type, sql_type).format(exact)}"
            for name, sql_type in table.columns.items()
        ]
        keyless = any(None in row[: len(key)] for row in table.rows)
        parts.append(f"{'UNIQUE' if keyless else 'PRIMARY'} KEY ({', '.join(map(quoted, key))})")
        parts += [
            f"FOREIGN KEY ({quoted(mine)}) REFERENCES {theirs}" for mine, theirs in (table.references or {}).items()
        ]
        mariadb.sql(url, f"CREATE TABLE {quoted(table.dataset.collection)} ({', '.join(parts)})")
        insert(url, table, table.rows)


def insert(url: str, table: Table, rows) -> None:
    values = [[raw(table, name, value) for name, value in zip(table.columns, row, strict=True)] for row in rows]
    if not values:
        return
    connection = mariadb.connect(url)
    with connection.cursor() as cursor:
        marks = ", ".join("%s" for _ in table.columns)
        cursor.executemany(f"INSERT INTO {quoted(table.dataset.collection)} VALUES ({marks})", values)
    connection.close()
