"""A batch on a file can tell whether what was read before it still stands (docs/adr/0036)."""

import sqlite3
from contextlib import closing
from zoneinfo import ZoneInfo

import pytest

from retention.candidate import Take
from retention.disposition import Action
from retention.stores.registry import open_store
from retention.technique import Nullify
from tests.conformance.stores.suite import cleared, dataset

MOMENT = dataset("moment", "id", fields={"wie": Nullify()})
FILE = dataset("bestand", "id")
TABLES = """
CREATE TABLE moment (id INTEGER PRIMARY KEY, wie TEXT, vorige INTEGER);
CREATE TABLE bestand (id INTEGER PRIMARY KEY, moment_id INTEGER);
"""
ANOTHER = "UPDATE moment SET wie = 'b' WHERE id = 9"


@pytest.fixture(params=["wal", "delete"])
def path(request, tmp_path):
    with closing(sqlite3.connect(tmp_path / "org.db")) as db:
        db.execute(f"PRAGMA journal_mode = {request.param}")
        db.executescript(TABLES)
        db.executemany("INSERT INTO moment VALUES (?, 'a', NULL)", ((n,) for n in range(20)))
        db.executemany("INSERT INTO bestand VALUES (?, ?)", ((n, n % 10) for n in range(20)))
        db.commit()
    return tmp_path / "org.db"


@pytest.fixture
def store(path):
    with closing(open_store("org", f"sqlite:///{path}", zone=ZoneInfo("UTC"))) as found:
        yield found


def marked(store):
    """The mark that a first batch leaves."""
    with store.batch():
        return store.mark()


def stands(store, mark):
    """Whether a next batch says that it does."""
    with store.batch() as batch:
        return batch.still(mark)


def dispose(store, of, records, *, commit=True, **more):
    """One batch; whether a mark from before it is one still, when it has begun."""
    with store.batch() as batch:
        batch.dispose(cleared(of, records, **more))
        if commit:
            batch.commit()


def write(path, statement=ANOTHER):
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(statement)


def test_a_store_that_had_no_batch_has_no_mark(store):
    assert store.mark() is None
    assert not stands(store, None)


def test_a_mark_stands_while_nobody_else_writes(store):
    mark = marked(store)
    assert stands(store, mark)
    with closing(sqlite3.connect(store.identity.removeprefix("sqlite:"))) as db:
        db.execute("SELECT count(*) FROM moment").fetchone()
    assert stands(store, mark)


def test_our_own_batches_leave_it_standing(store):
    mark = marked(store)
    dispose(store, MOMENT, {(1,): ((Take(1, FILE, ((1,), (11,))),), ())})
    dispose(store, MOMENT, [(2,)], commit=False)
    assert stands(store, mark)


def test_what_another_has_committed_ends_it(store, path):
    mark = marked(store)
    write(path)
    assert not stands(store, mark)
    assert stands(store, store.mark()), "what is read from then on stands again"


def test_it_is_ended_by_a_commit_between_two_of_our_batches_and_within_the_sight_of_neither(store, path):
    mark = marked(store)
    dispose(store, MOMENT, [(1,)])
    write(path)
    dispose(store, MOMENT, [(2,)])
    assert not stands(store, mark)


def test_what_a_trigger_does_ends_it(store, path):
    write(path, f"CREATE TRIGGER ook AFTER DELETE ON moment BEGIN {ANOTHER}; END")
    mark = marked(store)
    dispose(store, MOMENT, [(1,)])
    assert not stands(store, mark)


def test_what_a_reference_sets_to_null_ends_it(store, path):
    write(path, "ALTER TABLE moment ADD COLUMN na INTEGER REFERENCES moment (id) ON DELETE SET NULL")
    write(path, "UPDATE moment SET na = 1 WHERE id = 9")
    mark = marked(store)
    dispose(store, MOMENT, [(2,)])
    assert stands(store, mark), "nothing refers to that one"
    dispose(store, MOMENT, [(1,)])
    assert not stands(store, mark)


def test_a_field_that_is_erased_leaves_it_standing(store):
    mark = marked(store)
    dispose(store, MOMENT, [(1,), (2,)], action=Action.ERASE_FIELDS, fields=("wie",))
    assert stands(store, mark)


def test_another_connection_knows_nothing_of_it(store):
    mark = marked(store)
    store.close()
    assert not stands(store, mark)
