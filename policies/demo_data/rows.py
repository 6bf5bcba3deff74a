"""Rows before they are written: by dataset, with the key that the data map says they have."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from ..data_map import DATASETS
from .schema import SCHEMA

Value = str | int | float | date | None
Values = dict[str, Value]
Key = tuple[Value, ...]

_KEYS: Final[Mapping[str, tuple[str, ...]]] = {dataset.id: dataset.key for dataset in DATASETS}
_INDEX_SECRET: Final = b"not a secret: the demo organisation's persons do not exist"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of one dataset; dates as such, timestamps in the text form of their column."""

    dataset: str
    values: Mapping[str, Value]

    @property
    def key(self) -> Key:
        """The values of its key columns."""
        return tuple(self.values[column] for column in _KEYS[self.dataset])


def row(dataset: str, **values: Value) -> Row:
    """A row by the names of its columns."""
    return Row(dataset, values)


@dataclass(slots=True)
class Rows:
    """Everything that will be written, by dataset."""

    found: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, *rows: Row) -> None:
        """Add rows, in order."""
        for row in rows:
            self.found.setdefault(row.dataset, []).append(row)

    def of(self, dataset: str) -> list[Row]:
        """The rows of one dataset so far; may be changed in place."""
        return self.found.setdefault(dataset, [])

    def counts(self) -> dict[str, int]:
        """How many rows each dataset has, also those that have none."""
        return {dataset: len(self.found.get(dataset, ())) for dataset in _KEYS}

    def write(self, directory: Path) -> None:
        """Write one new database a store.

        Raises:
            FileExistsError: a database of that name is there already; it is never overwritten.

        """
        for store, ddl in SCHEMA.items():
            path = directory / f"{store}.db"
            if path.exists():
                raise FileExistsError(f"{path} exists already; choose an empty directory, or remove it yourself.")
            with closing(sqlite3.connect(path)) as connection:
                # Orphan rows are among the defects, so references are not enforced while writing.
                connection.execute("PRAGMA foreign_keys = OFF")
                connection.execute("PRAGMA synchronous = OFF")
                connection.executescript(ddl)
                for dataset, rows in self.found.items():
                    if dataset.startswith(f"{store}."):
                        _insert(connection, dataset.partition(".")[2], rows)
                connection.commit()


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    by_columns: dict[tuple[str, ...], list[tuple[Value, ...]]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row.values), []).append(tuple(stored(value) for value in row.values.values()))
    for columns, values in by_columns.items():
        marks = ", ".join("?" * len(columns))
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of our own schema
        connection.executemany(insert, values)


def stored(value: Value) -> str | int | float | None:
    """A value as it is written: a date as its text."""
    return value.isoformat() if isinstance(value, date) else value


def stamp(day: date, hour: int = 10, minute: int = 0) -> str:
    """A timestamp as text with a space, without a zone."""
    return f"{day.isoformat()} {hour:02d}:{minute:02d}:00"


def stamp_z(day: date, hour: int = 10, minute: int = 0) -> str:
    """A timestamp as text with a T and a Z."""
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}:00Z"


def epoch(day: date, hour: int = 10, second: int = 0) -> int:
    """Seconds since 1970, UTC."""
    moment = datetime.combine(day, time(hour), UTC)
    return int((moment + timedelta(seconds=second)).timestamp())


def keyed(text: str) -> str:
    """The keyed hash under which the privacy office finds a person."""
    return hmac.new(_INDEX_SECRET, text.casefold().encode(), hashlib.sha256).hexdigest()
