"""PostgreSQL and MariaDB to measure on: started from this machine's packages with durability on, or named by a URL."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

_DRIVER: Final = {"postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}
_SECONDS: Final = 60  # for a server to start
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_MEMORY: Final = "512MB"  # what a server may keep of the database: all of the normal size


@dataclass(frozen=True, slots=True)
class Server:
    """A server where databases may be made."""

    engine: str
    url: URL
    process: int | None = None  # its process id; None: not ours to look at

    @contextmanager
    def connected(self, database: str | None) -> Generator[Connection]:
        """A connection whose statements are committed one by one."""
        url = self.url.set(drivername=_DRIVER[self.engine])
        engine = create_engine(
            url if database is None else url.set(database=database), isolation_level="AUTOCOMMIT", poolclass=NullPool
        )
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def cpu(self) -> float | None:
        """Seconds of a processor that it has used, with its children: a backend's count when it has ended, or lives."""
        if self.process is None or not Path("/proc/self/stat").exists():
            return None
        return (_ticks(self.process, ended=True) + sum(_ticks(one) for one in _children(self.process))) / _TICKS


def _ticks(process: int, *, ended: bool = False) -> int:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11 : 15 if ended else 13]))


def _children(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children")
    return [int(one) for one in found.read_text().split()] if found.exists() else []


@contextmanager
def serving(engine: str, url: str | None, home: Path) -> Generator[Server]:
    """The server that the URL names; else one of our own in a folder, which ends when left."""
    if url is not None:
        yield Server(engine, make_url(url))
        return
    start = {"postgresql": _postgresql, "mariadb": _mariadb}[engine]
    home.mkdir(parents=True)
    process, found = start(home)
    try:
        server = Server(engine, found, process.pid)
        _wait(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGINT if engine == "postgresql" else signal.SIGTERM)  # at once, and in order
        process.wait(_SECONDS)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(_SECONDS * 10):
        try:
            with server.connected(None):
                return
        except OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise SystemExit(f"{server.engine} did not start; name a server with --url")


def _account(home: Path, name: str) -> Callable[..., list[str]]:
    """How a command is run as the account of a server, which is never root's."""
    if os.geteuid() != 0:
        return lambda *command: [str(one) for one in command]
    account = pwd.getpwnam(name)
    os.chown(home, account.pw_uid, account.pw_gid)
    for folder in home.parents:  # made by mkdtemp for root alone
        if folder.stat().st_uid == 0 and not folder.stat().st_mode & 0o001:
            folder.chmod(0o711)
    return lambda *command: ["setpriv", f"--reuid={name}", f"--regid={name}", "--init-groups", *map(str, command)]


def _postgresql(home: Path) -> tuple[subprocess.Popen[bytes], URL]:
    found = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        raise SystemExit("There is no PostgreSQL here: name a server with --url, or apt-get install postgresql")
    binaries, command = found[-1].parent, _account(home, "postgres")
    data = home / "data"
    initdb = command(binaries / "initdb", "-D", data, "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres", "-A", "trust")
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/")
    settings = {"unix_socket_directories": home, "listen_addresses": "", "shared_buffers": _MEMORY,
                "max_wal_size": "4GB", "checkpoint_timeout": "30min"}  # fmt: skip
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (home.parent / "postgresql.log").open("wb") as log:
        process = subprocess.Popen(
            command(binaries / "postgres", "-D", data, *options), stdout=log, stderr=log, cwd="/"
        )
    return process, make_url(f"postgresql://postgres@/postgres?host={home}")


def _mariadb(home: Path) -> tuple[subprocess.Popen[bytes], URL]:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    program, install = shutil.which("mariadbd", path=path), shutil.which("mariadb-install-db", path=path)
    if program is None or install is None:
        raise SystemExit("There is no MariaDB here: name a server with --url, or apt-get install mariadb-server")
    command, data = _account(home, "mysql"), home / "data"
    own = ["--no-defaults", f"--datadir={data}", f"--tmpdir={home}"]  # one that starts clears the folder for others too
    installing = command(install, *own, "--auth-root-authentication-method=normal")
    subprocess.run(installing, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    settings = [f"--socket={home}/socket", f"--pid-file={home}/pid", "--skip-networking",
                f"--innodb-buffer-pool-size={_MEMORY[:-1]}", "--innodb-log-file-size=512M",
                "--innodb-flush-log-at-trx-commit=1"]  # fmt: skip
    with (home.parent / "mariadb.log").open("wb") as log:
        process = subprocess.Popen(command(program, *own, *settings), stdout=log, stderr=log, cwd="/")
    return process, make_url(f"mariadb://root@localhost/?unix_socket={home}/socket")
