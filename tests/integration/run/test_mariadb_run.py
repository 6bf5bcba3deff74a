"""A run on MariaDB, from plan to checkpoint: the same organisation, the same evidence, another engine."""

from __future__ import annotations

import secrets
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import make_url

from retention.errors import SweepRunning
from retention.stores.errors import StoreDownError
from retention.stores.registry import open_store
from tests import mariadb
from tests.estate import ZONE
from tests.integration.run.acts import of, planned
from tests.integration.run.mariadb_world import MariadbWorld
from tests.servers import need


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


def test_an_old_session_of_our_own_account_is_ended(world):
    old, new = (open_store("cvs", world.cvs_url, zone=ZONE) for _ in range(2))
    try:
        with old.session():
            with new.session(), new.batch():
                pass
            with pytest.raises(StoreDownError), old.batch():
                pass
    finally:
        old.close()
        new.close()


def test_a_session_of_another_account_is_not_ended(world):
    name = f"ander{secrets.token_hex(4)}"
    wait = timedelta(seconds=1)
    mariadb.sql(world.cvs_url, f"CREATE USER {name} IDENTIFIED BY 'proef'", f"GRANT ALL ON *.* TO {name}")
    theirs = make_url(world.cvs_url).set(username=name, password="proef").render_as_string(hide_password=False)  # noqa: S106
    one, other = (open_store("cvs", url, zone=ZONE, lock_timeout=wait) for url in (theirs, world.cvs_url))
    try:
        with one.session(), pytest.raises(SweepRunning, match="cvs"), other.session():
            pass
        with other.session():
            pass
    finally:
        one.close()
        other.close()
        mariadb.sql(world.cvs_url, f"DROP USER {name}")
