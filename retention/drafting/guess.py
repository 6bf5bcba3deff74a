"""What a schema suggests: whose data a table holds, what goes with what, which columns are dates or personal.

Guesses only. A table that looks like persons gives a namespace; a table belongs to the farthest owner that its foreign
keys name, so that contact moments go with their dossier and not with the client; the other keys are left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from retention.drafting import names
from retention.drafting.levels import levels
from retention.drafting.names import Kind
from retention.stores.schema import ForeignKey, Schema, SchemaColumn, SchemaTable
from retention.technique import DateToYear, FixedText, IpPrefix, Nullify, Technique, Truncate, fits

_FAR: Final = 5  # tables between a record and its subject; beyond that nobody would find the path right
_ID: Final = re.compile("[A-Za-z][A-Za-z0-9_]*")  # what may follow the dot of a dataset's id
_BLANK: Final = FixedText("verwijderd")
_TRY: Final[Mapping[Kind, tuple[Technique, ...]]] = {
    Kind.POSTCODE: (Truncate(4), Nullify(), _BLANK),
    Kind.BIRTH: (DateToYear(), Nullify()),
    Kind.NETWORK: (IpPrefix(), Nullify(), _BLANK),
    Kind.NAME: (Nullify(), _BLANK),
    Kind.CONTACT: (Nullify(), _BLANK),
    Kind.NUMBER: (Nullify(), _BLANK),
    Kind.FREE_TEXT: (Nullify(), _BLANK),
    Kind.OTHER: (Nullify(), _BLANK),
}
_FREE: Final = re.compile(r"(tiny|medium|long)?text|(var)?char|character|citext|name$")  # what holds any text


class Path(Struct, frozen=True):
    """How a person is reached from a table: over these keys, then the column; no keys: a column of its own."""

    namespace: str
    hops: tuple[ForeignKey, ...]
    column: str


class Personal(Struct, frozen=True):
    """A column that looks personal, and the technique that fits it; None: none does."""

    column: str
    kind: Kind
    technique: Technique | None


class Guess(Struct, frozen=True, dict=True):
    """One store's schema, and what it suggests."""

    store: str
    schema: Schema
    engine: str = "sqlite"  # as its URL begins

    @cached_property
    def tables(self) -> Mapping[str, SchemaTable]:
        """The tables that can be drafted, by name: no views, none without a key, none whose records are elsewhere."""
        return {name: table for name, table in sorted(self.schema.tables.items()) if _why_not(table) is None}

    @property
    def left_out(self) -> Mapping[str, str]:
        """Why each table or view that cannot be drafted is left out."""
        return {
            name: reason
            for name, table in sorted(self.schema.tables.items())
            if (reason := _why_not(table)) is not None
        }

    def dataset_id(self, table: str) -> str:
        """The id of a table's dataset; the name as it is where it is plain."""
        return f"{self.store}.{self._plain[table]}"

    def constant(self, table: str) -> str:
        """The Python constant of a table's dataset."""
        return names.constant(self._plain[table])

    @cached_property
    def _plain(self) -> Mapping[str, str]:
        """Each table's name as an id may have it; no two give the same constant."""
        found: dict[str, str] = {}
        constants = {"POLICY", "REGISTER"}  # names of the draft itself
        for table in self.tables:
            plain = table if _ID.fullmatch(table) else names.words(table)
            plain = plain if _ID.fullmatch(plain) else f"t_{plain}"
            while names.constant(plain) in constants:
                plain += "_2"
            constants.add(names.constant(plain))
            found[table] = plain
        return found

    def is_person(self, table: str) -> bool:
        """Whether it looks as if its records were persons: a name, and one column that identifies them."""
        return table in self._persons

    @cached_property
    def _persons(self) -> frozenset[str]:
        return frozenset(name for name, table in self.tables.items() if _person(table))

    def paths(self, table: str) -> tuple[Path, ...]:
        """How the persons concerned are reached, the shortest way for each namespace.

        Over its own foreign keys; else, for what looks personal, over those of the persons that refer to it.
        """
        return self._paths[table] or (self._from_persons(table) if self.personal(table) else ())

    @cached_property
    def _paths(self) -> Mapping[str, tuple[Path, ...]]:
        return {table: self._over_own_keys(table) for table in self.tables}

    def _from_persons(self, table: str) -> tuple[Path, ...]:
        found: dict[str, Path] = {}
        for name in self.tables:
            if self.is_person(name):
                for key in self.keys(name):
                    if key.to_table == table:
                        path = self._path(name, (_turned(key),))
                        found.setdefault(path.namespace, path)
        return tuple(found.values())

    def _over_own_keys(self, table: str) -> tuple[Path, ...]:
        found: dict[str, Path] = {}
        reached: list[tuple[str, tuple[ForeignKey, ...]]] = [(table, ())]
        seen: set[str] = set()
        for _ in range(_FAR):
            onward: list[tuple[str, tuple[ForeignKey, ...]]] = []
            for name, hops in reached:
                if self.is_person(name) and not self._only_works_there(name, hops):
                    path = self._path(name, hops)
                    found.setdefault(path.namespace, path)
                if name not in seen:
                    seen.add(name)
                    onward += [(key.to_table, (*hops, key)) for key in self.keys(name)]
            if found:
                break
            reached = onward
        if not found or all(not path.hops for path in found.values()):
            for key in self.keys(table):  # a person that names other persons
                if self.is_person(key.to_table):
                    path = self._path(key.to_table, (key,))
                    found.setdefault(path.namespace, path)
        return tuple(found.values())

    def _only_works_there(self, person: str, hops: tuple[ForeignKey, ...]) -> bool:
        """Whether the last table on the way is one to which the person belongs, as a branch is to its manager."""
        return len(hops) > 1 and self._both_ways(hops[-1].table, person)

    def _both_ways(self, one: str, other: str) -> bool:
        """Whether two tables refer to each other."""
        return any(key.to_table == other for key in self.keys(one)) and any(
            key.to_table == one for key in self.keys(other)
        )

    def _path(self, person: str, hops: tuple[ForeignKey, ...]) -> Path:
        key, namespace = self.tables[person].primary_key, names.namespace(person)
        if hops and len(hops[-1].columns) == 1 and hops[-1].to_columns == key:
            return Path(namespace, hops[:-1], hops[-1].columns[0])  # the referring column says it already
        return Path(namespace, hops, key[0])

    def keys(self, table: str) -> tuple[ForeignKey, ...]:
        """Its foreign keys to other tables that can be drafted."""
        return self._keys[table]

    @cached_property
    def _keys(self) -> Mapping[str, tuple[ForeignKey, ...]]:
        return {
            name: tuple(key for key in table.foreign_keys if key.to_table in self.tables and key.to_table != name)
            for name, table in self.tables.items()
        }

    def owner(self, table: str) -> ForeignKey | None:
        """The key to the table whose records take this one's along; None: it stands by itself, as a person does."""
        return self._owners[table]

    @cached_property
    def _owners(self) -> Mapping[str, ForeignKey | None]:
        upward = {table: self._upward(table) for table in self.tables}
        level = levels({table: {key.to_table for key in keys} for table, keys in upward.items()})

        def nearness(key: ForeignKey) -> tuple[int, bool]:
            return level[key.to_table], not names.looks_like_worker(key.to_table)

        return {
            table: None
            if self.is_person(table) or not self._paths[table]
            else max((key for key in keys if level[key.to_table] < level[table]), key=nearness, default=None)
            for table, keys in upward.items()
        }

    def _upward(self, table: str) -> tuple[ForeignKey, ...]:
        """Its keys to what is about somebody, but for those that the other table returns."""
        return tuple(k for k in self.keys(table) if self._paths[k.to_table] and not self._both_ways(table, k.to_table))

    def children(self, table: str) -> tuple[ForeignKey, ...]:
        """The keys of the tables that it takes along."""
        return tuple(key for key in self._owners.values() if key is not None and key.to_table == table)

    def dates(self, table: str) -> Mapping[str, SchemaColumn]:
        """The columns that hold dates, by type or by name."""
        return {
            name: column
            for name, column in self.tables[table].columns.items()
            if column.python_type in (date, datetime) or (column.python_type is str and names.looks_like_date(name))
        }

    def personal(self, table: str) -> tuple[Personal, ...]:
        """The columns that look personal by name; keys, references and computed ones are never among them."""
        found = self.tables[table]
        keys = {*found.primary_key, *(name for key in found.foreign_keys for name in key.columns)}
        kinds = {name: names.personal_kind(name) for name, column in found.columns.items() if _written(column, keys)}
        return tuple(
            Personal(name, kind, self._technique(table, name, kind)) for name, kind in kinds.items() if kind is not None
        )

    def _technique(self, table: str, name: str, kind: Kind) -> Technique | None:
        column = self.tables[table].columns[name]
        tried = (Nullify(),) if self.is_closed(column) else _TRY[kind]
        held = date if name in self.dates(table) and column.python_type is str else column.python_type
        return next(
            (
                one
                for one in tried
                if fits(one, nullable=column.nullable, python_type=held, length=column.length) is None
            ),
            None,
        )

    def is_instant(self, column: SchemaColumn) -> bool:
        """Whether its values are moments, whatever zone a clock showed."""
        plain = column.sql_type.lower()
        if self.engine == "sqlite":
            return False
        return plain.endswith("with time zone") or (self.engine != "postgresql" and plain.startswith("timestamp"))

    def is_closed(self, column: SchemaColumn) -> bool:
        """Whether it takes only some texts: an enumeration, a network address, a type of the database's own."""
        own = self.engine != "sqlite" and not _FREE.match(column.sql_type.lower())
        return column.python_type is str and (own or column.among is not None)

    def trigger(self, table: str) -> str | None:
        """The date that most probably starts a period; None: it has no date."""
        dates = [name for name in self.dates(table) if names.personal_kind(name) is not Kind.BIRTH]
        steady = [name for name in dates if not (self.dates(table)[name].restamped or names.looks_like_stamp(name))]
        return next((name for name in steady if names.looks_like_closing(name)), steady[-1] if steady else None)

    def example(self) -> str | None:
        """The table that the example policy is about: something that ends, with most below it; None: no table."""

        def fitness(name: str) -> tuple[bool, bool, int]:
            trigger = self.trigger(name)
            ends = trigger is not None and names.looks_like_closing(trigger)
            return ends, trigger is not None, len(self.children(name))

        about = [name for name in self.tables if self.paths(name)] or list(self.tables)
        return max(about, key=fitness, default=None)


def _why_not(table: SchemaTable) -> str | None:
    """Why a table is left out of a draft; None: it is not."""
    if table.remote is not None:
        return f"its records are elsewhere ({table.remote}): give that database a store of its own"
    if table.is_view:
        return "a view: its tables are drafted; declare it by hand to read through it"
    if not table.columns:
        return "a table elsewhere that refers to these: give its database a store of its own"
    return None if table.primary_key else "no primary key, so nothing identifies its records; declare it by hand"


def _turned(key: ForeignKey) -> ForeignKey:
    """A reference as it is followed backwards: from what is referred to."""
    return replace(
        key,
        table=key.to_table,
        columns=key.to_columns,
        to_table=key.table,
        to_columns=key.columns,
        on_delete="NO ACTION",
    )


def _written(column: SchemaColumn, keys: set[str]) -> bool:
    """Whether it could be erased: it is no key or reference, and the database does not compute it."""
    return column.name not in keys and not column.generated


def _person(table: SchemaTable) -> bool:
    kinds = {names.personal_kind(column) for column in table.columns} - {None, Kind.FREE_TEXT}
    several = len(kinds) > 1 or any(names.is_of_a_person(column) for column in table.columns)
    return len(table.primary_key) == 1 and Kind.NAME in kinds and several
