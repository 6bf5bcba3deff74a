"""The control store's file: how it is made, what is refused, what a full disk does to it, what is left in it."""

import random
import resource
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from retention.control import migrations
from retention.control.interface import Flight
from retention.control.migrations.versions import v0001_first
from retention.control.schema import APPLICATION_ID, metadata
from retention.control.sqlite import SqliteControlStore
from retention.errors import ControlError
from retention.plan import Slice
from tests.conformance.control.control_values import NOW, VAULT, flight, hold, plan, run, spooled


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "control.db"
    SqliteControlStore.create(path).close()
    return path


def test_a_new_store_is_its_owners_alone_and_so_is_its_log(tmp_path):
    store = SqliteControlStore.create(tmp_path / "control.db")
    with store.transaction() as control:
        control.place(hold())
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    store.close()
    assert modes == {"control.db": 0o600, "control.db-wal": 0o600, "control.db-shm": 0o600}


def test_closing_empties_the_write_ahead_log(path, tmp_path):
    store = SqliteControlStore.open(path)
    with store.transaction() as control:
        control.place(hold())
    store.close()
    assert [file.name for file in tmp_path.iterdir() if file.stat().st_size] == ["control.db"]


def test_closing_empties_the_write_ahead_log_although_another_process_has_the_store_open(path, tmp_path):
    other = SqliteControlStore.open(path)
    with other.reading() as control:
        assert control.holds() == ()
    store = SqliteControlStore.open(path)
    with store.transaction() as control:
        control.place(hold())
    store.close()
    assert (tmp_path / "control.db-wal").stat().st_size == 0
    other.close()


def test_closing_does_not_wait_for_a_reader(path):
    other, store = SqliteControlStore.open(path), SqliteControlStore.open(path)
    with other.reading() as control:
        assert control.holds() == ()
        with store.transaction() as writing:
            writing.place(hold())
        store.close()
        assert control.holds() == ()
    other.close()


def test_every_connection_is_durable_and_overwrites_what_it_erases(path):
    store = SqliteControlStore.open(path)
    with store._writer.connect() as connection:
        asked = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "temp_store", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    store.close()
    assert found == ["wal", 2, 1, 1, 2, 30_000]


def test_the_tables_are_those_the_migrations_make(path):
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert found == []


def test_what_a_plan_of_the_first_revision_spooled_has_no_day_and_is_walked_first(tmp_path):
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("PRAGMA journal_mode=WAL")
        old.executescript(v0001_first._TABLES + ";" + v0001_first._GAPLESS)
        old.executescript(
            "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('0001');"
            f"PRAGMA application_id = {APPLICATION_ID};"
            "INSERT INTO plan VALUES (1, 'abcdefgh', '2026-07-01T00:00:00.000000Z', '2026-07-01', 'x', '{}');"
            "INSERT INTO draft VALUES (1, 'abcdefgh'); INSERT INTO spool_part VALUES (1, 1, 'cvs.dossier');"
            "INSERT INTO spool VALUES (1, 0, zeroblob(32), 'delete', '[]', zeroblob(32), "
            "CAST('cvs.dossier/[7]' AS BLOB))"
        )
    path.chmod(0o600)
    with closing(SqliteControlStore.open(path)) as store, store.reading() as control:
        assert control.spooled_days("abcdefgh", "cvs.dossier") == {None: 1}
        [one] = control.spooled("abcdefgh", "cvs.dossier", -1, 9, VAULT, Slice(until=date(2020, 1, 1)))
        assert (one.key, one.due, one.block) == ((7,), None, None)


def test_the_newest_revision_is_the_last_of_the_scripts():
    config = Config()
    config.set_main_option("script_location", "retention.control:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.NEWEST


def test_an_existing_store_is_never_made_anew(path):
    with pytest.raises(ControlError, match="exists already"):
        SqliteControlStore.create(path)


def test_a_missing_store_is_not_made_by_opening_it(tmp_path):
    with pytest.raises(ControlError, match="retention init"):
        SqliteControlStore.open(tmp_path / "control.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_store_that_others_can_reach_is_refused(path, mode):
    path.chmod(mode)
    with pytest.raises(ControlError, match="chmod 600"):
        SqliteControlStore.open(path)


def test_a_file_that_is_no_database_is_refused(path):
    path.write_bytes(b"no database, but long enough to be read as a header: " * 40)
    with pytest.raises(ControlError, match="no database"):
        SqliteControlStore.open(path)


def test_an_empty_file_is_refused(path):
    path.write_bytes(b"")
    with pytest.raises(ControlError, match="no control store"):
        SqliteControlStore.open(path)


def test_another_programs_database_is_refused_and_left_alone(path):
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE hold (id TEXT)")
    other.close()
    path.chmod(0o600)
    before = path.read_bytes()
    with pytest.raises(ControlError, match="no control store"):
        SqliteControlStore.open(path)
    assert path.read_bytes() == before


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(ControlError, match="is no file"):
        SqliteControlStore.open(tmp_path)


def _set_revision(path, revision):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()


def test_a_store_of_a_newer_version_is_refused(path):
    _set_revision(path, "9999")
    with pytest.raises(ControlError, match="newer version"):
        SqliteControlStore.open(path)


def test_an_older_store_is_upgraded_when_it_is_opened(path):
    with sqlite3.connect(path) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        connection.execute("PRAGMA foreign_keys=OFF")
        for (name,) in names:
            if not name.startswith("sqlite_"):
                connection.execute(f"DROP TABLE {name}")
    connection.close()
    store = SqliteControlStore.open(path)
    with store.transaction() as control:
        control.place(hold())
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM leaf",
        "UPDATE leaf SET bytes = x'00'",
        "DELETE FROM checkpoint",
        "UPDATE checkpoint SET note = ''",
        "INSERT INTO leaf VALUES (5, x'00')",
    ],
)
def test_the_file_itself_refuses_to_lose_or_change_proof(path, statement):
    store = SqliteControlStore.open(path)
    with store.transaction() as control:
        control.append_leaf(0, b"{}")
        control.add_checkpoint(1, "note")
    store.close()
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()


