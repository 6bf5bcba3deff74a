"""MariaDB and MySQL servers for tests: one that is named, one in a container, or one from Debian's packages.

A server is named as in tests.servers: "mariadb" is the one that everything runs on, "mariadb11" another version, on
which the conformance suite runs as well. It is found without being started; each test has a database of its own.
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

from tests import engine
from tests.guardian import guard
from tests.postgresql import in_memory, variable

DEFAULT = "mariadb"
MYSQL = "mysql"
DEFAULT_IMAGE = "mariadb:10.11"  # the oldest that the store promises
SECONDS = 60  # for a server to start


def find(name: str = DEFAULT) -> str | None:
    """How this server can be had here: "url", "container" or "packages"; None: not at all."""
    if os.environ.get(variable(name, "URL")):
        return "url"
    if _image(name) and engine.answers():
        return "container"
    packaged = _packaged_mysql() if name == MYSQL else _packaged(name.removeprefix(DEFAULT))
    return "packages" if packaged else None


def packaged() -> bool:
    """Whether a server of our own can be started here, however others are had."""
    return bool(_packaged(""))


@functools.cache
def server(name: str = DEFAULT) -> URL:
    """The server, as an account that may make databases."""
    match find(name):
        case "url":
            return make_url(os.environ[variable(name, "URL")])
        case "container":
            return _Contained(str(_image(name)), HASTY, daemon="mysqld" if name == MYSQL else "mariadbd").url
        case "packages":
            return (OwnMysql if name == MYSQL else Own)(HASTY).begin().url
        case _:
            message = f"no {name}; ask tests.servers.need first"
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
    return Own(LASTING).begin() if _packaged() else _Contained(str(_image(DEFAULT)), LASTING)


@contextmanager
def database(on: Killable | None = None, *, of: str = DEFAULT) -> Iterator[str]:
    """The URL of a fresh database, which is dropped afterwards: on that server, or the run's one of that name."""
    url = server(of) if on is None else on.url
    name = f"retention_{secrets.token_hex(6)}"
    _run(url, f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    try:
        yield url.set(drivername=MYSQL if of == MYSQL else DEFAULT, database=name).render_as_string(hide_password=False)
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
        ssl_disabled=True,  # to read the machine's certificates takes longer than all else
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


def _image(name: str) -> str | None:
    # Another version is not pulled unasked: it would be a gigabyte that nobody expects.
    return os.environ.get(variable(name, "IMAGE")) or (DEFAULT_IMAGE if name == DEFAULT else None)


def _packaged(major: str = "") -> bool:
    """Whether a server of this version ("": any) is installed."""
    daemon, install = _binary("mariadbd", "mysqld"), _binary("mariadb-install-db", "mysql_install_db")
    if daemon is None or install is None:
        return False
    said = subprocess.run([daemon, "--version"], capture_output=True, text=True, check=False, timeout=60).stdout
    found = re.search(r"Ver (\d+)\.[\d.]+-MariaDB", said)
    return found is not None and major in {"", found[1]}


def _packaged_mysql() -> bool:
    """Whether MySQL itself is installed: MariaDB's server goes by its name too."""
    daemon = _binary("mysqld")
    if daemon is None:
        return False
    said = subprocess.run([daemon, "--version"], capture_output=True, text=True, check=False, timeout=60).stdout
    return "MariaDB" not in said


class _Contained:
    """A server in a container, on a port that a restart keeps."""

    def __init__(self, image: str, options: tuple[str, ...], daemon: str = "mariadbd") -> None:
        from testcontainers.community.mysql import MySqlContainer  # noqa: PLC0415 - imported when used

        # The official image's first server, which makes the accounts, says "port: 0".
        container = MySqlContainer(
            image, username="root", password=secrets.token_hex(8),
            wait_strategy_check_string=r"ready for connections.*port: 3306",
        )  # fmt: skip
        container.with_bind_ports(3306, _free_port()).with_command([daemon, "--skip-name-resolve", *options])
        if daemon == "mysqld":  # it writes a fifth of a gigabyte before it starts, and no test kills it
            container.with_tmpfs_mount("/var/lib/mysql")
        self._container = engine.run(container)
        found = make_url(self._container.get_connection_url())
        host = "127.0.0.1" if found.host == "localhost" else found.host  # "localhost" is a socket to some clients
        self.url = URL.create("mariadb", "root", found.password, host, found.port)

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


# What is not synced at its commit is refused by a sweep, so a hasty server does that too: its files are in memory.
HASTY = ("--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=0")
LASTING = ("--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=1")


class Own:
    """A server of our own from packages, which ends with the run."""

    _daemons: tuple[str, ...] = ("mariadbd", "mysqld")
    _sizes: tuple[str, ...] = ("--innodb-log-file-size=32M",)

    def __init__(self, options: tuple[str, ...]) -> None:
        self._place = Path(tempfile.mkdtemp(prefix="retention-mariadb-", dir=in_memory()))
        guard("clear", self._place)
        self._user = "mysql" if os.geteuid() == 0 else None
        self._options = options
        self._process: subprocess.Popen | None = None
        self.url = URL.create("mariadb", "proef", secrets.token_hex(8), "127.0.0.1", _free_port())

    def begin(self) -> "Own":
        """Make its directory and start it."""
        place = self._place
        if self._user:
            shutil.chown(place, self._user)
        self._install(place)
        (place / "first.sql").write_text(
            f"CREATE USER IF NOT EXISTS proef@'127.0.0.1' IDENTIFIED BY '{self.url.password}';\n"
            "GRANT ALL ON *.* TO proef@'127.0.0.1' WITH GRANT OPTION;\n"
        )
        (place / "first.sql").chmod(0o644)
        self.start()
        atexit.register(self._end)
        return self

    def _install(self, place: Path) -> None:
        # A server that starts clears temporary tables away: those of another too, where both have one folder for them.
        install = [_binary("mariadb-install-db", "mysql_install_db"), "--no-defaults", f"--datadir={place}/data",
                   f"--tmpdir={place}"]  # fmt: skip
        subprocess.run([*install, *self._as_user, "--auth-root-authentication-method=normal", "--skip-test-db"],
                       check=True, capture_output=True, timeout=SECONDS)  # fmt: skip

    @property
    def _as_user(self) -> list[str]:
        return [f"--user={self._user}"] if self._user else []

    def start(self) -> None:
        """Start it; returns when it answers."""
        place = self._place
        command = [
            str(_binary(*self._daemons)), "--no-defaults", f"--datadir={place}/data", f"--socket={place}/socket",
            f"--pid-file={place}/pid", f"--tmpdir={place}", "--bind-address=127.0.0.1", f"--port={self.url.port}",
            f"--init-file={place}/first.sql", "--skip-name-resolve", "--skip-log-bin",
            "--innodb-buffer-pool-size=64M", *self._sizes, *self._options, *self._as_user,
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
        if self._process is not None and self._process.poll() is None:
            self.kill()


class OwnMysql(Own):
    """The same of MySQL, which makes its own directory."""

    _daemons = ("mysqld",)
    _sizes = ("--innodb-redo-log-capacity=32M", "--mysqlx=OFF", "--secure-file-priv=NULL")

    def __init__(self, options: tuple[str, ...]) -> None:
        super().__init__(options)
        self._user = "root" if os.geteuid() == 0 else None

    def _install(self, place: Path) -> None:
        command = [str(_binary(*self._daemons)), "--no-defaults", "--initialize-insecure", f"--datadir={place}/data"]
        subprocess.run([*command, *self._as_user], check=True, capture_output=True, timeout=SECONDS)


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
    message = f"The server did not start:\n{log.read_text()}"
    raise AssertionError(message)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
