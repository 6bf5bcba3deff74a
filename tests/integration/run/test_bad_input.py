"""What goes wrong around a run: one clear line, the documented exit status, nothing destroyed after it (P6)."""

import resource
import shutil
import signal
import sqlite3
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from msgspec.structs import force_setattr, replace
from sqlalchemy import event
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from retention import sifting
from retention.audit.keys import read_spool_key
from retention.audit.signer import from_uri
from retention.control.sqlite import SqliteControlStore
from retention.errors import AuditError, ConfigError, ControlError, RetentionError, StoreError, UsageError
from retention.holds import Scope
from retention.planning import make_plan
from retention.stores.sql_sqlite import Sqlite
from retention.technique import Pseudonymise
from tests.estate import PLANNED, Opener, reopened
from tests.integration.run.acts import of, planned, sql
from tests.integration.run.world import World, declare


def one_line(error: RetentionError, status: int, *says: str) -> None:
    text = str(error)
    assert "\n" not in text
    assert len(text) > 20
    assert error.exit_status == status
    assert all(one in text for one in says), text


@pytest.fixture
def ready(estate):
    """Planned and approved."""
    return planned(estate)


def test_a_key_file_that_others_can_read(world, estate, ready):
    before = world.look()
    for path, use in (
        (estate.root / "keys" / "log.key", lambda: from_uri(f"file:{estate.root}/keys/log.key")),
        (estate.root / "keys" / "refkeys" / "spool.key", lambda: read_spool_key(estate.root / "keys")),
        (estate.root / "keys" / "refkeys" / "cvs.contact-2026.key", lambda: estate.sweep(ready)),
    ):
        path.chmod(0o644)
        with pytest.raises(RetentionError) as refused:
            use()
        one_line(refused.value, 2, str(path), "chmod")
        path.chmod(0o600)
    assert len(world.look().contact) == len(before.contact) - 20, "only what went before its key was needed is gone"


LOCKS = {
    "opening a batch": ("BEGIN IMMEDIATE",),
    "committing": ("PRAGMA journal_mode = DELETE", "BEGIN", "SELECT * FROM dossier"),
}


@pytest.mark.parametrize("doing", LOCKS, ids=["writing", "reading"])
def test_a_locked_database_waits_for_the_next_night(world, estate, ready, evidence, doing):
    before = world.look()
    estate.installation.opener.wait = 0.2
    with closing(sqlite3.connect(world.cvs)) as other:
        for statement in LOCKS[doing]:
            other.execute(statement).fetchone()
        run = estate.sweep(ready)
    assert run.exit_status == 1
    told = of(run, "cvs.dossier")
    assert f"another program keeps {world.cvs} locked for over 0.2 s" in told.why.en
    assert f"while {doing}" in told.why.en
    assert (told.destroyed, told.late + sum(told.failed.values())) == (0, 20)
    done = evidence(world, estate, before)
    assert (done["cvs.dossier"], len(done["crm.client"])) == (set(), 10)
    assert estate.sweep(ready).exit_status == 0
    assert evidence(world, estate, before) == world.due()


def test_a_missing_database(world, estate, ready, evidence):
    before = world.look()
    shutil.move(world.crm, world.root / "away")
    run = estate.sweep(ready)
    shutil.move(world.root / "away", world.crm)
    assert run.exit_status == 1
    assert {one.id for one in run.datasets if one.late} >= {"crm.client", "crm.aanmelding"}
    assert "no database file" in of(run, "crm.client").why.en
    done = evidence(world, estate, before)
    assert (done["crm.client"], done["crm.aanmelding"]) == (set(), set())
    assert done["cvs.dossier"] == done["cvs.contact"] == set(), "they are judged by what the missing store says"


def test_the_other_store_is_swept_while_one_is_missing(world, estate, ready, evidence):
    before = world.look()
    shutil.move(world.cvs, world.root / "away")
    run = estate.sweep(ready)
    shutil.move(world.root / "away", world.cvs)
    assert (run.exit_status, of(run, "crm.aanmelding").destroyed) == (1, 10)
    done = evidence(world, estate, before)
    assert done["crm.client"] == set(), "whether dossiers refer to them is not known"
    assert estate.sweep(ready).exit_status == 0
    assert evidence(world, estate, before) == world.due()


def test_a_table_dropped_between_plan_and_sweep(world, estate, ready):
    sql(world.crm, "DROP TABLE aanmelding")
    run = estate.sweep(ready)
    assert (run.exit_status, of(run, "crm.aanmelding").late) == (1, 10)
    assert of(run, "cvs.dossier").destroyed == 20


