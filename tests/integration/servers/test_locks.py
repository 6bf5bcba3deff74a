"""What other programs keep from a run: their rows wait for tomorrow, the batch and the night do not (ADR 0016)."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from retention.failing import Patience
from tests.estate import reopened
from tests.integration.run.acts import of, planned
from tests.integration.run.evidence import entries
from tests.integration.run.hands import Hands
from tests.integration.run.worlds import SERVERS, on_engine

KEEP_TABLE = {
    "postgresql": ("LOCK TABLE dossier IN ACCESS EXCLUSIVE MODE",),
    "mariadb": ("LOCK TABLES dossier WRITE",),
}


@pytest.fixture(params=SERVERS)
def world(request, place):
    with on_engine(request.param, place / "org", 40) as world:
        yield world


@pytest.fixture
def estate(world):
    estate = world.estate()
    estate.installation.opener.wait = 1  # second, for what cannot be left out
    return estate


def impatient(estate, sleep=lambda _seconds: None):
    """The same, with waits that take no time."""
    return reopened(estate, patience=Patience(seconds=1, uniform=lambda _least, most: most, sleep=sleep))


@pytest.mark.parametrize(
    "row",
    [
        "dossier WHERE dossier_id = 4",
        "contact WHERE contact_id = 8",
        "document WHERE document_id = 'doc-4'",
        "pagina WHERE pagina_id = 4",
    ],
    ids=["the record", "a child", "another child", "a grandchild"],
)
def test_a_row_in_use_keeps_its_record_for_tomorrow_and_nothing_else(world, estate, evidence, row):
    before, digest = world.look(), planned(estate)
    with closing(world.connect("cvs")) as other, closing(other.cursor()) as cursor:
        cursor.execute(f"SELECT * FROM {row} FOR UPDATE")
        run = impatient(estate).sweep(digest)
    told = of(run, "cvs.dossier")
    assert (run.exit_status, told.failed, told.late, told.why) == (1, {"FAIL_LOCKED": 1}, 0, None)
    assert not any("failed" in one for one in entries(estate)), "it is left out before anything is signed"
    assert evidence(world, estate, before) == {**world.due(), "cvs.dossier": world.due()["cvs.dossier"] - {4}}
    assert estate.sweep(digest).exit_status == 0
    assert evidence(world, estate, before) == world.due()


def test_a_row_that_is_let_go_meanwhile_goes_the_same_night(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    waits = []
    with closing(world.connect("cvs")) as other, closing(other.cursor()) as cursor:
        cursor.execute("SELECT * FROM dossier WHERE dossier_id IN (4, 8) FOR UPDATE")

        def sleep(seconds):
            waits.append(seconds)
            if len(waits) == 2:
                other.rollback()

        run = impatient(estate, sleep).sweep(digest)
    assert waits == [1 / 7, 2 / 7], "no longer than there is need"
    assert run.exit_status == 0
    assert evidence(world, estate, before) == world.due()


def test_what_the_other_program_changed_meanwhile_stays(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    with closing(world.connect("cvs")) as other, closing(other.cursor()) as cursor:
        cursor.execute("UPDATE dossier SET afgesloten_op = NULL WHERE dossier_id = 4")
        run = impatient(estate, lambda _seconds: other.commit()).sweep(digest)
    assert (run.exit_status, of(run, "cvs.dossier").changed) == (0, 1)
    assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {4}


def test_what_the_other_program_deleted_meanwhile_is_gone_and_not_ours(world, estate):
    digest = planned(estate)
    with closing(world.connect("crm")) as other, closing(other.cursor()) as cursor:
        cursor.execute("DELETE FROM client WHERE client_id = 'C12'")
        run = impatient(estate, lambda _seconds: other.commit()).sweep(digest)
    assert (of(run, "crm.client").gone, of(run, "crm.client").destroyed) == (1, 9)


def test_many_rows_in_use_cost_no_more_waiting_than_one(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    waits = []
    with closing(world.connect("cvs")) as other, closing(other.cursor()) as cursor:
        cursor.execute("SELECT * FROM dossier FOR UPDATE")
        run = impatient(estate, waits.append).sweep(digest)
    assert of(run, "cvs.dossier").failed == {"FAIL_LOCKED": 20}
    assert len(waits) == 3
    done = evidence(world, estate, before)
    assert (done["cvs.dossier"], done["crm.client"]) == (set(), world.due()["crm.client"])


def test_a_run_that_is_asked_to_stop_stops_also_between_batches_that_are_tried_again(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    asked = []  # since the rows were let go
    with closing(world.connect("cvs")) as other, closing(other.cursor()) as cursor:
        cursor.execute("SELECT * FROM dossier FOR UPDATE")

        def let_go(_seconds):
            other.rollback()
            asked.append("now")

        def stop():
            if asked:
                asked.append("again")
            return len(asked) > 3

        quick = reopened(impatient(estate, let_go), batch_records=5)
        run = quick.sweep(digest, stop=stop)
    assert (run.status, of(run, "cvs.dossier").destroyed) == ("aborted", 5)
    assert len(evidence(world, estate, before)["cvs.dossier"]) == 5


def test_a_whole_table_in_use_is_given_up_in_time_and_the_night_goes_on(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    estate.installation.opener.wait = 0.05
    with closing(world.connect("cvs")) as other, closing(other.cursor()) as cursor:

        def keep(name, _count):
            if name == "crm.client":  # from its last batch on: what comes after it finds the table taken
                for statement in KEEP_TABLE[world.ENGINE]:
                    cursor.execute(statement)

        run = impatient(estate).sweep(digest, progress=keep)
    told = of(run, "cvs.dossier")
    assert run.exit_status == 1
    assert (told.destroyed, told.failed.get("FAIL_LOCKED", 0) + told.late) == (0, 20)
    done = evidence(world, estate, before)
    assert (done["crm.aanmelding"], done["crm.client"]) == (world.due()["crm.aanmelding"], world.due()["crm.client"])
    assert estate.sweep(digest).exit_status == 0
    assert evidence(world, estate, before) == world.due()


PASSING = (
    "CREATE SEQUENCE pogingen",
    """CREATE FUNCTION verzet(id bigint, email text, keer int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN
        IF email = 'weg' AND id = 4 AND nextval('pogingen') <= keer THEN
            RAISE EXCEPTION 'niet nu' USING ERRCODE = '%s';
        END IF;
        RETURN true; END $$""",
    "ALTER TABLE aanmelding ADD CHECK (verzet(aanmelding_id, email, %s)) NOT VALID",
)


@pytest.mark.parametrize("code", ["40001", "40P01", "55P03", "57014"])
@pytest.mark.parametrize(("times", "status"), [(2, 0), (1_000_000, 1)], ids=["goes by itself", "never goes by"])
def test_what_stops_a_batch_while_it_is_disposed_of_is_tried_again_in_halves(place, evidence, code, times, status):
    """A constraint of the database that fails as a deadlock, a serialisation failure or a time-out does."""
    sequence, function, constraint = PASSING
    with on_engine("postgresql", place / "org", 40) as world:
        world.sql("crm", sequence, function % code, constraint % times)
        estate = world.estate()
        before, digest = world.look(), planned(estate)
        run = impatient(estate).sweep(digest)
        told, due = of(run, "crm.aanmelding"), world.due()
        assert run.exit_status == status
        assert told.failed == ({} if status == 0 else {"FAIL_LOCKED": 1})
        left = set() if status == 0 else {4}
        assert evidence(world, estate, before) == {**due, "crm.aanmelding": due["crm.aanmelding"] - left}


def test_a_sweep_that_meets_locked_rows_eases_off_and_says_so(world, estate):
    estate = impatient(reopened(estate, batch_records=5))
    digest, hands = planned(estate), Hands(datetime.now(UTC))
    estate = reopened(estate, pace=hands.pace())
    with closing(world.connect("cvs")) as other, closing(other.cursor()) as cursor, capture_logs() as logs:
        cursor.execute("SELECT dossier_id FROM dossier WHERE dossier_id = 0 FOR UPDATE")
        run = estate.sweep(digest)
    events = [one["event"] for one in logs if one.get("dataset") == "cvs.dossier"]
    assert {"pace_slowed", "pace_recovered"} <= set(events)
    assert hands.slept >= 0.25
    assert any("locked rows" in remark.en for remark in run.remarks)