def test_a_damaged_page_is_an_error_not_an_answer(path):
    store = SqliteControlStore.open(path)
    with store.transaction() as control:
        for number in range(300):
            control.place(hold(number))
    store.close()
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    path.write_bytes(data)

    def read():
        store = SqliteControlStore.open(path)
        try:
            with store.reading() as control:
                return control.holds()
        finally:
            store.close()

    with pytest.raises(ControlError):
        read()


FULL = """
import resource, sys
from pathlib import Path
from retention.control.sqlite import SqliteControlStore
from retention.errors import ControlError
from tests.conformance.control.control_values import VAULT, spooled

store = SqliteControlStore.open(Path(sys.argv[1]))
with store.transaction() as control:
    draft = control.open_draft()
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
try:
    with store.transaction() as control:
        control.spool(draft, "cvs.dossier", spooled(20_000), VAULT)
except ControlError as error:
    print(error.exit_status, error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with store.transaction() as control:
    control.spool(draft, "cvs.dossier", spooled(5), VAULT)
store.close()
"""


@pytest.mark.skipif(
    resource.getrlimit(resource.RLIMIT_FSIZE)[1] != resource.RLIM_INFINITY, reason="file sizes are limited here"
)
def test_a_full_disk_ends_with_status_four_and_leaves_the_store_usable(path):
    done = subprocess.run([sys.executable, "-c", FULL, path], check=True, capture_output=True, text=True)
    assert done.stdout.startswith("4 The control store")
    store = SqliteControlStore.open(path)
    with store.transaction() as control:
        control.seal_draft(1, plan(count=5), "{}")
        assert control.spooled_count(plan(count=5).digest, "cvs.dossier") == 5
    store.close()


def _needles(seed, count):
    chosen = random.Random(seed)
    return [f"needle{chosen.randrange(16**24):024x}" for _ in range(count)]


def _flight(intent, needles) -> Flight:
    return flight(
        intent,
        records="".join(needles).encode(),
        members={"cvs.dossier": frozenset(needles)},
        subjects={"client": frozenset(needles)},
    )


@pytest.mark.parametrize("size", [1, 3, 20, 400])
def test_no_key_is_left_in_the_file_after_its_batch_is_settled(path, tmp_path, size, pytestconfig):
    seed = pytestconfig.getoption("hypothesis_seed")
    needles = _needles(seed, 40 * size)
    store = SqliteControlStore.open(path)
    with store.transaction() as control:
        control.start_run(run())
    for intent in range(40):
        with store.transaction() as control:
            control.register(_flight(intent, needles[intent * size : (intent + 1) * size]))
            if intent >= 3:  # several in flight at a time, so that SQLite moves them about
                control.settle(intent - 3)
    for intent in (37, 38, 39):
        with store.transaction() as control:
            control.settle(intent)
    store.close()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"needle" not in left, f"seed {seed}"


def test_no_spooled_key_is_left_in_the_file_after_its_outcome(path, tmp_path, pytestconfig):
    seed = pytestconfig.getoption("hypothesis_seed")
    records, chosen = spooled(3000), random.Random(seed)
    store = SqliteControlStore.open(path)
    with store.transaction() as control:
        draft = control.open_draft()
        control.spool(draft, "cvs.dossier", records, VAULT)
        control.seal_draft(draft, plan(count=3000), "{}")
    digest, waiting = plan(count=3000).digest, {*range(3000)}
    while waiting:
        first = min(waiting)
        some = [seq for seq in sorted(waiting) if seq < first + 700 and chosen.random() < 0.9][:400]
        with store.transaction() as control:
            control.erase_spooled(digest, "cvs.dossier", some, VAULT)
            waiting -= {*some}
            page = [one.seq for one in control.spooled(digest, "cvs.dossier", -1, 9, VAULT)]
            assert page == sorted(waiting)[: len(page)]
            assert bool(page) is bool(waiting)
    store.close()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"needle" not in left, f"seed {seed}"


def test_a_hold_lasts_as_long_as_the_file(path):
    store = SqliteControlStore.open(path)
    with store.transaction() as control:
        control.place(hold())
    store.close()
    store = SqliteControlStore.open(path)
    with store.reading() as control:
        assert control.holds() == (hold(),)
        assert [event.at for event in control.unlogged()] == [NOW]
    store.close()