def test_a_table_dropped_while_it_is_judged_spoils_only_its_own_dataset(place, evidence, monkeypatch):
    monkeypatch.setattr(sifting, "SIFTED", 500)
    world = World(place / "org", 600).create()
    estate = world.estate()
    seen = []

    def progress(name, count):
        if name == "crm.aanmelding" and not seen:
            seen.append(count)
            sql(world.crm, "ALTER TABLE aanmelding RENAME TO elders")

    summary = make_plan(estate.installation, today=PLANNED, progress=progress)
    assert seen == [500]
    failed = {one.id for one in summary.datasets if one.failed is not None}
    assert failed == {"crm.aanmelding"}
    sql(world.crm, "ALTER TABLE elders RENAME TO aanmelding")
    before = world.look()
    estate.approve(summary.digest)
    run = estate.sweep(summary.digest)
    assert run.exit_status == 1, "what the plan could not judge is overdue by an unknown number"
    assert of(run, "crm.aanmelding").late is None
    done = evidence(world, estate, before)
    assert (done["crm.aanmelding"], done["cvs.dossier"]) == (set(), world.due()["cvs.dossier"])


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            "CREATE TABLE brief (id INTEGER PRIMARY KEY, dossier_id INTEGER REFERENCES dossier(dossier_id))",
            "FOREIGN_KEY",
        ),
        ("ALTER TABLE dossier RENAME COLUMN afgesloten_op TO gesloten", "COLUMN"),
        ("CREATE TRIGGER weg AFTER DELETE ON dossier BEGIN DELETE FROM dossier; END", "TRIGGER"),
    ],
)
def test_a_schema_that_changed_since_the_plan_refuses_its_dataset(world, estate, change, finding, evidence):
    ready = planned(estate)
    before = world.look() if "RENAME" not in change else None
    sql(world.cvs, change)
    run = estate.sweep(ready)
    assert run.exit_status == 1
    assert any(finding in one.code for one in run.findings)
    assert of(run, "cvs.dossier").late == 20
    if before is not None:
        assert evidence(world, estate, before)["cvs.dossier"] == set()


def test_a_new_column_is_a_finding_and_no_obstacle(world, estate, ready):
    sql(world.cvs, "ALTER TABLE dossier ADD COLUMN iban TEXT")
    run = estate.sweep(ready)
    assert (run.exit_status, of(run, "cvs.dossier").destroyed) == (0, 20)
    assert any(one.code == "COLUMN_NEW" and "iban" in one.text.en for one in run.findings)


def test_a_record_that_other_data_refer_to_fails_alone(world, evidence):
    estate, before = world.estate(declared=declare(triggers=("vast",))), world.look()
    sql(
        world.cvs,
        "CREATE TRIGGER vast BEFORE DELETE ON pagina WHEN old.pagina_id = 8 BEGIN SELECT RAISE(ABORT, 'blijft'); END",
    )
    # The trigger is on a child, and declared: a plan made with it in place lists the dossier all the same.
    digest = planned(estate)
    run = estate.sweep(digest)
    assert run.exit_status == 1
    assert of(run, "cvs.dossier").failed == {"FAIL_STORE": 1}
    assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {8}


def test_a_batch_that_fails_is_named_in_its_log_lines_by_its_intent(world):
    estate = world.estate(declared=declare(triggers=("vast",)))
    sql(
        world.cvs,
        "CREATE TRIGGER vast BEFORE DELETE ON pagina WHEN old.pagina_id = 8 BEGIN SELECT RAISE(ABORT, 'blijft'); END",
    )
    digest = planned(estate)
    with capture_logs(processors=[merge_contextvars]) as lines:
        run = estate.sweep(digest)
    failed = [line for line in lines if line["event"] == "batch_failed"]
    assert failed[-1] == {
        "event": "batch_failed", "log_level": "warning", "run_id": run.run, "batch": failed[-1]["batch"],
        "dataset": "cvs.dossier", "records": 1, "cause": "FAIL_STORE",
    }  # fmt: skip
    with estate.control.reading() as tx:
        index = failed[-1]["batch"]
        assert b'"intent"' in tx.leaves(index, index + 1)[0]


