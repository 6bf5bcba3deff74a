"""What a person could type: one DELETE of the children, one of the parents, each passing over whom a hold covers.

With the durability and the care of our own sessions: foreign keys enforced, what is deleted overwritten, each commit
synced. Prints the seconds of the statements and their commit.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from contextlib import closing
from typing import Final

from benchmarks.generate import EXPIRED, FREE

_CARE: Final = ("foreign_keys = ON", "secure_delete = ON", "synchronous = FULL")
_DUE: Final = f"{EXPIRED} AND {FREE}"
_CHILDREN: Final = f"DELETE FROM attachment WHERE contact_moment_id IN (SELECT id FROM contact_moment WHERE {_DUE})"
_PARENTS: Final = f"DELETE FROM contact_moment WHERE {_DUE}"


def main() -> None:
    """Delete what is due from the database that is named."""
    with closing(sqlite3.connect(sys.argv[1], isolation_level=None)) as connection:
        for pragma in _CARE:
            connection.execute(f"PRAGMA {pragma}")
        started = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        children = connection.execute(_CHILDREN).rowcount
        parents = connection.execute(_PARENTS).rowcount
        connection.execute("COMMIT")
        seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "parents": parents, "children": children}))


if __name__ == "__main__":
    main()
