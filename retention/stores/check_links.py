"""Relations: foreign keys that nobody declared, joins that cannot join, and the indexes that they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from retention.dataset import Dataset, Timestamp
from retention.finding import Finding
from retention.policy import Register
from retention.reads import Reading, readings
from retention.relation import Join
from retention.stores.check_dates import scanned_columns
from retention.stores.check_tools import Checked, canonical_type, error, names, parents, table_of, warning
from retention.stores.schema import ForeignKey, SchemaTable
from retention.text import Text

_EFFECT = {
    "CASCADE": Text(nl="neemt records mee zonder bewijs", en="takes records along without proof"),
    "SET NULL": Text(nl="maakt daar een kolom leeg", en="empties a column there"),
    "UNKNOWN": Text(
        nl="neemt misschien records mee: dit account krijgt dat niet te zien",
        en="may take records along: this account is not shown whether",
    ),
    "SET DEFAULT": Text(nl="wijzigt daar een kolom", en="changes a column there"),
}
_BLOCKS = Text(nl="verhindert vernietiging", en="blocks disposal")
_NUMBERS = ("int", "Decimal", "bool")


def check_links(checked: Checked) -> Iterator[Finding]:
    """What refers to the dataset without being declared, and declared relations that cannot work."""
    if checked.deleted:
        for key in referring(checked.dataset, checked.schema.tables.values(), checked.table.name):
            if not _declared(checked, key):
                yield _undeclared(checked, key)
    yield from _unlinks(checked)
    for other, on in _relations(checked):
        yield from _joinable(checked, other, on)


def check_indexes(checked: Checked, quote: str) -> Iterator[Finding]:
    """Columns that the nightly work looks records up by, without an index that starts with them."""
    if checked.table.is_view:
        return
    wanted: list[tuple[str, ...]] = [(name,) for name in scanned_columns(checked.register, checked.dataset)]
    wanted += [on.theirs for _, on in _relations(checked)]
    for columns in dict.fromkeys(wanted):
        if all(name in checked.table.columns for name in columns) and not _indexed(checked.table, columns):
            yield warning(
                "INDEX_MISSING",
                checked.at(columns[0]),
                Text(nl=f"geen index begint met ({names(columns)})", en=f"no index starts with ({names(columns)})"),
                Text(nl=f"{_create(checked.table, columns, quote)};", en=f"{_create(checked.table, columns, quote)};"),
            )


def referring(dataset: Dataset, tables: Iterable[SchemaTable], name: str) -> list[ForeignKey]:
    """The foreign keys of any table that refer to a dataset's table."""
    found = [key for table in tables for key in table.foreign_keys if key.to_table in (name, dataset.collection)]
    return sorted(found, key=lambda key: (key.table, key.columns))


def _declared(checked: Checked, key: ForeignKey) -> bool:
    """Whether a child of ours, or a rule that protects us, says that these records refer to ours.

    Where the database would change them by itself, that must be said of every such record.
    """
    pairs = set(zip(key.columns, key.to_columns, strict=False))  # a reference to a missing table has no columns
    return any(
        _is_table(checked, other, key.table)
        and set(on.pairs) >= pairs
        and (key.on_delete not in _EFFECT or (always and on.where is None and set(on.pairs) == pairs))
        for other, on, always in _ours(checked.register, checked.dataset, exact=not _equates(checked, key))
    )


def _equates(checked: Checked, key: ForeignKey) -> bool:
    """Whether a reference in another spelling counts for the database: it would cascade, and not protect."""
    return any(live.lenient for name in key.to_columns if (live := checked.table.columns.get(name)) is not None)


def _ours(register: Register, dataset: Dataset, *, exact: bool) -> Iterator[tuple[Dataset, Join, bool]]:
    """The declared relations into a dataset, and whether each counts for all its records."""
    for _, rule in register.rules_for(dataset):
        if rule.while_referenced_by is not None and rule.on is not None:
            yield rule.while_referenced_by, rule.on, rule.where is None and exact
    for other in register.all_datasets:
        yield from ((other, child.on, True) for parent, child in parents(register, other) if parent is dataset)


def _is_table(checked: Checked, other: Dataset, name: str) -> bool:
    table = table_of(other, checked.schema)
    return other.store == checked.dataset.store and table is not None and table.name == name


