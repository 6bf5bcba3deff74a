"""Drift: what has changed in a schema since it was last looked at, and whether it still may be swept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from retention.dataset import Dataset
from retention.finding import Finding
from retention.stores.check_links import referring
from retention.stores.check_tools import error, names, notice, table_of
from retention.stores.schema import ForeignKey, Schema, SchemaColumn
from retention.text import Text


def schema_fingerprint(dataset: Dataset, schema: Schema, columns: Sequence[str]) -> str:
    """What a dataset's safety rests on in the live schema, as canonical JSON; "null" without a table.

    `columns` is what judging reads (`reads.columns_read`): key, triggers, conditions, relations, fields.
    """
    table = table_of(dataset, schema)
    if table is None:
        return "null"
    watched = dict.fromkeys((*dataset.key, *dataset.dates, *columns))
    seen = {
        "columns": sorted(table.columns),
        "key": [_typed(table.columns.get(name)) for name in dataset.key],
        "read": {name: _typed(table.columns.get(name)) for name in watched},
        "referring": [_link(key) for key in referring(dataset, schema.tables.values(), table.name)],
        "triggers": sorted([one.name, one.digest] for one in table.acts),
        "unique": sorted(sorted(each) for each in {table.primary_key, *table.unique}),
    }
    return json.dumps(seen, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def drift(dataset: Dataset, before: str, after: str) -> tuple[Finding, ...]:
    """What two fingerprints differ in: what refuses the dataset, and what somebody should know."""
    old, new = json.loads(before), json.loads(after)
    if new is None or old is None:
        return () if old == new else (_changed(dataset.id, "TABLE_CHANGED", "tabel", "table"),)
    return tuple(_differences(dataset, old, new))


def _differences(dataset: Dataset, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Finding]:
    if old["key"] != new["key"] or old["unique"] != new["unique"]:
        yield _changed(dataset.id, "KEY_CHANGED", "sleutel", "key")
    for name in sorted({*old["read"], *new["read"]}):
        if name not in dataset.key and old["read"].get(name, ...) != new["read"].get(name, ...):
            yield _changed(f"{dataset.id}.{name}", "COLUMN_CHANGED", "gelezen kolom", "column that is read")
    for link in (each for each in new["referring"] if each not in old["referring"]):
        yield error(
            "REFERENCE_NEW",
            dataset.id,
            Text(nl=f"nieuwe verwijzing hierheen: {link}", en=f"a new reference to it: {link}"),
            Text(nl=_LOOK.nl, en=_LOOK.en),
        )
    if old["triggers"] != new["triggers"]:
        yield _changed(dataset.id, "DATABASE_TRIGGER_CHANGED", "databasetrigger", "database trigger")
    added = sorted(set(new["columns"]) - set(old["columns"]))
    if added:
        yield notice(
            "COLUMN_NEW",
            dataset.id,
            Text(nl=f"nieuwe kolommen: {names(added)}", en=f"new columns: {names(added)}"),
            Text(nl="Declareer wat persoonlijk is.", en="Declare what is personal."),
        )


_LOOK = Text(
    nl="Draai `retention policies check`, pas de declaratie aan en laat haar opnieuw goedkeuren.",
    en="Run `retention policies check`, correct the declaration and have it approved again.",
)


def _changed(where: str, code: str, nl: str, en: str) -> Finding:
    return error(
        code,
        where,
        Text(nl=f"{nl} gewijzigd sinds de goedkeuring", en=f"{en} changed since it was approved"),
        _LOOK,
    )


def _typed(column: SchemaColumn | None) -> list[object] | None:
    return None if column is None else [column.name, column.sql_type, column.nullable, column.generated]


def _link(key: ForeignKey) -> str:
    return f"{key.table}({names(key.columns)}) -> ({names(key.to_columns)}) ON DELETE {key.on_delete}"
