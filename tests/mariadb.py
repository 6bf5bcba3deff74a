"""MariaDB servers for tests: one that is named, one in a container, or one from Debian's packages.

A server is named as in tests.servers: "mariadb" is the one that everything runs on, "mariadb11" another version, on
which the conformance suite runs as well. It is found without being started; each test has a database of its own.
"""

from __future__ import annotations

import functools
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pymysql
from sqlalchemy import URL, make_url

from tests import engine, packaged

DEFAULT = "mariadb"
DEFAULT_IMAGE = "mariadb:10.11"  # the oldest that the store promises
ACCOUNT = "proef"  # may make databases and accounts
OPTIONS = (
    "--skip-log-bin --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0"
    " --innodb-buffer-pool-size=64M --innodb-log-file-size=32M --skip-name-resolve"
)


def variable(server: str, what: str) -> str:
    """The environment variable that says the URL or the IMAGE of a server."""
    return f"RETENTION_TEST_{server.upper()}_{what}"


def find(name: str = DEFAULT) -> str | None:
    """How this server can be had here: "url", "container" or "packages"; None: not at all."""
    if os.environ.get(variable(name, "URL")):
        return "url"
    if _image(name) and engine.answers():
        return "container"
    return "packages" if _packages(name.removeprefix(DEFAULT)) else None


@functools.cache
def server(name: str = DEFAULT) -> URL:
    """The server, as an account that may make databases."""
    match find(name):
        case "url":
            return make_url(os.environ[variable(name, "URL")])
        case "container":
            return _container(name)
        case "packages":
            return _started()
        case _:
            message = f"no {name}; ask tests.servers.need first"
            raise AssertionError(message)


@contextmanager
def database(name: str = DEFAULT) -> Iterator[str]:
    """The URL of a fresh database, which is dropped afterwards."""
    url = server(name)
    database = f"retention_{secrets.token_hex(6)}"
    _run(url, f"CREATE DATABASE {database} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    try:
        yield url.set(drivername="mariadb", database=database).render_as_string(hide_password=False)
    finally:
        _run(url, f"DROP DATABASE {database}")


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


def _packages(major: str) -> bool:
    """Whether a server of this version ("": any) is installed."""
    daemon, install = _binary("mariadbd", "mysqld"), _binary("mariadb-install-db", "mysql_install_db")
    if daemon is None or install is None:
        return False
    said = subprocess.run([daemon, "--version"], capture_output=True, text=True, check=False, timeout=60).stdout
    found = re.search(r"Ver (\d+)\.[\d.]+-MariaDB", said)
    return found is not None and major in {"", found[1]}


def _container(name: str) -> URL:
    from testcontainers.community.mysql import MySqlContainer  # noqa: PLC0415 - imported when used

    # The official image's first server, which makes the accounts, says "port: 0".
    container = engine.run(
        MySqlContainer, str(_image(name)), f"mariadbd {OPTIONS}", username="root", password=secrets.token_hex(8),
        wait_strategy_check_string=r"ready for connections.*port: 3306",
    )  # fmt: skip
    url = make_url(container.get_connection_url())
    # "localhost" would be a socket to a MySQL client.
    return url.set(host="127.0.0.1" if url.host == "localhost" else url.host, database=None)


def _started() -> URL:
    """A server of our own."""
    account = packaged.account_for("mysql")
    home = packaged.new_home("retention-mariadb-", account)
    url = URL.create("mariadb", ACCOUNT, secrets.token_hex(8), "127.0.0.1", _free_port())
    (home / "first.sql").write_text(
        f"CREATE USER {ACCOUNT}@'127.0.0.1' IDENTIFIED BY '{url.password}';\n"
        f"GRANT ALL ON *.* TO {ACCOUNT}@'127.0.0.1' WITH GRANT OPTION;\n"
    )
    (home / "first.sql").chmod(0o644)
    install, daemon = _binary("mariadb-install-db", "mysql_install_db"), _binary("mariadbd", "mysqld")
    as_user = f"--user={account}" if account else ""
    own = f"--no-defaults --datadir={shlex.quote(str(home / 'data'))} {as_user}"
    script = (
        f"{install} {own} --auth-root-authentication-method=normal --skip-test-db"
        f" && exec {daemon} {own} --socket=socket --pid-file={shlex.quote(str(home / 'pid'))}"
        f" --bind-address=127.0.0.1 --port={url.port} --init-file={shlex.quote(str(home / 'first.sql'))} {OPTIONS}"
    )
    packaged.start(home, account, "SIGKILL", script, lambda: _answers(url))
    return url


def _answers(url: URL) -> bool:
    try:
        connect(url).close()
    except pymysql.err.OperationalError:
        return False
    return True


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
