"""The same organisation in two PostgreSQL databases, with native types."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any, ClassVar

import psycopg

from tests.integration.run.world import World

CVS = (
    """CREATE TABLE dossier (dossier_id bigint PRIMARY KEY, client_id text,
    regime text, afgesloten_op date, samenvatting text, postcode varchar(10))""",
    """CREATE TABLE contact (contact_id integer PRIMARY KEY, dossier_id bigint NOT NULL REFERENCES dossier,
    op date, notitie text)""",
    """CREATE TABLE document (document_id text PRIMARY KEY, dossier_id bigint NOT NULL REFERENCES dossier,
    naam text)""",
    """CREATE TABLE pagina (pagina_id bigint PRIMARY KEY, document_id text NOT NULL REFERENCES document, tekst text)""",
    "CREATE INDEX ON dossier (client_id)",
    "CREATE INDEX ON contact (dossier_id)",
    "CREATE INDEX ON document (dossier_id)",
    "CREATE INDEX ON pagina (document_id)",
)
CRM = (
    "CREATE TABLE regeling (code text PRIMARY KEY, soort text NOT NULL)",
    "CREATE TABLE client (client_id text PRIMARY KEY, naam text, email text, aangemaakt_op date)",
    """CREATE TABLE aanmelding (aanmelding_id bigint PRIMARY KEY, client_id text, op date, email text, ip text)""",
)
TABLES = {"cvs": ("dossier", "contact", "document", "pagina"), "crm": ("regeling", "client", "aanmelding")}
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@dataclass(frozen=True)
class PostgresqlWorld(World):
    """The two databases, filled from the files."""

    cvs_url: str = ""
    crm_url: str = ""
    ENGINE: ClassVar[str] = "postgresql"
    REFUSED: ClassVar[tuple[type[Exception], ...]] = (psycopg.Error,)

    @property
    def urls(self) -> dict[str, str]:
        return {"cvs": self.cvs_url, "crm": self.crm_url}

    def create(self) -> PostgresqlWorld:
        super().create()
        self.sql("cvs", *CVS)
        self.sql("crm", *CRM)
        self.refill()
        return self

    def refill(self) -> None:
        for store, file in (("cvs", self.cvs), ("crm", self.crm)):
            with closing(sqlite3.connect(file)) as source, closing(self.connect(store)) as target:
                target.execute(f"TRUNCATE {', '.join(TABLES[store])}")
                for table in TABLES[store]:
                    with target.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                        for row in source.execute(f"SELECT * FROM {table}"):
                            copy.write_row(row)
                target.commit()

    def connect(self, store: str) -> Any:
        return psycopg.connect(self.urls[store])

    def waiting(self, store: str) -> int:
        """How many sessions wait for a lock."""
        [(found,)] = self.rows(store, _WAITING)
        return int(found)
