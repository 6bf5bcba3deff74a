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
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pymysql
from sqlalchemy import URL, make_url

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
    return "packages" if _binary("mariadbd", "mysqld") and _binary("mariadb-install-db", "mysql_install_db") else None


@functools.cache
def server() -> URL:
    """The server, as an account that may make databases."""
    match find():
        case "url":
            return make_url(os.environ[VARIABLE])
        case "container":
            return _container()
        case "packages":
            return _started()
        case _:
            message = "no MariaDB; ask tests.servers.need first"
            raise AssertionError(message)


@contextmanager
def database() -> Iterator[str]:
    """The URL of a fresh database, which is dropped afterwards."""
    url = server()
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


def _container() -> URL:
    from testcontainers.community.mysql import MySqlContainer  # noqa: PLC0415 - imported when used

    container = MySqlContainer(os.environ.get(IMAGE, "mariadb:10.11"), username="root", root_password="proef")  # noqa: S106
    container.start()
    atexit.register(container.stop)
    return make_url(container.get_connection_url()).set(username="root", password="proef", database=None)  # noqa: S106


def _started() -> URL:
    """A server of our own, without durability, that ends with the run."""
    memory = Path("/dev/shm")  # noqa: S108 - nothing here outlives the run
    place = Path(tempfile.mkdtemp(prefix="retention-mariadb-", dir=memory if os.access(memory, os.W_OK) else None))
    user = "mysql" if os.geteuid() == 0 else None
    if user:
        shutil.chown(place, user)
    as_user = [f"--user={user}"] if user else []
    data, password = place / "data", secrets.token_hex(8)
    install = [_binary("mariadb-install-db", "mysql_install_db"), "--no-defaults", f"--datadir={data}", *as_user]
    subprocess.run([*install, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True,
                   capture_output=True, timeout=SECONDS)  # fmt: skip
    (place / "first.sql").write_text(
        f"CREATE USER proef@'127.0.0.1' IDENTIFIED BY '{password}';\n"
        "GRANT ALL ON *.* TO proef@'127.0.0.1' WITH GRANT OPTION;\n"
    )
    (place / "first.sql").chmod(0o644)
    port = _free_port()
    command = [
        str(_binary("mariadbd", "mysqld")), "--no-defaults", f"--datadir={data}", f"--socket={place}/socket",
        f"--pid-file={place}/pid", "--bind-address=127.0.0.1", f"--port={port}", f"--init-file={place}/first.sql",
        "--skip-name-resolve", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0",
        "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M", *as_user,
    ]  # fmt: skip
    with (place / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    atexit.register(_stop, process, place)
    url = URL.create("mariadb", "proef", password, "127.0.0.1", port)
    _await(process, place / "log", url)
    return url


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


def _stop(process: subprocess.Popen, place: Path) -> None:
    process.kill()
    process.wait(SECONDS)
    shutil.rmtree(place, ignore_errors=True)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
