"""The same organisation in two MariaDB databases, with native types."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any, ClassVar

import pymysql

from tests import mariadb
from tests.integration.run.world import World

TEXT = "VARCHAR(191)"  # in the database's own collation, which ignores case and trailing blanks
CVS = (
    f"""CREATE TABLE dossier (dossier_id BIGINT PRIMARY KEY, client_id {TEXT}, regime {TEXT}, afgesloten_op DATE,
        samenvatting TEXT, postcode {TEXT}, KEY (client_id), KEY (afgesloten_op))""",
    f"""CREATE TABLE contact (contact_id BIGINT PRIMARY KEY, dossier_id BIGINT NOT NULL, op DATE, notitie {TEXT},
        KEY (op), FOREIGN KEY (dossier_id) REFERENCES dossier (dossier_id))""",
    f"""CREATE TABLE document (document_id {TEXT} PRIMARY KEY, dossier_id BIGINT NOT NULL, naam {TEXT},
        FOREIGN KEY (dossier_id) REFERENCES dossier (dossier_id))""",
    f"""CREATE TABLE pagina (pagina_id BIGINT PRIMARY KEY, document_id {TEXT} NOT NULL, tekst TEXT,
        FOREIGN KEY (document_id) REFERENCES document (document_id))""",
)
CRM = (
    f"CREATE TABLE regeling (code {TEXT} PRIMARY KEY, soort {TEXT} NOT NULL)",
    f"""CREATE TABLE client (client_id {TEXT} PRIMARY KEY, naam {TEXT}, email {TEXT}, aangemaakt_op DATE,
        KEY (aangemaakt_op))""",
    f"""CREATE TABLE aanmelding (aanmelding_id BIGINT PRIMARY KEY, client_id {TEXT}, op DATE, email {TEXT}, ip {TEXT},
        KEY (op))""",
)
TABLES = {"cvs": ("dossier", "contact", "document", "pagina"), "crm": ("regeling", "client", "aanmelding")}
# Not innodb_trx: it answers from a cache that is not renewed while somebody keeps asking. The server is ours alone.
_WAITING = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'"


@dataclass(frozen=True)
class MariadbWorld(World):
    """The two databases, filled from the files."""

    cvs_url: str = ""
    crm_url: str = ""
    ENGINE: ClassVar[str] = "mariadb"
    REFUSED: ClassVar[tuple[type[Exception], ...]] = (pymysql.MySQLError,)

    @property
    def urls(self) -> dict[str, str]:
        return {"cvs": self.cvs_url, "crm": self.crm_url}

    def create(self) -> MariadbWorld:
        super().create()
        self.sql("cvs", *CVS)
        self.sql("crm", *CRM)
        self.refill()
        return self

    def refill(self) -> None:
        for store, file in (("cvs", self.cvs), ("crm", self.crm)):
            with closing(sqlite3.connect(file)) as source, closing(self.connect(store)) as target:
                cursor = target.cursor()
                for table in reversed(TABLES[store]):
                    cursor.execute(f"DELETE FROM {table}")
                for table in TABLES[store]:
                    rows = source.execute(f"SELECT * FROM {table}").fetchall()
                    cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join('%s' for _ in rows[0])})", rows)
                target.commit()

    def connect(self, store: str) -> Any:
        connection = mariadb.connect(self.urls[store])
        connection.begin()
        return connection

    def waiting(self, store: str) -> int:
        """How many sessions wait for a lock."""
        [(_, found)] = self.rows(store, _WAITING)
        return int(found)
