"""What the stores hold besides what is governed, as a plan tells it (design.md section 1: what nobody governs)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from retention.details import ColumnSummary, TableSummary
from retention.finding import Finding
from retention.policy import Register
from retention.reports.advice import uncovered
from retention.stores.check_tools import table_of
from retention.stores.coverage import TableCoverage, coverage
from retention.stores.schema import Schema, SchemaTable


def inventory(register: Register, schemas: Mapping[str, Schema]) -> tuple[TableSummary, ...]:
    """Every table of every store: what looks like personal data and nobody governs first."""
    found = [_table(one, schemas[one.store].tables[one.table]) for one in coverage(register, schemas)]
    return tuple(sorted(found, key=lambda one: (not one.exposed, not one.unnamed, not one.open, one.store, one.table)))


def open_tables(tables: Iterable[TableSummary]) -> Iterator[Finding]:
    """A finding for each store that has tables in no data map."""
    many, personal = Counter[str](), Counter[str]()
    for one in tables:
        if one.dataset is None:
            many[one.store] += 1
            personal[one.store] += one.exposed
    return (uncovered(store, count, personal[store]) for store, count in sorted(many.items()))


def live_tables(register: Register, schemas: Mapping[str, Schema]) -> dict[str, SchemaTable]:
    """The table of each dataset, as far as it is known."""
    found = {one.id: table_of(one, schemas[one.store]) for one in register.all_datasets if one.store in schemas}
    return {name: table for name, table in found.items() if table is not None}


def _table(one: TableCoverage, live: SchemaTable) -> TableSummary:
    return TableSummary(
        store=one.store,
        table=one.table,
        dataset=one.dataset,
        governed=one.governed.value,
        columns=tuple(
            ColumnSummary(name=column.name, role=column.role.value, personal=column.looks_personal)
            for column in one.columns
        ),
        rows=live.approximate_rows,
    )
