"""The generator's database on a server: the same rows, a pristine copy beside it, hashed by the server itself."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import Connection

from benchmarks.database import DUE, Sums
from benchmarks.generate import TABLES, Row, chunks
from benchmarks.server import Server

NAME: Final = "retention_benchmark"
_PRISTINE: Final = "retention_benchmark_pristine"
_SCHEMA: Final = (
    """CREATE TABLE contact_moment (
    id BIGINT PRIMARY KEY, client_id BIGINT NOT NULL, employee_id INT NOT NULL, channel VARCHAR(10) NOT NULL,
    opened_at DATE NOT NULL, closed_at DATE, subject VARCHAR(60) NOT NULL, summary TEXT NOT NULL, outcome VARCHAR(20),
    postcode VARCHAR(7), phone VARCHAR(20), created_by VARCHAR(60) NOT NULL)""",
    """CREATE TABLE attachment (id BIGINT PRIMARY KEY, contact_moment_id BIGINT NOT NULL, name VARCHAR(60) NOT NULL,
    size INT NOT NULL)""",
    "CREATE TABLE legal_hold (client_id BIGINT PRIMARY KEY)",
)
_INDEXES: Final = (
    "CREATE INDEX contact_moment_closed_at ON contact_moment (closed_at)",
    "CREATE INDEX contact_moment_client ON contact_moment (client_id)",
    "CREATE INDEX attachment_contact_moment ON attachment (contact_moment_id)",
    "ALTER TABLE attachment ADD FOREIGN KEY (contact_moment_id) REFERENCES contact_moment (id)",
)
_WARM: Final = (
    "SELECT count(summary), count(closed_at) FROM contact_moment",
    "SELECT count(name) FROM attachment",
    "SELECT count(*) FROM contact_moment WHERE closed_at > '1900-01-01'",
    "SELECT count(*) FROM attachment WHERE contact_moment_id > 0",
    "SELECT count(*) FROM legal_hold",
)
_HASHED: Final = {  # a number for each row
    "postgresql": "count(*), coalesce(sum(hashtextextended({table}::text, 0)::numeric), 0)",
    "mariadb": "count(*), coalesce(sum(conv(left(md5(concat_ws('|', {columns})), 15), 16, 10)), 0)",
}
_COLUMNS: Final = {
    "contact_moment": "id, client_id, employee_id, channel, opened_at, closed_at, subject, summary, outcome, postcode, "
    "phone, created_by",
    "attachment": "id, contact_moment_id, name, size",
}
_NAMES: Final = {"postgresql": "PostgreSQL", "mariadb": "MariaDB"}
_PURGE_SECONDS: Final = 120


class OnServer:
    """One database on a server, and one that nobody touches."""

    def __init__(self, server: Server) -> None:
        self.server = server
        with server.connected(None) as connection:
            said = connection.exec_driver_sql("SELECT version()").scalar_one()
        version = re.search(r"\d+[.\d]*", str(said))
        self.name = f"{_NAMES[server.engine]} {version[0] if version else ''}".strip()
        self.title = f" on {_NAMES[server.engine]}"

    @property
    def url(self) -> str:
        """The server's, with the database."""
        return self.server.url.set(database=NAME, drivername=self.server.engine).render_as_string(hide_password=False)

    def generate(self, rows: int) -> None:
        """Write the pristine copy; the database itself is made of it each time."""
        self._new(_PRISTINE)
        with self.server.connected(_PRISTINE) as connection:
            for statement in _SCHEMA:
                connection.exec_driver_sql(statement)
            for table, columns, made in TABLES:
                for some in chunks(made(rows)):
                    self._insert(connection, table, columns, some)
            for statement in (*_INDEXES, *self._analysed()):
                connection.exec_driver_sql(statement)
        self.restore()

    def restore(self) -> None:
        """A copy of the pristine one, read once; nothing is left to be written or purged when it is done."""
        if self.server.engine == "postgresql":
            self._drop(NAME)
            with self.server.connected(None) as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {NAME} TEMPLATE {_PRISTINE} STRATEGY file_copy")
                connection.exec_driver_sql("CHECKPOINT")
        else:
            self._new(NAME)
            self._reload()
        with self.server.connected(NAME) as connection:
            for statement in _WARM:
                connection.exec_driver_sql(statement).fetchall()

    def sums(self, questions: Mapping[str, str], *, pristine: bool) -> Sums:
        """What the server reckons."""
        found = {}
        with self.server.connected(_PRISTINE if pristine else NAME) as connection:
            for table, question in questions.items():
                asked = _HASHED[self.server.engine].format(table=table, columns=_COLUMNS[table])
                count, total = connection.exec_driver_sql(question.format(asked)).one()
                found[table] = int(count), int(total)
        return found

    def due(self) -> int:
        """Counted in the pristine copy."""
        with self.server.connected(_PRISTINE) as connection:
            return int(connection.exec_driver_sql(DUE).scalar_one())

    def cpu(self) -> float | None:
        """The server's, with what it does by itself."""
        return self.server.cpu()

    def _reload(self) -> None:
        with self.server.connected(NAME) as connection:
            for statement in _SCHEMA:
                connection.exec_driver_sql(statement)
            for table, _, _ in TABLES:
                connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM {_PRISTINE}.{table} ORDER BY 1")
            for statement in (*_INDEXES, *self._analysed()):
                connection.exec_driver_sql(statement)
            until = time.monotonic() + _PURGE_SECONDS
            while _unpurged(connection) and time.monotonic() < until:
                time.sleep(0.2)

    def _insert(self, connection: Connection, table: str, columns: int, rows: list[Row]) -> None:
        if self.server.engine == "postgresql":
            driver = connection.connection.driver_connection
            with driver.cursor().copy(f"COPY {table} FROM STDIN") as copy:  # type: ignore[union-attr] # it is connected
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * columns)
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", rows)

    def _analysed(self) -> Iterator[str]:
        if self.server.engine == "postgresql":
            yield "VACUUM (FREEZE, ANALYZE)"
        else:
            yield from (f"ANALYZE TABLE {table}" for table, _, _ in TABLES)

    def _new(self, name: str) -> None:
        self._drop(name)
        with self.server.connected(None) as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")

    def _drop(self, name: str) -> None:
        with self.server.connected(None) as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}" + self._forced)

    @property
    def _forced(self) -> str:
        return " WITH (FORCE)" if self.server.engine == "postgresql" else ""

    def drop(self) -> None:
        """Leave nothing on a server that is not ours."""
        for name in (NAME, _PRISTINE):
            self._drop(name)


def _unpurged(connection: Connection) -> bool:
    """Whether InnoDB still has versions to clear away that nobody reads."""
    [(_, length)] = connection.exec_driver_sql("SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'").fetchall()
    return int(length) > 0
