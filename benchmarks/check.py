"""Whether a run did what it should and nothing else: asked of the database itself, beside its pristine copy."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from benchmarks.generate import EXPIRED, FREE

_KEPT: Final = f"NOT ({EXPIRED} AND {FREE})"
_QUESTIONS: Final = {  # each counts what must not be
    "expired and not held, and still there": f"SELECT count(*) FROM main.contact_moment WHERE {EXPIRED} AND {FREE}",
    "kept, and gone or changed": (
        f"SELECT count(*) FROM (SELECT * FROM pristine.contact_moment WHERE {_KEPT} "
        "EXCEPT SELECT * FROM main.contact_moment)"
    ),
    "attachments of what is kept, gone or changed": (
        "SELECT count(*) FROM (SELECT * FROM pristine.attachment WHERE contact_moment_id IN "
        f"(SELECT id FROM pristine.contact_moment WHERE {_KEPT}) EXCEPT SELECT * FROM main.attachment)"
    ),
    "attachments of what is gone": (
        "SELECT count(*) FROM main.attachment WHERE contact_moment_id NOT IN (SELECT id FROM main.contact_moment)"
    ),
}


def due(pristine: Path) -> int:
    """How many records must go."""
    with closing(sqlite3.connect(pristine)) as connection:
        question = f"SELECT count(*) FROM contact_moment WHERE {EXPIRED} AND {FREE}"
        [(found,)] = connection.execute(question)
        return int(found)


def check(database: Path, pristine: Path) -> None:
    """Compare the database after a run with what it was.

    Raises:
        SystemExit: something went that had to stay, or stayed that had to go.
    """
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("ATTACH ? AS pristine", (str(pristine),))
        for what, question in _QUESTIONS.items():
            [(found,)] = connection.execute(question)
            if found:
                raise SystemExit(f"{database}: {found} records {what}")
