"""What SQLite does when something is wrong: one clear line, no values in it, nothing changed."""

import sqlite3
import traceback
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from retention.candidate import Take
from retention.dataset import Dataset, NoSubject
from retention.disposition import Action
from retention.errors import ConfigError, StoreError
from retention.stores.errors import LinkedDataError
from retention.stores.registry import open_source, open_store
from retention.technique import FixedText, Nullify
from retention.text import Text
from tests.conformance.stores import files
from tests.conformance.stores.suite import cleared, dispose, everything, keys

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
ZONE = ZoneInfo("Europe/Amsterdam")
SECRET = "Jansen-123456782"  # noqa: S105 - a name and a number that must not appear
CLIENT = Dataset(id="org.client", key=("id",), subjects=NOBODY, fields={"naam": FixedText("x")})
SCRIPT = f"""
CREATE TABLE client (id INTEGER PRIMARY KEY, naam TEXT NOT NULL);
INSERT INTO client VALUES (17, '{SECRET}'), (18, 'B');
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "org.db"
    files.sql(path, SCRIPT)
    return path


@pytest.fixture
def store(path):
    opened = open_store("org", f"sqlite:///{path}", zone=ZONE, lock_timeout=timedelta(milliseconds=50))
    yield opened
    opened.close()


@pytest.fixture
def source(path):
    opened = open_source("org", f"sqlite:///{path}", zone=ZONE, lock_timeout=timedelta(milliseconds=50))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "script", ["DELETE FROM client", "UPDATE client SET naam = 'y'", "CREATE TABLE x (y)", "CREATE TEMP TABLE x (y)"]
)
def test_a_source_cannot_write_even_by_raw_sql(source, path, script):
    assert not hasattr(source, "batch")
    with pytest.raises(StoreError, match="cannot be written"), source._read("trying") as connection:
        connection.exec_driver_sql(script)
    with source._read("trying") as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
    with pytest.raises(StoreError), source._read("trying") as connection:
        connection.exec_driver_sql(script.replace("TEMP ", ""))
    assert len(files.rows(path, "SELECT * FROM client")) == 2


def test_a_store_reads_outside_its_batches_without_being_able_to_write(store):
    with pytest.raises(StoreError, match="cannot be written"), store._read("trying") as connection:
        connection.exec_driver_sql("DELETE FROM client")
    assert store.count(CLIENT) == 2


def test_a_source_reads_a_file_and_a_directory_that_it_may_not_write(source, path):
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        assert source.count(CLIENT) == 2
    finally:
        path.parent.chmod(0o700)


def test_a_missing_file_is_an_error_and_stays_missing(tmp_path):
    path = tmp_path / "weg.db"
    source = open_source("org", f"sqlite:///{path}", zone=ZONE)
    store = open_store("org", f"sqlite:///{path}", zone=ZONE)
    with pytest.raises(StoreError, match=r"weg\.db"):
        source.count(CLIENT)
    with pytest.raises(StoreError, match=r"weg\.db"):
        dispose(store, cleared(CLIENT, [(17,)]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"geen database, maar tekst" * 100, b"SQLite format 3\0" + bytes(range(256)) * 20])
def test_a_file_that_is_no_database_is_an_error(source, path, content):
    path.write_bytes(content)
    with pytest.raises(StoreError, match="org"):
        source.count(CLIENT)


def test_an_empty_file_is_no_empty_table(source, path):
    path.write_bytes(b"")
    with pytest.raises(StoreError, match=r"no table or view 'client'"):
        source.count(CLIENT)


def test_a_locked_database_says_so_and_works_again_afterwards(store, source, path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="locked"):
        source.count(CLIENT)
    with pytest.raises(StoreError, match="locked"):
        dispose(store, cleared(CLIENT, [(17,)]))
    other.execute("ROLLBACK")
    other.close()
    dispose(store, cleared(CLIENT, [(17,)]))
    assert keys(everything(source, CLIENT)) == [(18,)]


def test_a_batch_keeps_every_other_writer_out(store, path):
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    with store.batch() as batch:
        batch.lock(CLIENT, [(17,)])
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("UPDATE client SET naam = 'z' WHERE id = 18")
        batch.dispose(cleared(CLIENT, [(17,)]))
        batch.commit()
    other.execute("UPDATE client SET naam = 'z' WHERE id = 18")
    other.close()


def test_a_batch_reads_what_was_committed_last(store, path):
    assert store.count(CLIENT) == 2
    files.sql(path, "UPDATE client SET naam = 'nieuw' WHERE id = 18;")
    with store.batch() as batch:
        (record,) = batch.fetch(CLIENT, ("naam",), [(18,)])
    assert record.values["naam"] == "nieuw"


REFERENCES = {
    "no action": "REFERENCES client (id)",
    "restrict": "REFERENCES client (id) ON DELETE RESTRICT",
    "at commit": "REFERENCES client (id) DEFERRABLE INITIALLY DEFERRED",
}


@pytest.mark.parametrize("kind", REFERENCES)
def test_linked_data_stop_the_batch_whole(store, path, kind):
    files.sql(path, f"CREATE TABLE brief (id INTEGER PRIMARY KEY, client_id INTEGER {REFERENCES[kind]});")
    files.sql(path, "INSERT INTO brief VALUES (1, 17);")
    with pytest.raises(LinkedDataError, match="other data refer") as caught:
        dispose(store, cleared(CLIENT, [(18,), (17,)]))
    assert "17" not in str(caught.value)
    assert store.count(CLIENT) == 2
    letters = Dataset(id="org.brief", key=("id",), subjects=NOBODY)
    dispose(store, cleared(CLIENT, {(17,): ((Take(1, letters, ((1,),)),), ())}))
    assert store.count(CLIENT) == 1


FAULTS = {
    "refuses": f"BEFORE DELETE ON client BEGIN SELECT RAISE(ABORT, 'mag niet: {SECRET}'); END;",
    "ignores": "BEFORE DELETE ON client BEGIN SELECT RAISE(IGNORE); END;",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_database_that_refuses_a_delete_stops_the_batch_without_saying_whose(store, path, fault):
    files.sql(path, f"CREATE TRIGGER streng {FAULTS[fault]}")
    with pytest.raises(StoreError) as caught:
        dispose(store, cleared(CLIENT, [(17,)]))
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown
    assert len(files.rows(path, "SELECT * FROM client")) == 2


def test_a_column_that_cannot_be_emptied_stops_the_batch_without_saying_whose(store, path):
    of = Dataset(id="org.client", key=("id",), subjects=NOBODY, fields={"naam": Nullify()})
    with pytest.raises(StoreError, match="constraint") as caught:
        dispose(store, cleared(of, [(17,), (18,)], Action.ANONYMISE))
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert files.rows(path, "SELECT naam FROM client") == [(SECRET,), ("B",)]


def test_no_message_holds_a_key(store):
    absent = 987654321
    with pytest.raises(StoreError) as caught:
        dispose(store, cleared(CLIENT, [(17,), (absent,)]))
    assert str(absent) not in "".join(traceback.format_exception(caught.value))


def test_a_table_dropped_after_it_was_read_is_an_error(store, path):
    assert store.count(CLIENT) == 2
    files.sql(path, "DROP TABLE client;")
    with pytest.raises(StoreError, match="policies check"):
        store.count(CLIENT)
    with pytest.raises(StoreError):
        dispose(store, cleared(CLIENT, [(17,)]))


def test_what_is_deleted_is_overwritten_in_the_file(store, path):
    assert SECRET.encode() in path.read_bytes()
    dispose(store, cleared(CLIENT, [(17,)]))
    assert SECRET.encode() not in path.read_bytes()


def test_its_own_tables_are_all_it_has(store, path):
    before = files.rows(path, "SELECT * FROM sqlite_schema")
    dispose(store, cleared(CLIENT, [(17,)]))
    dispose(store, cleared(CLIENT, [(18,)], Action.ANONYMISE))
    assert files.rows(path, "SELECT * FROM sqlite_schema") == before


def test_it_is_known_by_its_file(store, source, path):
    assert store.identity == source.identity == f"sqlite:{path}"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "mariadb://u:geheim@h",
        "oracle://u:geheim@h/d",
        "org.db",
        "",
    ],
)
def test_a_url_that_names_no_store_is_refused_without_its_password(url):
    with pytest.raises(ConfigError, match="Store org") as caught:
        open_store("org", url, zone=ZONE)
    assert "geheim" not in str(caught.value)


def test_a_row_that_cannot_be_read_after_others_were_is_one_clear_line_too(path):
    of = Dataset(id="org.som", key=("id",), subjects=NOBODY)
    overflows = "CASE WHEN id < 40 THEN id ELSE abs(-9223372036854775807 - 1) END"
    numbers = "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 50)"
    files.sql(path, "CREATE TABLE getal (id INTEGER PRIMARY KEY);" + f"INSERT INTO getal {numbers} SELECT id FROM n;")
    files.sql(path, f"CREATE VIEW som AS SELECT id, {overflows} AS n FROM getal;")
    source = open_source("org", f"sqlite:///{path}", zone=ZONE)
    for read in (lambda: everything(source, of, "n"), lambda: source.fetch(of, ("n",), [(1,), (2,), (49,)])):
        with pytest.raises(StoreError, match=r"SQLITE_ERROR, while reading org\.som"):
            read()
    source.close()
