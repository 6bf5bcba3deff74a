"""The same organisation in two PostgreSQL databases, with native types; rows are read without the code under test."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

import psycopg

from tests.integration.run.world import Seen, World
from tests.postgresql import execute

CVS = (
    """CREATE TABLE dossier (dossier_id bigint PRIMARY KEY, client_id text,
    regime text, afgesloten_op date, samenvatting text, postcode varchar(10))""",
    """CREATE TABLE contact (contact_id integer PRIMARY KEY, dossier_id bigint NOT NULL REFERENCES dossier,
    op date, notitie text)""",
    """CREATE TABLE document (document_id text PRIMARY KEY, dossier_id bigint NOT NULL REFERENCES dossier,
    naam text)""",
    """CREATE TABLE pagina (pagina_id bigint PRIMARY KEY, document_id text NOT NULL REFERENCES document, tekst text)""",
)
CRM = (
    "CREATE TABLE regeling (code text PRIMARY KEY, soort text NOT NULL)",
    "CREATE TABLE client (client_id text PRIMARY KEY, naam text, email text, aangemaakt_op date)",
    """CREATE TABLE aanmelding (aanmelding_id bigint PRIMARY KEY, client_id text, op date, email text, ip text)""",
)


@dataclass(frozen=True)
class PostgresqlWorld(World):
    """The two databases, filled from the files."""

    cvs_url: str = ""
    crm_url: str = ""

    @property
    def urls(self) -> dict[str, str]:
        return {"cvs": self.cvs_url, "crm": self.crm_url}

    def create(self) -> PostgresqlWorld:
        super().create()
        self._copy(self.cvs, self.cvs_url, CVS, ("dossier", "contact", "document", "pagina"))
        self._copy(self.crm, self.crm_url, CRM, ("regeling", "client", "aanmelding"))
        return self

    def _copy(self, file, url: str, ddl: tuple[str, ...], tables: tuple[str, ...]) -> None:
        with closing(sqlite3.connect(file)) as source, psycopg.connect(url) as target:
            for statement in ddl:
                target.execute(statement)
            for table in tables:
                rows = source.execute(f"SELECT * FROM {table}").fetchall()
                marks = ", ".join(["%s"] * len(rows[0]))
                target.cursor().executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def look(self) -> Seen:
        cvs, crm = self.cvs_url, self.crm_url
        signups = execute(crm, "SELECT aanmelding_id, client_id, email, ip FROM aanmelding")
        return Seen(
            dossier=dict(execute(cvs, "SELECT dossier_id, samenvatting IS NULL FROM dossier")),
            contact=dict(execute(cvs, "SELECT contact_id, dossier_id FROM contact")),
            document=dict(execute(cvs, "SELECT document_id, dossier_id FROM document")),
            page=dict(execute(cvs, "SELECT pagina_id, document_id FROM pagina")),
            client={key for (key,) in execute(crm, "SELECT client_id FROM client")},
            signup={key: (client, email, ip) for key, client, email, ip in signups},
        )
