"""What a person could type: one DELETE of the children, one of the parents, each passing over whom a hold covers.

With the durability and the care of our own sessions: foreign keys enforced, each commit synced, on SQLite what is
deleted overwritten. Prints the seconds of the statements and their commit, by the wall and of this process.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Final

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from benchmarks.generate import EXPIRED, FREE

_CARE: Final = ("foreign_keys = ON", "secure_delete = ON", "synchronous = FULL")
_DUE: Final = f"{EXPIRED} AND {FREE}"
_PLAIN: Final = (
    f"DELETE FROM attachment WHERE contact_moment_id IN (SELECT id FROM contact_moment WHERE {_DUE})",
    f"DELETE FROM contact_moment WHERE {_DUE}",
)
_UNHELD: Final = f"LEFT JOIN legal_hold h ON h.client_id = c.client_id WHERE c.{EXPIRED} AND h.client_id IS NULL"
_JOINED: Final = (  # MariaDB plans a DELETE with a join, and not one with a sub-query
    f"DELETE a FROM attachment a JOIN contact_moment c ON c.id = a.contact_moment_id {_UNHELD}",
    f"DELETE c FROM contact_moment c {_UNHELD}",
)
_DRIVER: Final = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}


def main() -> None:
    """Delete what is due from the database that is named by its URL."""
    url = make_url(sys.argv[1])
    engine = url.get_backend_name()
    made = create_engine(url.set(drivername=_DRIVER[engine]), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with made.connect() as connection:
        for pragma in _CARE if engine == "sqlite" else ():
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        started, used = time.perf_counter(), time.process_time()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if engine == "sqlite" else "BEGIN")
        children, parents = (
            connection.exec_driver_sql(statement).rowcount for statement in (_JOINED if engine == "mariadb" else _PLAIN)
        )
        connection.exec_driver_sql("COMMIT")
        seconds, cpu = time.perf_counter() - started, time.process_time() - used
    print(json.dumps({"seconds": seconds, "cpu": cpu, "parents": parents, "children": children}))


if __name__ == "__main__":
    main()
