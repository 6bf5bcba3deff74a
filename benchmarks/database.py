"""What is measured on: a database of one engine, with pristine copies of it, and what both hold."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, Protocol

from benchmarks.generate import EXPIRED, FREE, generate

_KEPT: Final = f"NOT ({EXPIRED} AND {FREE})"
KEPT: Final = {  # of the pristine copy, what must be left, by table
    "contact_moment": f"SELECT {{}} FROM contact_moment WHERE {_KEPT}",
    "attachment": "SELECT {} FROM attachment WHERE contact_moment_id IN "
    f"(SELECT id FROM contact_moment WHERE {_KEPT})",
}
LEFT: Final = {table: f"SELECT {{}} FROM {table}" for table in KEPT}
DUE: Final = f"SELECT count(*) FROM contact_moment WHERE {EXPIRED} AND {FREE}"

Sums = Mapping[str, tuple[int, int]]
"""By table, how many rows and the sum of what each of them hashes to."""


class Database(Protocol):
    """One engine's database, swept again and again."""

    @property
    def name(self) -> str:
        """The engine with its version, as results name it."""
        ...

    @property
    def title(self) -> str:
        """What follows the size in the heading of its results: "" or " on PostgreSQL"."""
        ...

    @property
    def url(self) -> str:
        """How `init` is told of it, from the installation's folder."""
        ...

    def generate(self, rows: int) -> None:
        """Write it, and its pristine copy."""
        ...

    def restore(self) -> None:
        """Put it back as it was written, warm."""
        ...

    def sums(self, questions: Mapping[str, str], *, pristine: bool) -> Sums:
        """What the database, or its pristine copy, holds."""
        ...

    def due(self) -> int:
        """How many records must go."""
        ...

    def cpu(self) -> float | None:
        """Seconds of a processor that the server has used; None: there is none, or it cannot be told."""
        ...


class Sqlite:
    """A file in the installation's folder."""

    title = ""
    name = f"SQLite {sqlite3.sqlite_version}"

    def __init__(self, folder: Path, copies: Path) -> None:
        self._file = folder / "crm.db"
        self._pristine = copies / "crm.db"

    @property
    def url(self) -> str:
        """The file beside the configuration."""
        return f"sqlite:///{self._file.name}"

    def generate(self, rows: int) -> None:
        """Write the file and a copy."""
        generate(self._file, rows)
        shutil.copy(self._file, self._pristine)

    def restore(self) -> None:
        """Copy it back and read it once."""
        for file in self._file.parent.glob(f"{self._file.name}*"):
            file.unlink()
        shutil.copy(self._pristine, self._file)
        with self._file.open("rb", buffering=0) as copied:
            while copied.read(1 << 20):
                pass

    def sums(self, questions: Mapping[str, str], *, pristine: bool) -> Sums:
        """Rows as Python hashes them, all in this process."""
        found = {}
        with closing(sqlite3.connect(self._pristine if pristine else self._file)) as connection:
            for table, question in questions.items():
                rows = [hash(row) for row in connection.execute(question.format("*"))]
                found[table] = len(rows), sum(rows)
        return found

    def due(self) -> int:
        """Counted in the pristine copy."""
        with closing(sqlite3.connect(self._pristine)) as connection:
            [(found,)] = connection.execute(DUE)
            return int(found)

    def cpu(self) -> float | None:
        """There is no server."""
        return None
