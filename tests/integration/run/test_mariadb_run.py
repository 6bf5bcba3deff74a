"""A run on MariaDB, from plan to checkpoint: the same organisation, the same evidence, another engine."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

import pytest

from retention.errors import SweepRunning
from retention.stores.registry import open_store
from tests import mariadb
from tests.estate import ZONE
from tests.integration.run.acts import of, planned
from tests.integration.run.world import Seen, World
from tests.servers import need

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


@dataclass(frozen=True)
class MariadbWorld(World):
    """The world of the other runs, copied into two databases."""

    cvs_url: str
    crm_url: str

    @property
    def urls(self) -> dict[str, str]:
        return {"cvs": self.cvs_url, "crm": self.crm_url}

    def create(self) -> MariadbWorld:
        super().create()
        for path, url, tables in ((self.cvs, self.cvs_url, CVS), (self.crm, self.crm_url, CRM)):
            mariadb.sql(url, *tables)
            for table in (statement.split()[2] for statement in tables):
                with closing(sqlite3.connect(path)) as db:
                    rows = db.execute(f"SELECT * FROM {table}").fetchall()
                with closing(mariadb.connect(url)) as connection, connection.cursor() as cursor:
                    marks = ", ".join("%s" for _ in rows[0])
                    cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        return self

    def look(self) -> Seen:
        def cvs(columns: str, table: str) -> dict:
            return dict(mariadb.rows(self.cvs_url, f"SELECT {columns} FROM {table}"))

        signups = mariadb.rows(self.crm_url, "SELECT aanmelding_id, client_id, email, ip FROM aanmelding")
        return Seen(
            dossier=cvs("dossier_id, samenvatting IS NULL", "dossier"),
            contact=cvs("contact_id, dossier_id", "contact"),
            document=cvs("document_id, dossier_id", "document"),
            page=cvs("pagina_id, document_id", "pagina"),
            client={key for (key,) in mariadb.rows(self.crm_url, "SELECT client_id FROM client")},
            signup={key: tuple(rest) for key, *rest in signups},
        )


@pytest.fixture
def world(place):
    need("mariadb")
    with mariadb.database() as cvs, mariadb.database() as crm:
        yield MariadbWorld(place / "org", 40, cvs, crm).create()


def test_what_was_planned_is_what_is_destroyed_and_nothing_else(world, estate, evidence):
    before = world.look()
    run = estate.sweep(planned(estate))
    assert run.exit_status == 0
    assert evidence(estate=estate, world=world, before=before) == world.due()
    assert all(one.destroyed == one.planned for one in run.datasets)


def test_a_second_run_finds_nothing_left(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    estate.sweep(digest)
    after = world.look()
    again = estate.sweep(digest)
    assert (again.exit_status, again.destroyed) == (0, 0)
    assert world.look() == after
    evidence(world, estate, before)


def test_a_record_that_changed_since_the_plan_stays(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    mariadb.sql(world.cvs_url, "UPDATE dossier SET postcode = '9999ZZ' WHERE dossier_id = 4")
    run = estate.sweep(digest)
    assert of(run, "cvs.dossier").changed == 1
    assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {4}


def test_a_record_that_another_program_keeps_locked_waits_for_tomorrow_alone(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    estate.installation.opener.wait = 1
    with closing(mariadb.connect(world.cvs_url)) as other, other.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute("SELECT * FROM dossier WHERE dossier_id = 4 FOR UPDATE")
        run = estate.sweep(digest)
    assert run.exit_status == 1
    assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {4}


def test_a_second_sweeper_finds_the_database_taken(world):
    one, other = (open_store("cvs", world.cvs_url, zone=ZONE) for _ in range(2))
    with one.session(), pytest.raises(SweepRunning, match="cvs"), other.session():
        pass
    with other.session():
        pass
    one.close()
    other.close()
