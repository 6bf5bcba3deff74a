"""Declarations compared with the live schema: every mistake at once, before anything is planned or swept.

Pure. What it finds of severity ERROR refuses the dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from retention.dataset import Dataset, Timestamp
from retention.finding import Finding
from retention.policy import Register
from retention.stores.check_acts import check_acts
from retention.stores.check_dates import check_dates
from retention.stores.check_engine import check_engine
from retention.stores.check_fields import check_fields
from retention.stores.check_links import check_indexes, check_links
from retention.stores.check_tools import Checked, error, names, table_of
from retention.stores.schema import Schema
from retention.text import Text

_HIDDEN: Final = Text(
    nl=" Of dit account mag haar niet zien: `retention grants`.",
    en=" Or this account may not see it: `retention grants`.",
)


def check(  # noqa: PLR0913 - the two schemas are of one dataset and of what it is related to
    register: Register,
    dataset: Dataset,
    schema: Schema,
    columns: Sequence[str],
    *,
    elsewhere: Mapping[str, Schema] | None = None,
    quote: str = '"',
) -> tuple[Finding, ...]:
    """Every mistake in what is declared of one dataset.

    `columns` is everything that judging reads of it (`reads.columns_read`); `elsewhere` holds the schemas of other
    stores by name, as far as they are known; `quote` is how the engine quotes names.
    """
    table = table_of(dataset, schema)
    if table is None or not table.columns:  # one that is only known by what refers to it is closed to this account
        like = get_close_matches(dataset.collection, schema.tables, 1) if table is None else ()
        near = "".join(f" ({{}} {name!r}?)" for name in like)
        return (
            error(
                "TABLE_MISSING",
                dataset.id,
                Text(
                    nl=f"er is geen tabel of view {dataset.collection!r}",
                    en=f"there is no table or view {dataset.collection!r}",
                ),
                Text(
                    nl=f"Verbeter de declaratie{near.format('bedoelt u')}, herstel de tabel, of geef dit account er "
                    "rechten op (`retention grants`): anders ziet het haar niet.",
                    en=f"Correct the declaration{near.format('did you mean')}, restore the table, or grant this "
                    "account privileges on it (`retention grants`): else it does not see it.",
                ),
            ),
        )
    checked = Checked(
        register=register,
        dataset=dataset,
        schema=schema,
        table=table,
        read=tuple(columns),
        elsewhere={**(elsewhere or {}), dataset.store: schema},
    )
    return (
        *_unknown_columns(checked),
        *_key(checked),
        *check_engine(checked),
        *check_acts(checked),
        *check_dates(checked),
        *check_links(checked),
        *check_fields(checked),
        *check_indexes(checked, quote),
    )


def _unknown_columns(checked: Checked) -> Iterator[Finding]:
    live = checked.table.columns
    hidden = Text(nl="", en="") if checked.table.references_seen else _HIDDEN
    for name in checked.declared:
        if name not in live:
            near = get_close_matches(name, live, 1)
            yield error(
                "COLUMN_UNKNOWN",
                checked.at(name),
                Text(nl=f"de tabel heeft geen kolom {name!r}", en=f"the table has no column {name!r}"),
                Text(
                    nl=(f"Bedoelt u {near[0]!r}?" if near else f"Kolommen: {names(live)}.") + hidden.nl,
                    en=(f"Did you mean {near[0]!r}?" if near else f"Columns: {names(live)}.") + hidden.en,
                ),
            )


def _key(checked: Checked) -> Iterator[Finding]:
    dataset, table = checked.dataset, checked.table
    known = [table.columns[name] for name in dataset.key if name in table.columns]
    for column in known:
        if column.nullable and not table.is_view:
            yield error(
                "KEY_NULLABLE",
                checked.at(column.name),
                Text(nl="een sleutelkolom mag leeg zijn", en="a key column may be NULL"),
                Text(nl="Kies een sleutel die nooit leeg is.", en="Choose a key that is never NULL."),
            )
        if column.python_type is float:
            yield error(
                "KEY_FLOAT",
                checked.at(column.name),
                Text(nl="een sleutelkolom is een drijvendekommagetal", en="a key column is a floating-point number"),
                Text(nl="Kies een sleutel die exact is.", en="Choose a key that is exact."),
            )
        declared = dataset.dates.get(column.name)
        if isinstance(declared, Timestamp) and declared.zone is None:
            yield error(
                "KEY_OFFSET",
                checked.at(column.name),
                Text(
                    nl="een tijdstip met eigen offset heeft vele schrijfwijzen",
                    en="a timestamp with its own offset can be written in many ways",
                ),
                Text(nl="Kies een andere sleutel.", en="Choose another key."),
            )
    unique = (table.primary_key, *table.unique)
    if len(known) == len(dataset.key) and not table.is_view and not _is_unique(dataset.key, unique):
        yield error(
            "KEY_NOT_UNIQUE",
            dataset.id,
            Text(
                nl=f"niets in de database maakt ({names(dataset.key)}) uniek",
                en=f"nothing in the database makes ({names(dataset.key)}) unique",
            ),
            Text(
                nl=f"Gebruik de primaire sleutel ({names(table.primary_key)}) of een unieke index.",
                en=f"Use the primary key ({names(table.primary_key)}) or a unique index.",
            ),
        )


def _is_unique(key: Sequence[str], unique: Sequence[Sequence[str]]) -> bool:
    return any(columns and set(columns) <= set(key) for columns in unique)