def _undeclared(checked: Checked, key: ForeignKey) -> Finding:
    effect = _EFFECT.get(key.on_delete, _BLOCKS)
    where = f"{key.table}({names(key.columns)})"
    return error(
        "FOREIGN_KEY_UNDECLARED",
        checked.dataset.id,
        Text(
            nl=f"{where} verwijst hierheen (ON DELETE {key.on_delete}) en {effect.nl}",
            en=f"{where} refers to it (ON DELETE {key.on_delete}) and {effect.en}",
        ),
        Text(
            nl=f"Declareer {key.table} als Child, of bescherm met while_referenced_by op dezelfde kolommen.",
            en=f"Declare {key.table} as a Child, or protect with while_referenced_by on the same columns.",
        ),
    )


def _unlinks(checked: Checked) -> Iterator[Finding]:
    """A child of several parents stays with one of them, so its relation to the others must be able to be NULL."""
    if len(checked.as_child) < 2:  # noqa: PLR2004 - several
        return
    for name in dict.fromkeys(name for _, child in checked.as_child for name in child.on.theirs):
        column = checked.table.columns.get(name)
        if column is not None and (not column.nullable or column.generated or name in checked.dataset.key):
            yield error(
                "UNLINK_NOT_NULLABLE",
                checked.at(name),
                Text(
                    nl="een kind van meer ouders wordt losgemaakt, maar deze kolom kan niet leeg zijn",
                    en="a child of several parents is unlinked, but this column cannot be NULL",
                ),
                Text(
                    nl="Maak de kolom leegbaar, of declareer één ouder.",
                    en="Let the column be NULL, or declare one parent.",
                ),
            )


def _relations(checked: Checked) -> list[tuple[Dataset, Join]]:
    """Every relation by which records of this dataset are looked up, with the dataset it comes from."""
    found = [(parent, child.on) for parent, child in checked.as_child]
    for other in checked.register.all_datasets:
        found += _into(checked.dataset, other, readings(checked.register, other))
    once = {(other.id, on.pairs): (other, on) for other, on in found}
    return list(once.values())


def _into(dataset: Dataset, own: Dataset, found: Iterable[Reading]) -> Iterator[tuple[Dataset, Join]]:
    for reading in found:
        if reading.dataset is dataset:
            yield own, reading.on
        yield from _into(dataset, reading.dataset, reading.then)


def _joinable(checked: Checked, other: Dataset, on: Join) -> Iterator[Finding]:
    for theirs, ours in on.pairs:
        declared = checked.dataset.dates.get(theirs)
        if isinstance(declared, Timestamp) and declared.zone is None:
            yield error(
                "RELATION_OFFSET",
                checked.at(theirs),
                Text(
                    nl="een tijdstip met eigen offset kan geen relatie dragen",
                    en="a timestamp with its own offset cannot carry a relation",
                ),
                Text(nl="Gebruik een andere kolom.", en="Use another column."),
            )
        if other.store not in checked.elsewhere:
            continue
        mine = canonical_type(checked.dataset, theirs, checked.schema)
        its = canonical_type(other, ours, checked.elsewhere[other.store])
        if mine is not None and its is not None and _family(mine) != _family(its):
            yield error(
                "RELATION_TYPE",
                checked.at(theirs),
                Text(
                    nl=f"{mine.__name__} is nooit gelijk aan {other.id}.{ours}, {its.__name__}",
                    en=f"{mine.__name__} never equals {other.id}.{ours}, {its.__name__}",
                ),
                Text(
                    nl="Relateer kolommen van hetzelfde type, zo nodig door een view.",
                    en="Relate columns of the same type, by a view if need be.",
                ),
            )


def _family(kind: type) -> str:
    return "number" if kind.__name__ in _NUMBERS else kind.__name__


def _indexed(table: SchemaTable, columns: Sequence[str]) -> bool:
    """Whether some index starts with these columns, in any order."""
    indexes = (*table.indexes, *table.unique, table.primary_key)
    return any(set(index[: len(columns)]) == set(columns) for index in indexes)


def _create(table: SchemaTable, columns: Sequence[str], quote: str) -> str:
    def quoted(name: str) -> str:
        return quote + name.replace(quote, quote * 2) + quote

    index = quoted("_".join(("ix", table.name, *columns)))
    return f"CREATE INDEX {index} ON {quoted(table.name)} ({', '.join(map(quoted, columns))})"
