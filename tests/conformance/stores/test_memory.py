"""The store in memory keeps every promise of a store."""

from retention.stores.interface import Source, Store
from retention.stores.memory import MemoryStore
from tests.conformance.stores.suite import PSEUDONYM_KEYS, StoreSuite, Table


def rows_of(table: Table, rows) -> list[dict]:
    return [dict(zip(table.columns, row, strict=True)) for row in rows]


class TestMemoryStore(StoreSuite):
    def make(self, *tables: Table) -> Store:
        rows = {table.dataset.collection: rows_of(table, table.rows) for table in tables}
        return MemoryStore("org", rows, pseudonym_keys=PSEUDONYM_KEYS)

    def again(self, store: Store) -> Source:
        return store

    def insert(self, store: Store, table: Table, *rows: tuple) -> None:
        store.tables[table.dataset.collection].extend(rows_of(table, rows))
