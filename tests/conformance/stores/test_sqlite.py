"""A SQLite file keeps every promise of a store."""

import sqlite3
from pathlib import Path

import pytest

from retention.stores.interface import Source, Store
from retention.stores.registry import open_source, open_store
from tests.conformance.stores import files
from tests.conformance.stores.suite import PSEUDONYM_KEYS, ZONE, StoreSuite, Table


class TestSqliteStore(StoreSuite):
    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path):
        self.path = tmp_path / "een map met spatie & %20.db"
        self.url = "sqlite:///" + str(self.path).replace("%", "%25")
        self.opened: list[Source] = []
        yield
        for source in self.opened:
            source.close()

    def make(self, *tables: Table) -> Store:
        files.create(self.path, *tables)
        self.opened.append(open_store("org", self.url, zone=ZONE, pseudonym_keys=PSEUDONYM_KEYS))
        return self.opened[-1]

    def again(self, store: Store) -> Source:
        assert store in self.opened
        self.opened.append(open_source("org", self.url, zone=ZONE))
        return self.opened[-1]

    def insert(self, store: Store, table: Table, *rows: tuple) -> None:
        assert store in self.opened
        connection = sqlite3.connect(self.path)
        files.insert(connection, table, rows)
        connection.commit()
        connection.close()
