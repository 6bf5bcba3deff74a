"""Coverage: every table and column of every store, governed or not."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from retention.dataset import Dataset
from retention.personal_names import looks_personal
from retention.policy import Register
from retention.reads import columns_read
from retention.stores.check_tools import Checked, table_of
from retention.stores.schema import Schema, SchemaTable


class Role(StrEnum):
    """What a column is to the declarations."""

    KEY = "key"
    FIELD = "field"  # personal, with a technique
    DATE = "date"
    SUBJECT = "subject"  # whom the record is about
    READ = "read"  # by a condition or a relation
    NONE = "none"


class Governed(StrEnum):
    """How a table is governed."""

    BY_RULES = "by rules"
    BY_PARENT = "by parent"  # goes with the record it belongs to
    DECLARED = "declared"  # in the data map, but nothing disposes of it
    NO = "no"


class ColumnCoverage(Struct, frozen=True, kw_only=True):
    """One column."""

    name: str
    role: Role
    looks_personal: bool  # by its name


class TableCoverage(Struct, frozen=True, kw_only=True):
    """One table or view of one store."""

    store: str
    table: str
    dataset: str | None  # its dataset's id; None: not declared
    governed: Governed
    columns: tuple[ColumnCoverage, ...]


def coverage(register: Register, schemas: Mapping[str, Schema]) -> tuple[TableCoverage, ...]:
    """Every table of every store, by the store's name and the table's."""
    return tuple(
        _table(register, store, schema, table)
        for store, schema in sorted(schemas.items())
        for _, table in sorted(schema.tables.items())
    )


def _table(register: Register, store: str, schema: Schema, table: SchemaTable) -> TableCoverage:
    dataset = next(
        (each for each in register.all_datasets if each.store == store and table_of(each, schema) is table), None
    )
    roles = {} if dataset is None else _roles(register, dataset, schema, table)
    columns = tuple(
        ColumnCoverage(name=name, role=roles.get(name, Role.NONE), looks_personal=looks_personal(name))
        for name in table.columns
    )
    return TableCoverage(
        store=store,
        table=table.name,
        dataset=None if dataset is None else dataset.id,
        governed=_governed(register, dataset, schema, table),
        columns=columns,
    )


def _checked(register: Register, dataset: Dataset, schema: Schema, table: SchemaTable) -> Checked:
    read = columns_read(register, dataset)
    return Checked(register=register, dataset=dataset, schema=schema, table=table, read=read)


def _roles(register: Register, dataset: Dataset, schema: Schema, table: SchemaTable) -> dict[str, Role]:
    checked = _checked(register, dataset, schema, table)
    named = (
        (checked.read, Role.READ),
        (checked.subjects, Role.SUBJECT),
        (dataset.dates, Role.DATE),
        (dataset.fields, Role.FIELD),
        (dataset.key, Role.KEY),
    )
    return {name: role for columns, role in named for name in columns}


def _governed(register: Register, dataset: Dataset | None, schema: Schema, table: SchemaTable) -> Governed:
    if dataset is None:
        return Governed.NO
    if register.rules_for(dataset):
        return Governed.BY_RULES
    child = _checked(register, dataset, schema, table).as_child
    return Governed.BY_PARENT if child else Governed.DECLARED
