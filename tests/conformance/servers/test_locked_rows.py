"""A batch reads a row as it locks it, and once; what it could not lock, or what came since, it sees all the same."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import timedelta
from threading import Thread

import psycopg
import pytest
from sqlalchemy import event

from retention.dataset import Dataset, NoSubject
from retention.relation import Join
from retention.stores.registry import open_store
from retention.text import Text
from tests import mariadb, postgresql
from tests.conformance.servers.test_passing import WAITING
from tests.conformance.stores.suite import ZONE, cleared
from tests.integration.run.worlds import SERVERS, database

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
P = Dataset(id="org.p", key=("id",), subjects=NOBODY)
C = Dataset(id="org.c", key=("id",), subjects=NOBODY)
SEEN = Dataset(id="org.seen", key=("id",), subjects=NOBODY)
BELOW = ((P, C, Join((("p_id", "id"),))),)
READS = {P.id: ("id", "v"), C.id: ("id", "p_id", "v"), SEEN.id: ("id", "latest")}
MADE = (
    "CREATE TABLE p (id INTEGER PRIMARY KEY, v INTEGER)",
    "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER, v INTEGER)",  # without a foreign key: nothing else protects
    "CREATE INDEX c_p ON c (p_id)",
    "CREATE VIEW seen AS SELECT id, (SELECT max(v) FROM c) AS latest FROM p",
)
FILLED = (
    "DELETE FROM c",
    "DELETE FROM p",
    "INSERT INTO p VALUES (1, 0), (2, 0), (3, 0)",
    "INSERT INTO c VALUES (10, 1, 0), (11, 1, 0), (20, 2, 0), (30, 3, 0)",
)


@pytest.fixture(scope="module", params=SERVERS)
def made(request):
    with database(request.param) as url:
        ask = postgresql.execute if request.param == "postgresql" else mariadb.rows
        for statement in MADE:
            ask(url, statement)
        store = open_store("org", url, zone=ZONE, lock_timeout=timedelta(seconds=20))
        with closing(store):
            yield store, url, ask, WAITING[request.param]


@pytest.fixture
def store(made):
    store, url, ask, _ = made
    for statement in FILLED:
        ask(url, statement)
    return store


@pytest.fixture
def other(made):
    """Another program's open transaction."""
    _, url, ask, _ = made
    connection = psycopg.connect(url) if ask is postgresql.execute else mariadb.connect(url)
    with closing(connection), closing(connection.cursor()) as cursor:
        if ask is not postgresql.execute:
            cursor.execute("START TRANSACTION")
        yield cursor


@pytest.fixture
def batch(store):
    with store.session(), store.batch() as batch:
        yield batch


def locked(batch, keys=(1, 2), below=BELOW, of=P, **how):
    return batch.lock(of, [(key,) for key in keys], below, reads=lambda dataset: READS[dataset.id], **how)


def fetched(batch, keys=(1, 2), columns=("id", "v"), of=P):
    return sorted(batch.fetch(of, columns, [(key,) for key in keys]).tuples)


def children(batch, *parents):
    return sorted(batch.related(C, ("id", "p_id", "v"), ("p_id",), [(one,) for one in parents or (1, 2)]).of(("id",)))


def has(locked, *keys):
    return locked.has(C, [(key,) for key in keys])


def test_what_is_locked_is_not_read_again(batch):
    said = []
    locked(batch)
    event.listen(batch._connection, "before_cursor_execute", lambda *args: said.append(args[2]))
    assert fetched(batch) == [(1, 0), (2, 0)]
    assert children(batch) == [(10,), (11,), (20,)]
    assert children(batch, 2) == [(20,)]
    assert said
    assert all("count(" in statement for statement in said)


def test_a_record_that_others_have_locked_is_busy_and_not_gone(batch, other):
    other.execute("SELECT * FROM p WHERE id = 2 FOR UPDATE")
    ours = locked(batch)
    assert fetched(batch) == [(1, 0), (2, 0)]
    assert ours.has(P, [(1,)])
    assert not ours.has(P, [(2,)])
    assert children(batch) == [(10,), (11,), (20,)]
    assert not has(ours, 20)


def test_a_record_that_is_gone_is_gone(batch, other):
    other.execute("DELETE FROM p WHERE id = 2")
    other.connection.commit()
    locked(batch)
    assert fetched(batch) == [(1, 0)]


