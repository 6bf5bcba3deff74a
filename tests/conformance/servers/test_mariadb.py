"""A MariaDB database keeps every promise of a store."""

import pytest

from retention.stores.interface import Source, Store
from retention.stores.registry import open_source, open_store
from tests.conformance.stores import mariadb_tables
from tests.conformance.stores.suite import PSEUDONYM_KEYS, ZONE, StoreSuite, Table


class TestMariadbStore(StoreSuite):
    has_clock = True

    @pytest.fixture(autouse=True)
    def _database(self, mariadb_url):
        self.url = mariadb_url
        self.opened: list[Source] = []
        yield
        for source in self.opened:
            source.close()

    def make(self, *tables: Table) -> Store:
        mariadb_tables.create(self.url, *tables)
        self.opened.append(open_store("org", self.url, zone=ZONE, pseudonym_keys=PSEUDONYM_KEYS))
        return self.opened[-1]

    def again(self, store: Store) -> Source:
        assert store in self.opened
        self.opened.append(open_source("org", self.url, zone=ZONE))
        return self.opened[-1]

    def insert(self, store: Store, table: Table, *rows: tuple) -> None:
        assert store in self.opened
        mariadb_tables.insert(self.url, table, rows)
