"""A run from plan to verified log on a real PostgreSQL server."""

import pytest

from retention.holds import Scope
from tests import postgresql, servers
from tests.integration.run.acts import of, planned

pytest.importorskip("psycopg")

from tests.integration.run.postgresql_world import PostgresqlWorld


@pytest.fixture
def world(place):
    way = servers.need("postgresql")
    with postgresql.database(way) as cvs, postgresql.database(way) as crm:
        yield PostgresqlWorld(place / "org", 40, cvs, crm).create()


@pytest.fixture
def estate(world):
    estate = world.estate()
    estate.installation.opener.wait = 0.5
    return estate


def test_what_was_planned_is_what_is_destroyed_and_nothing_else(world, estate, evidence):
    before = world.look()
    run = estate.sweep(planned(estate))
    assert run.exit_status == 0
    assert evidence(estate=estate, world=world, before=before) == world.due()
    assert all(one.destroyed == one.planned for one in run.datasets)
    assert of(run, "cvs.dossier").children == {"cvs.contact": 20, "cvs.document": 10, "cvs.pagina": 10}


def test_a_second_run_finds_nothing_left(world, estate):
    digest = planned(estate)
    estate.sweep(digest)
    after = world.look()
    assert (estate.sweep(digest).destroyed, estate.plan().planned) == (0, 0)
    assert world.look() == after


def test_a_record_that_changed_since_the_plan_stays(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    postgresql.execute(world.cvs_url, "UPDATE dossier SET postcode = '9999ZZ' WHERE dossier_id = 4")
    run = estate.sweep(digest)
    assert of(run, "cvs.dossier").changed == 1
    assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {4}


def test_a_hold_placed_after_planning_still_wins(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    estate.hold(Scope(subjects=frozenset({("client", "C0")})))
    run = estate.sweep(digest)
    assert of(run, "cvs.dossier").held == {"KEEP_HOLD": 2}
    assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {0}


def test_an_undeclared_foreign_key_stops_its_dataset_and_the_rest_goes_on(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    postgresql.execute(world.cvs_url, "CREATE TABLE factuur (id int, dossier_id bigint REFERENCES dossier)")
    run = estate.sweep(digest)
    assert run.exit_status == 1
    done = evidence(world, estate, before)
    assert done["cvs.dossier"] == set()
    assert done["crm.aanmelding"] == world.due()["crm.aanmelding"]


def test_a_store_out_of_reach_is_reported_and_the_other_is_swept(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    estate.installation.opener.urls = {**world.urls, "crm": world.crm_url.replace("/retention_test", "/weg")}
    run = estate.sweep(digest)
    assert run.exit_status == 1
    assert "no such database" in of(run, "crm.client").why.en
    done = evidence(world, estate, before)
    assert (done["crm.client"], done["crm.aanmelding"]) == (set(), set())
