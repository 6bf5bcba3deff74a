"""Whether a run did what it should and nothing else: asked of the database itself, beside its pristine copy."""

from __future__ import annotations

from benchmarks.database import KEPT, LEFT, Database


def check(database: Database) -> None:
    """Compare the database after a run with what should be left of its pristine copy: every row, and no other.

    Raises:
        SystemExit: something went that had to stay, or stayed that had to go.
    """
    expected = database.sums(KEPT, pristine=True)
    found = database.sums(LEFT, pristine=False)
    for table, (rows, hashed) in expected.items():
        if found[table] != (rows, hashed):
            what = f"{found[table][0]} rows are left, not {rows}" if found[table][0] != rows else "rows were changed"
            raise SystemExit(f"{database.name}: {table}: {what}")