UNCOMMITTED = {
    "changed": "UPDATE c SET v = 9 WHERE id = 11",
    "moved away": "UPDATE c SET p_id = 3 WHERE id = 11",
    "deleted": "DELETE FROM c WHERE id = 11",
}


@pytest.mark.parametrize("statement", UNCOMMITTED.values(), ids=UNCOMMITTED.keys())
def test_a_child_that_another_is_changing_is_there_and_not_ours(batch, other, statement):
    other.execute(statement)
    ours = locked(batch)
    assert children(batch) == [(10,), (11,), (20,)]
    assert has(ours, 10, 20)
    assert not has(ours, 11)


SINCE = {
    "added": ("INSERT INTO c VALUES (12, 1, 0)", 12),
    "moved to it": ("UPDATE c SET p_id = 1 WHERE id = 30", 30),
}


@pytest.mark.parametrize(("statement", "key"), SINCE.values(), ids=SINCE.keys())
def test_a_child_that_came_once_its_parent_was_locked_is_there_and_not_ours(batch, other, statement, key):
    ours = locked(batch)
    other.execute(statement)
    other.connection.commit()
    assert children(batch) == [(10,), (11,), *([(12,)] if key == 12 else []), (20,), *([(30,)] if key == 30 else [])]
    assert not has(ours, key)


def test_a_child_that_came_as_another_went_is_there_and_not_ours(batch, other):
    other.execute("UPDATE c SET p_id = 3 WHERE id = 11")  # not yet committed: it cannot be locked
    ours = locked(batch)
    other.execute("INSERT INTO c VALUES (12, 1, 0)")
    other.connection.commit()
    assert children(batch) == [(10,), (12,), (20,)], "as many as were locked, and another"
    assert not has(ours, 12)


CHANGES = {
    "changed": ("UPDATE p SET v = 7 WHERE id = 2", [(1, 0), (2, 7)]),
    "deleted": ("DELETE FROM p WHERE id = 2", [(1, 0)]),
    "given another key": ("UPDATE p SET id = 4 WHERE id = 2", [(1, 0)]),
}


@pytest.mark.parametrize(("statement", "found"), CHANGES.values(), ids=CHANGES.keys())
def test_a_row_that_was_waited_for_is_read_as_it_was_committed(made, batch, other, statement, found):
    _, url, ask, waiting = made
    other.execute(statement)
    late = Thread(target=lambda: locked(batch, below=(), wait=True))
    late.start()
    end = time.monotonic() + 20
    while list(ask(url, waiting)) in ([], [(0,)]):
        assert time.monotonic() < end, "it never waited"
    other.connection.commit()
    late.join(20)
    assert fetched(batch) == found


def test_what_a_view_takes_from_elsewhere_is_read_after_the_lock(batch, other):
    locked(batch, below=(), of=SEEN)
    other.execute("UPDATE c SET v = 5 WHERE id = 30")
    other.connection.commit()
    assert fetched(batch, columns=("id", "latest"), of=SEEN) == [(1, 5), (2, 5)]


def test_what_was_not_read_with_the_lock_is_asked_for(batch):
    batch.lock(P, [(1,), (2,)], BELOW, reads=lambda dataset: dataset.key)
    assert fetched(batch) == [(1, 0), (2, 0)]
    assert fetched(batch, (1, 2, 3)) == [(1, 0), (2, 0), (3, 0)]
    assert children(batch, 1, 3) == [(10,), (11,), (30,)]


def test_what_was_disposed_of_is_not_there_any_more(batch):
    locked(batch, (3,), below=())
    assert fetched(batch, (3,)) == [(3, 0)]
    batch.dispose(cleared(P, [(3,)]))
    assert fetched(batch, (3,)) == []


def test_a_record_below_itself_is_read_with_everything_below_it(batch, other):
    """One dataset, reached through the same columns level by level."""
    other.execute("UPDATE p SET v = 1 WHERE id > 1")
    other.execute("INSERT INTO p VALUES (4, 2), (5, 4)")
    other.connection.commit()
    ours = locked(batch, (1,), below=((P, P, Join((("v", "id"),))),))
    assert ours.has(P, [(1,), (2,), (3,), (4,), (5,)])
    below = batch.related(P, ("id", "v"), ("v",), [(key,) for key in range(1, 6)])
    assert sorted(below.of(("id",))) == [(2,), (3,), (4,), (5,)]
