"""A PostgreSQL database keeps every promise of a store."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from retention.dataset import TimeText
from retention.record import UNREADABLE
from retention.stores.interface import Source, Store
from retention.stores.registry import open_source, open_store
from tests.conformance.stores import files
from tests.conformance.stores.files import quoted
from tests.conformance.stores.suite import PSEUDONYM_KEYS, ZONE, StoreSuite, Table

psycopg = pytest.importorskip("psycopg")

TYPES = {"INTEGER": "bigint", "BLOB": "bytea", "DATETIME": "timestamp"}  # as the suite writes them, and here


def raw(table: Table, column: str, value: object) -> object:
    """A canonical value as the declaration says that this database holds it; text has no NUL here."""
    declared = table.dataset.dates.get(column)
    sql_type = table.columns[column]
    match value:
        case _ if value is UNREADABLE:
            return "infinity"
        case datetime() if sql_type in {"TEXT", "INTEGER"}:
            return files.moment(declared, value)
        case datetime() if declared.text is not TimeText.EPOCH:
            return value.astimezone(ZoneInfo(declared.zone)).replace(tzinfo=None)
        case str():
            return value.replace("\0", "␀")
        case date() | _:
            return value


def create(url: str, *tables: Table) -> None:
    with psycopg.connect(url) as connection:
        for table in tables:
            keyed = "UNIQUE" if any(None in row[: len(table.dataset.key)] for row in table.rows) else "PRIMARY KEY"
            parts = [f"{quoted(name)} {TYPES.get(kind, kind)}" for name, kind in table.columns.items()]
            parts.append(f"{keyed} ({', '.join(map(quoted, table.dataset.key))})")
            parts += [
                f"FOREIGN KEY ({quoted(mine)}) REFERENCES {theirs} DEFERRABLE INITIALLY IMMEDIATE"
                for mine, theirs in (table.references or {}).items()
            ]
            connection.execute(f"CREATE TABLE {quoted(table.dataset.collection)} ({', '.join(parts)})")
            insert(connection, table, table.rows)


def insert(connection, table: Table, rows) -> None:
    connection.execute("SET CONSTRAINTS ALL DEFERRED")
    marks = ", ".join("%s" for _ in table.columns)
    connection.cursor().executemany(
        f"INSERT INTO {quoted(table.dataset.collection)} VALUES ({marks})",
        [[raw(table, name, value) for name, value in zip(table.columns, row, strict=True)] for row in rows],
    )


class TestPostgresqlStore(StoreSuite):
    has_clock = True
    keeps_nul = False

    @pytest.fixture(autouse=True)
    def _database(self, postgresql_url):
        self.url = postgresql_url
        self.opened: list[Source] = []
        yield
        for source in self.opened:
            source.close()

    def make(self, *tables: Table) -> Store:
        create(self.url, *tables)
        self.opened.append(open_store("org", self.url, zone=ZONE, pseudonym_keys=PSEUDONYM_KEYS))
        return self.opened[-1]

    def again(self, store: Store) -> Source:
        assert store in self.opened
        self.opened.append(open_source("org", self.url, zone=ZONE))
        return self.opened[-1]

    def insert(self, store: Store, table: Table, *rows: tuple) -> None:
        assert store in self.opened
        with psycopg.connect(self.url) as connection:
            insert(connection, table, rows)
