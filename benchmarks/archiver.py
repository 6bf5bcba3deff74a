"""pt-archiver, which people use for this on MariaDB: first the children, then the parents, 10,000 at a time."""

from __future__ import annotations

import shutil
import subprocess
import time
from typing import Final

from sqlalchemy.engine import URL

from benchmarks.generate import EXPIRED, FREE
from benchmarks.on_server import NAME

PROGRAM: Final = "pt-archiver"
_DUE: Final = f"{EXPIRED} AND {FREE}"
_TABLES: Final = {
    "attachment": f"contact_moment_id IN (SELECT id FROM contact_moment WHERE {_DUE})",
    "contact_moment": _DUE,
}
_OPTIONS: Final = (
    *("--purge", "--primary-key-only", "--bulk-delete", "--limit", "10000", "--commit-each"),
    *("--no-check-charset", "--no-version-check"),
)


def installed() -> bool:
    """Whether it is here."""
    return shutil.which(PROGRAM) is not None


def archive(server: URL) -> float:
    """Delete what is due; the seconds of both processes.

    Raises:
        SystemExit: it did not end well; its own words are shown.
    """
    started = time.perf_counter()
    for table, due in _TABLES.items():
        command = [PROGRAM, "--source", f"{_source(server)},D={NAME},t={table}", "--where", due, *_OPTIONS]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{PROGRAM} of {table}: exit status {done.returncode}\n{done.stderr}")
    return time.perf_counter() - started


def _source(server: URL) -> str:
    """The server as Percona's tools name one."""
    parts = {"u": server.username, "p": server.password, "h": server.host, "P": server.port,
             "S": server.query.get("unix_socket")}  # fmt: skip
    return ",".join(f"{name}={value}" for name, value in parts.items() if value)
