"""What the checks of a dataset share: what is checked, and how a finding is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct, field

from retention.dataset import Dataset, Day, Timestamp
from retention.disposition import Anonymise, Child, Delete
from retention.finding import Finding, Severity
from retention.policy import Register
from retention.reads import subject_columns
from retention.stores.schema import Schema, SchemaTable
from retention.text import Text


class Checked(Struct, frozen=True, kw_only=True):
    """One dataset with its live table."""

    register: Register
    dataset: Dataset
    schema: Schema
    table: SchemaTable
    read: tuple[str, ...]  # the columns that judging reads
    elsewhere: Mapping[str, Schema] = field(default_factory=dict)  # by store, its own too; one left out is not known

    @property
    def declared(self) -> tuple[str, ...]:
        """Every column that a declaration names."""
        bounds = (kind.not_before for kind in self.dataset.dates.values() if kind.not_before)
        named = (*self.dataset.key, *self.subjects, *self.dataset.fields, *self.dataset.dates, *bounds, *self.read)
        return tuple(dict.fromkeys(named))

    @property
    def subjects(self) -> tuple[str, ...]:
        """The columns of its own by which its subjects are reached."""
        found = subject_columns(self.dataset)
        return tuple(sorted(column for dataset_id, column in found if dataset_id == self.dataset.id))

    @property
    def as_child(self) -> tuple[tuple[Dataset, Child], ...]:
        """The datasets whose records take records of this one along, each with that declaration."""
        return parents(self.register, self.dataset)

    @property
    def deleted(self) -> bool:
        """Whether a rule, or a parent, can delete its records."""
        return bool(self.as_child) or any(
            isinstance(rule.then or self.dataset.then, Delete) for _, rule in self.register.rules_for(self.dataset)
        )

    @property
    def updated(self) -> bool:
        """Whether its records can be changed: fields erased, or a relation to one of several parents emptied."""
        erased = bool(self.dataset.fields) and bool(self.register.rules_for(self.dataset))
        return erased or len(self.as_child) > 1

    @property
    def anonymised(self) -> bool:
        """Whether a rule can leave its records without their personal fields."""
        return any(
            isinstance(rule.then or self.dataset.then, Anonymise) for _, rule in self.register.rules_for(self.dataset)
        )

    @property
    def written(self) -> bool:
        """Whether anything can be done to its records."""
        return bool(self.as_child) or bool(self.register.rules_for(self.dataset))

    def at(self, column: str) -> str:
        """A column, as findings name it."""
        return f"{self.dataset.id}.{column}"


def parents(register: Register, dataset: Dataset) -> tuple[tuple[Dataset, Child], ...]:
    """The datasets that take a dataset's records along, by their own disposition or that of one of their rules."""
    found = list(register.parents_of(dataset))
    for policy in register:
        for rule in policy.rules:
            children = rule.then.children if rule.then is not None else ()
            found += ((rule.dataset, child) for child in children if child.dataset_id == dataset.id)
    once = {(parent.id, child.on.pairs): (parent, child) for parent, child in found}
    return tuple(once.values())


def table_of(dataset: Dataset, schema: Schema) -> SchemaTable | None:
    """A dataset's table or view; None when there is none."""
    name = dataset.collection
    own = (name.removeprefix(f"{each}.") for each in ("main", "public", schema.database) if each)
    return next((schema.tables[each] for each in (name, *own) if each in schema.tables), None)


def canonical_type(dataset: Dataset, column: str, schema: Schema) -> type | None:
    """What a column's values are once they are read; None when it is not known."""
    match dataset.dates.get(column):
        case Day():
            return date
        case Timestamp():
            return datetime
        case None:
            table = table_of(dataset, schema)
            live = table.columns.get(column) if table else None
            return live.python_type if live else None


def names(columns: Iterable[str]) -> str:
    """Columns, as a message lists them."""
    return ", ".join(columns) or "—"


def error(code: str, where: str, text: Text, hint: Text) -> Finding:
    """A finding that refuses its dataset."""
    return Finding(severity=Severity.ERROR, code=code, where=where, text=text, hint=hint)


def warning(code: str, where: str, text: Text, hint: Text) -> Finding:
    """A finding that somebody should mend."""
    return Finding(severity=Severity.WARNING, code=code, where=where, text=text, hint=hint)


def notice(code: str, where: str, text: Text, hint: Text) -> Finding:
    """A finding that somebody should know."""
    return Finding(severity=Severity.NOTICE, code=code, where=where, text=text, hint=hint)