@contextmanager
def no_file_over(size):
    """No file of this process may grow beyond so many bytes: a full disk, as the kernel says it."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("room", [0, 400, 20_000, 60_000, 100_000])
def test_a_full_disk_destroys_nothing_unproven(world, estate, ready, evidence, room):
    """Whatever file it hits first: control store, log or data."""
    before = world.look()
    size = (estate.root / "state" / "control.db-wal").stat().st_size + room
    try:
        with no_file_over(size if room else 1):
            run = estate.sweep(ready)
        assert run.exit_status in {0, 1}
    except RetentionError as error:
        one_line(error, 4)
    run = estate.sweep(ready)
    assert run.exit_status == 0
    assert evidence(world, estate, before) == world.due()


def test_a_control_store_that_cannot_grow_destroys_nothing_more(world, estate, ready, evidence):
    before = world.look()
    full = SqliteControlStore.open(estate.root / "state" / "control.db")

    @event.listens_for(full._writer, "connect")
    def _full(connection, _):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    stuck = reopened(estate, ledger=replace(estate.installation.ledger, control=full))
    with pytest.raises(ControlError) as refused:
        stuck.sweep(ready)
    one_line(refused.value, 4, "full")
    full.close()
    assert estate.sweep(ready).exit_status == 0
    assert evidence(world, estate, before) == world.due()


def test_a_hold_without_a_selector():
    with pytest.raises(UsageError) as refused:
        Scope()
    one_line(refused.value, 2, "selector", "--subject")


def test_an_unreadable_control_store(world, estate):
    before = world.look()
    (estate.root / "state" / "control.db").chmod(0o644)
    with pytest.raises(ControlError) as refused:
        world.estate(fresh=False)
    one_line(refused.value, 4, "chmod 600")
    assert world.look() == before


def test_a_control_store_restored_from_an_older_copy(world, estate):
    state = estate.root / "state"
    estate.control.close()
    shutil.copy(state / "control.db", state / "older")
    digest, before = planned(estate), world.look()
    assert estate.sweep(digest).exit_status == 0
    estate.control.close()
    after = world.look()
    shutil.copy(state / "older", state / "control.db")
    old = world.estate(fresh=False)
    for act in (old.plan, lambda: old.sweep(digest)):
        with pytest.raises(AuditError) as refused:
            act()
        one_line(refused.value, 4, "restored from a backup")
    assert world.look() == after != before


def test_a_hold_that_only_the_journal_knows(world, estate, ready):
    state, before = estate.root / "state", world.look()
    estate.control.close()
    shutil.copy(state / "control.db", state / "older")
    placing = world.estate(fresh=False)
    hold = placing.hold(Scope(datasets=frozenset({"cvs.dossier"})))
    placing.control.close()
    shutil.copy(state / "older", state / "control.db")
    with pytest.raises(ControlError) as refused:
        world.estate(fresh=False).sweep(ready)
    one_line(refused.value, 4, hold.id, "journal")
    assert world.look() == before


def test_a_hold_that_the_journal_has_not_is_added_to_it(world, estate, ready, evidence):
    before = world.look()
    hold = estate.hold(Scope(datasets=frozenset({"cvs.dossier"})))
    (estate.root / "state" / "holds.journal").unlink()
    run = estate.sweep(ready)
    assert of(run, "cvs.dossier").held == {"KEEP_HOLD": 20}
    assert hold.id in (estate.root / "state" / "holds.journal").read_text()
    evidence(world, estate, before)


def test_a_missing_reference_key_stops_before_anything_of_its_dataset(world, estate, ready):
    before = world.look()
    (estate.root / "keys" / "refkeys" / "cvs.dossier-2026.key").unlink()
    with pytest.raises(RetentionError) as refused:
        estate.sweep(ready)
    one_line(refused.value, 4, "cvs.dossier", "put the key back")
    assert world.look().dossier == before.dossier


def test_a_missing_pseudonym_key_fails_its_dataset_and_no_other(world, go_verify):
    declared = declare()
    fields = {**declared.signup.fields, "email": Pseudonymise("demo")}
    force_setattr(declared.signup, "fields", fields)
    estate = world.estate(declared=declared)
    digest, before = planned(estate), world.look()
    run = estate.sweep(digest)
    assert (run.exit_status, run.open_intents) == (1, ())
    assert of(run, "crm.aanmelding").failed == {"FAIL_STORE": 10}
    assert "demo" in of(run, "crm.aanmelding").why.en
    assert of(run, "cvs.dossier").destroyed == 20
    assert world.look().signup == before.signup
    go_verify(estate.log, estate.trust)


def test_a_store_that_is_not_configured(world, estate, ready, evidence):
    class Less(Opener):
        def source(self, name):
            if name == "crm":
                raise ConfigError("No store crm is configured: add [stores.crm].")
            return super().source(name)

    before = world.look()
    run = reopened(estate, opener=Less(world.urls)).sweep(ready)
    assert run.exit_status == 1
    assert "stores.crm" in of(run, "crm.client").why.en
    assert evidence(world, estate, before)["crm.client"] == set()


def test_mistakes_in_the_register_are_all_named_and_nothing_runs(world, estate, ready):
    before, wrong = world.look(), declare()
    force_setattr(wrong.policies[0], "purpose", "bedrijfsvoering")
    force_setattr(wrong.policies[2], "purpose", "Niet Goed")
    with pytest.raises(RetentionError) as refused:
        reopened(estate, register=wrong.register).sweep(ready)
    one_line(refused.value, 2, "bedrijfsvoering", "Niet Goed")
    assert world.look() == before
    assert estate.sweep(ready).exit_status == 0, "the refused run was ended, and the next goes on"


def test_a_database_that_cannot_be_looked_at_is_an_outage_of_its_store_alone(tmp_path):
    reader = Sqlite("crm", tmp_path / ("x" * 300), lock_timeout=timedelta(seconds=1)).reader()
    with pytest.raises(StoreError, match=r"Store crm: .* cannot be reached"):
        reader.connect()
