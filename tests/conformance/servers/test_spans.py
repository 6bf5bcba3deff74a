"""Keys that follow each other are asked for as a range, and what lies between or behind them is none of ours."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import event

from retention.candidate import Take
from retention.dataset import Dataset, NoSubject
from retention.errors import StoreError
from retention.relation import Join
from retention.stores.registry import open_store
from retention.text import Text
from tests import mariadb, postgresql
from tests.conformance.stores.suite import ZONE, cleared
from tests.integration.run.worlds import SERVERS, database

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
P = Dataset(id="org.p", key=("id",), subjects=NOBODY)
C = Dataset(id="org.c", key=("id",), subjects=NOBODY)
BELOW = ((P, C, Join((("p_id", "id"),))),)
READS = {P.id: ("id",), C.id: ("id", "p_id")}
NUMBERS = range(-10, 191)
GAPS = {0, 40, 41, 99, 150}
OURS = [(one,) for one in NUMBERS if one not in GAPS and 0 <= one <= 180]
CHILDREN = [(1000 + one,) for (one,) in OURS]
MADE = (
    "CREATE TABLE p (id SMALLINT PRIMARY KEY)",
    "CREATE TABLE c (id BIGINT PRIMARY KEY, p_id SMALLINT NOT NULL, FOREIGN KEY (p_id) REFERENCES p (id))",
    "CREATE INDEX c_p ON c (p_id)",
)
FILLED = (
    "DELETE FROM c",
    "DELETE FROM p",
    f"INSERT INTO p VALUES {', '.join(f'({one})' for one in NUMBERS)}",
    f"INSERT INTO c VALUES {', '.join(f'({1000 + one}, {one})' for one in NUMBERS)}",
)


@pytest.fixture(scope="module", params=SERVERS)
def made(request):
    with database(request.param) as url:
        ask = postgresql.execute if request.param == "postgresql" else mariadb.rows
        for statement in MADE:
            ask(url, statement)
        with closing(open_store("org", url, zone=ZONE, lock_timeout=timedelta(seconds=1))) as store:
            yield store, url, ask


@pytest.fixture
def store(made):
    store, url, ask = made
    for statement in FILLED:
        ask(url, statement)
    return store


@pytest.fixture
def other(made):
    """Another program's open transaction."""
    _, url, ask = made
    connection = psycopg.connect(url) if ask is postgresql.execute else mariadb.connect(url)
    with closing(connection), closing(connection.cursor()) as cursor:
        if ask is postgresql.execute:
            cursor.execute("SET lock_timeout = '1s'")
        else:
            cursor.execute("SET innodb_lock_wait_timeout = 1")
            cursor.execute("START TRANSACTION")
        yield cursor


@pytest.fixture
def left(made):
    """What is in a table now, by its key."""
    _, url, ask = made
    return lambda table: {one for (one,) in ask(url, f"SELECT id FROM {table}")}


def lock(batch, *, wait=False):
    return batch.lock(P, OURS, BELOW, reads=lambda dataset: READS[dataset.id], wait=wait)


def dispose(batch):
    batch.dispose(cleared(P, {OURS[0]: ((Take(1, C, tuple(CHILDREN)),), ()), **dict.fromkeys(OURS[1:], ((), ()))}))


def test_what_is_read_as_a_range_is_what_was_asked_for(store):
    said = []
    store.fetch(P, ("id",), OURS[:1])
    store.fetch(C, ("id",), OURS[:1])
    event.listen(store._reading, "before_cursor_execute", lambda *args: said.append(args[2]))
    assert sorted(store.fetch(P, ("id",), OURS).keys) == OURS
    assert sorted(store.related(C, ("id", "p_id"), ("p_id",), [*reversed(OURS), OURS[0]]).keys) == CHILDREN
    assert ["BETWEEN" in statement for statement in said if "WHERE" in statement] == [True, True]


def test_numbers_that_no_column_could_hold_are_asked_for_all_the_same(store):
    wide = [(one,) for one in range(150, 40_000)]
    assert sorted(store.fetch(P, ("id",), wide).keys) == [(one,) for one in range(150, 191)]


def test_what_lies_in_a_gap_or_beside_a_range_stays(store, left):
    with store.session(), store.batch() as batch:
        lock(batch)
        dispose(batch)
        batch.commit()
    assert left("p") == {*NUMBERS} - {one for (one,) in OURS}
    assert left("c") == {1000 + one for one in NUMBERS} - {one for (one,) in CHILDREN}


@pytest.mark.parametrize("wait", [False, True], ids=["passing over", "waiting"])
def test_what_others_hold_in_a_gap_or_beside_a_range_keeps_nobody_waiting(store, other, wait):
    beside = "40, 99, 150, 0, 181"
    other.execute(f"SELECT id FROM p WHERE id IN ({beside}) FOR UPDATE")
    other.execute(f"SELECT id FROM c WHERE p_id IN ({beside}) FOR UPDATE")
    with store.session(), store.batch() as batch:
        ours = lock(batch, wait=wait)
        assert ours.has(P, OURS)
        assert ours.has(C, CHILDREN)
        dispose(batch)
        batch.commit()


def test_what_lies_in_a_gap_or_beside_a_range_is_not_locked(store, other):
    with store.session(), store.batch() as batch:
        lock(batch)
        other.execute("SELECT id FROM p WHERE id IN (-1, 40, 41, 99, 150, 181) FOR UPDATE")
        other.execute("SELECT id FROM c WHERE p_id IN (-1, 40, 41, 99, 150, 181) FOR UPDATE")
        dispose(batch)


def test_one_that_is_not_there_is_missed_among_many(store, made):
    _, url, ask = made
    ask(url, "DELETE FROM c WHERE p_id = 40")
    with store.session(), store.batch() as batch:
        lock(batch)
        keys = tuple(sorted({*CHILDREN, (1040,)}))
        found = f"{len(keys)} records were to be disposed of, the store touched {len(CHILDREN)}\\."
        with pytest.raises(StoreError, match=found):
            batch.dispose(cleared(P, {OURS[0]: ((Take(1, C, keys),), ())}))


@pytest.mark.parametrize("made", ["postgresql"], indirect=True)  # MariaDB's lists have no type, and it keeps no plans
def test_postgresql_can_hash_the_gaps_of_a_column_of_any_width_each_time_it_is_asked(store):
    said: list[str] = []
    store.fetch(P, ("id",), OURS[:1])
    event.listen(store._reading, "before_cursor_execute", lambda *args: said.append(args[2]))
    store.fetch(P, ("id",), OURS)
    store.fetch(C, ("id",), [key for key in CHILDREN if key[0] % 20])
    ranges = [statement for statement in said if "BETWEEN" in statement]
    assert ["smallint[]" in statement for statement in ranges] == [True, False]
    assert ["bigint[]" in statement for statement in ranges] == [False, True]
    with store._reading.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        assert driver.prepare_threshold is None  # a plan that is kept for any values hashes nothing
