"""A database to sweep: 330 bytes a row, the trigger indexed and correlated with the key, a fifth of it expired.

The same size gives the same rows, on every machine. Every client has ten contact moments, spread over the years; one
client in a hundred is under a hold, which is one in a hundred of what has expired.

    python -m benchmarks.generate --rows 200000 crm.db
"""

from __future__ import annotations

import argparse
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

SIZES: Final = {"smoke": 20_000, "normal": 200_000, "large": 2_000_000}
REFERENCE: Final = date(2026, 7, 1)  # the day that is judged
CUT_OFF: Final = date(2021, 7, 1)  # closed before it and kept five years: expired on the reference date
_FIRST: Final = date(2020, 4, 1)  # the first closing: a fifth of the span lies before the cut-off
_SPAN: Final = (REFERENCE - _FIRST).days
_JITTER: Final = 20  # days by which a closing departs from the order of the keys
_EACH: Final = 10  # contact moments of a client
_HELD: Final = 100  # one client in so many is under a hold
_ATTACHED: Final = 2  # attachments of an expired contact moment
_SOME: Final = 10_000  # rows handed to the driver at once
_SEED: Final = 20260701

SCHEMA: Final = """
PRAGMA journal_mode = WAL;
CREATE TABLE contact_moment (
    id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL, employee_id INTEGER NOT NULL, channel TEXT NOT NULL,
    opened_at DATE NOT NULL, closed_at DATE, subject TEXT NOT NULL, summary TEXT NOT NULL, outcome TEXT,
    postcode TEXT, phone TEXT, created_by TEXT NOT NULL);
CREATE TABLE attachment (
    id INTEGER PRIMARY KEY, contact_moment_id INTEGER NOT NULL REFERENCES contact_moment (id),
    name TEXT NOT NULL, size INTEGER NOT NULL);
CREATE TABLE legal_hold (client_id INTEGER PRIMARY KEY);
"""
INDEXES: Final = """
CREATE INDEX contact_moment_closed_at ON contact_moment (closed_at);
CREATE INDEX contact_moment_client ON contact_moment (client_id);
CREATE INDEX attachment_contact_moment ON attachment (contact_moment_id);
ANALYZE;
PRAGMA wal_checkpoint(TRUNCATE);
"""
EXPIRED: Final = f"closed_at < '{CUT_OFF.isoformat()}'"
FREE: Final = "NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.client_id = contact_moment.client_id)"

Row = tuple[object, ...]
_CUT_OFF_TEXT: Final = CUT_OFF.isoformat()


def clients(rows: int) -> int:
    """How many people the contact moments are about."""
    return max(1, rows // _EACH)


def held(rows: int) -> range:
    """The clients under a hold: as numbers, and as the keys of `legal_hold`."""
    return range(1, clients(rows) + 1, _HELD)


def contact_moments(rows: int) -> Iterator[Row]:
    """Every contact moment, in key order."""
    chance = random.Random(_SEED)
    for key in range(1, rows + 1):
        day = (key - 1) * _SPAN // rows + chance.randint(-_JITTER, _JITTER)
        closed = _FIRST + timedelta(days=min(max(day, 0), _SPAN - 1))
        opened = closed - timedelta(days=chance.randint(0, 90))
        yield (
            key,
            (key * 7919) % clients(rows) + 1,
            chance.randint(1, 400),
            chance.choice(("phone", "mail", "visit", "chat")),
            opened.isoformat(),
            closed.isoformat(),
            f"question {chance.getrandbits(96):024x}",
            f"{chance.getrandbits(840):0210x}",
            chance.choice(("answered", "passed on", "called back")),
            f"{chance.randint(1000, 9999)}AB",
            f"06{chance.randint(10_000_000, 99_999_999)}",
            f"employee{chance.randint(1, 400)}@welfare.example",
        )


def attachments(rows: int) -> Iterator[Row]:
    """What is attached to the expired contact moments, in key order."""
    expired = (moment[0] for moment in contact_moments(rows) if str(moment[5]) < _CUT_OFF_TEXT)
    attached = ((key, number) for key in expired for number in range(_ATTACHED))
    for own, (key, number) in enumerate(attached, start=1):
        yield own, key, f"attachment {number}.pdf", int(str(key)) % 9973


def holds(rows: int) -> Iterator[Row]:
    """The table of holds that the statements of a person pass over."""
    return ((client,) for client in held(rows))


def chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows as they are handed to a driver."""
    while some := list(islice(rows, _SOME)):
        yield some


def generate(path: Path, rows: int) -> None:
    """Write the SQLite database; the file must not be there yet."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        with connection:
            for table, columns, made in TABLES:
                for some in chunks(made(rows)):
                    connection.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * columns)})", some)
        connection.executescript(INDEXES)


TABLES: Final[tuple[tuple[str, int, Callable[[int], Iterator[Row]]], ...]] = (
    ("contact_moment", 12, contact_moments),
    ("attachment", 4, attachments),
    ("legal_hold", 1, holds),
)
"""Every table in the order of their references, how many columns it has, and what makes its rows."""


def main() -> None:
    """Write a database of a given size."""
    parser = argparse.ArgumentParser(description="Write a database to sweep.")
    parser.add_argument("--rows", type=int, default=SIZES["normal"])
    parser.add_argument("path", type=Path)
    asked = parser.parse_args()
    generate(asked.path, asked.rows)


if __name__ == "__main__":
    main()
