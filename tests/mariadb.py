"""A MariaDB server for tests: one that is named, one in a container, or one from Debian's packages.

It is found without being started, and started when the first test asks; each test has a database of its own.
"""

import atexit
import functools
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import pymysql
from sqlalchemy import URL, make_url

from tests.postgresql import in_memory

VARIABLE = "RETENTION_TEST_MARIADB_URL"
IMAGE = "RETENTION_TEST_MARIADB_IMAGE"
SECONDS = 60  # for a server to start
ENGINE_SECONDS = 3  # an engine that does not answer in this time is no engine


def find() -> str | None:
    """How a server can be had here: "url", "container" or "packages"; None: not at all."""
    if os.environ.get(VARIABLE):
        return "url"
    if _engine_answers():
        return "container"
    return "packages" if _packaged() else None


@functools.cache
def server() -> URL:
    """The server, as an account that may make databases."""
    match find():
        case "url":
            return make_url(os.environ[VARIABLE])
        case "container":
            return _container("--innodb-flush-log-at-trx-commit=0").url
        case "packages":
            return Own(HASTY).begin().url
        case _:
            message = "no MariaDB; ask tests.servers.need first"
            raise AssertionError(message)


class Killable(Protocol):
    """A server that dies when it is told to, and comes back over what it left behind."""

    url: URL  # the same after a restart

    def kill(self) -> None:
        """SIGKILL."""

    def start(self) -> None:
        """Start it again; returns when it answers."""


@functools.cache
def durable() -> Killable:
    """A server that syncs what it commits, and that a test may kill: our own, started once a run."""
    return Own(LASTING).begin() if _packaged() else _container(*LASTING)


@contextmanager
def database(on: Killable | None = None) -> Iterator[str]:
    """The URL of a fresh database, which is dropped afterwards: on that server, or the run's one."""
    url = server() if on is None else on.url
    name = f"retention_{secrets.token_hex(6)}"
    _run(url, f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    try:
        yield url.set(drivername="mariadb", database=name).render_as_string(hide_password=False)
    finally:
        _run(url, f"DROP DATABASE {name}")


def connect(url: str | URL) -> pymysql.connections.Connection:
    """A connection of another program, without the code under test."""
    parsed = make_url(url)
    return pymysql.connect(
        host=parsed.host,
        port=parsed.port or 3306,
        user=parsed.username,
        password=parsed.password or "",
        database=parsed.database,
        charset="utf8mb4",
        autocommit=True,
        init_command="SET time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES'",
    )


def sql(url: str | URL, *statements: str) -> None:
    """What another program does."""
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def rows(url: str | URL, query: str) -> tuple[tuple, ...]:
    """What another program sees."""
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def _run(url: URL, statement: str) -> None:
    sql(url.set(database=None), statement)


def _binary(*names: str) -> str | None:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def _engine_answers() -> bool:
    command = shutil.which("docker")
    try:
        asked = command and subprocess.run([command, "info"], capture_output=True, timeout=ENGINE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return bool(asked) and asked.returncode == 0


def _packaged() -> bool:
    return bool(_binary("mariadbd", "mysqld") and _binary("mariadb-install-db", "mysql_install_db"))


class _Contained:
    """A server in a container, on a port that a restart keeps."""

    def __init__(self, options: tuple[str, ...]) -> None:
        from testcontainers.community.mysql import MySqlContainer  # noqa: PLC0415 - imported when used

        image = os.environ.get(IMAGE, "mariadb:10.11")
        container = MySqlContainer(image, username="root", root_password="proef")  # noqa: S106
        self._container = container.with_bind_ports(3306, _free_port()).with_command(list(options))
        self._container.start()
        found = make_url(self._container.get_connection_url())
        self.url = found.set(drivername="mariadb", username="root", password="proef", database=None)  # noqa: S106

    def kill(self) -> None:
        self._container.get_wrapped_container().kill()

    def start(self) -> None:
        self._container.get_wrapped_container().start()
        end = time.monotonic() + SECONDS
        while True:
            try:
                with closing(connect(self.url)):
                    return
            except pymysql.err.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def end(self) -> None:
        self._container.stop()


def _container(*options: str) -> _Contained:
    found = _Contained(options)
    atexit.register(found.end)
    return found


HASTY = ("--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0")
LASTING = ("--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=1")


class Own:
    """A server of our own from packages, which ends with the run."""

    def __init__(self, options: tuple[str, ...]) -> None:
        self._place = Path(tempfile.mkdtemp(prefix="retention-mariadb-", dir=in_memory()))
        self._user = "mysql" if os.geteuid() == 0 else None
        self._options = options
        self._process: subprocess.Popen | None = None
        self.url = URL.create("mariadb", "proef", secrets.token_hex(8), "127.0.0.1", _free_port())

    def begin(self) -> "Own":
        """Make its directory and start it."""
        place = self._place
        if self._user:
            shutil.chown(place, self._user)
        install = [_binary("mariadb-install-db", "mysql_install_db"), "--no-defaults", f"--datadir={place}/data"]
        subprocess.run([*install, *self._as_user, "--auth-root-authentication-method=normal", "--skip-test-db"],
                       check=True, capture_output=True, timeout=SECONDS)  # fmt: skip
        (place / "first.sql").write_text(
            f"CREATE USER IF NOT EXISTS proef@'127.0.0.1' IDENTIFIED BY '{self.url.password}';\n"
            "GRANT ALL ON *.* TO proef@'127.0.0.1' WITH GRANT OPTION;\n"
        )
        (place / "first.sql").chmod(0o644)
        atexit.register(self._end)
        self.start()
        return self

    @property
    def _as_user(self) -> list[str]:
        return [f"--user={self._user}"] if self._user else []

    def start(self) -> None:
        """Start it; returns when it answers."""
        place = self._place
        command = [
            str(_binary("mariadbd", "mysqld")), "--no-defaults", f"--datadir={place}/data", f"--socket={place}/socket",
            f"--pid-file={place}/pid", "--bind-address=127.0.0.1", f"--port={self.url.port}",
            f"--init-file={place}/first.sql", "--skip-name-resolve", "--skip-log-bin",
            "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M", *self._options, *self._as_user,
        ]  # fmt: skip
        with (place / "log").open("w") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        _await(self._process, place / "log", self.url)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(SECONDS)

    def _end(self) -> None:
        self.kill()
        shutil.rmtree(self._place, ignore_errors=True)


def _await(process: subprocess.Popen, log: Path, url: URL) -> None:
    """Wait until the server says that it is ready, or ends."""
    while process.poll() is None:
        text = log.read_text()
        if re.search(r"ready for connections", text):
            with closing(connect(url)):
                return
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    message = f"MariaDB did not start:\n{log.read_text()}"
    raise AssertionError(message)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
