"""What passes by itself is told from what does not, on both servers: deadlocks and time-outs, as they really come."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text

from retention.dataset import Dataset, NoSubject
from retention.stores.errors import LockedError, SlowError
from retention.stores.registry import open_store
from retention.text import Text
from tests import mariadb, postgresql
from tests.conformance.stores.suite import ZONE, cleared
from tests.integration.run.worlds import SERVERS, database

T = Dataset(id="org.t", key=("k",), subjects=NoSubject(Text(nl="niemand", en="nobody")))
MADE = ("CREATE TABLE t (k INTEGER PRIMARY KEY, v INTEGER)", "INSERT INTO t VALUES (1, 0), (2, 0), (3, 0), (4, 0)")
WAITING = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
    "AND datname = current_database()",
    "mariadb": "SELECT count(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p "
    "ON p.id = t.trx_mysql_thread_id WHERE t.trx_state = 'LOCK WAIT' AND p.db = database()",
}
TOO_LONG = {
    "postgresql": ("SET LOCAL statement_timeout = 10", "SELECT pg_sleep(60)"),
    "mariadb": ("SET STATEMENT max_statement_time = 0.01 FOR SELECT SLEEP(60) FROM t",),
}


@contextmanager
def on(engine):
    """A store on that server, and how another program speaks to the database."""
    with database(engine) as url:
        ask = postgresql.execute if engine == "postgresql" else mariadb.rows
        for statement in MADE:
            ask(url, statement)
        store = open_store("org", url, zone=ZONE, lock_timeout=timedelta(seconds=20))
        try:
            yield store, url, ask
        finally:
            store.close()


@contextmanager
def another(engine, url):
    """Another program's transaction, which the server spares in a deadlock: it did more, or waits longer."""
    if engine == "postgresql":
        with closing(psycopg.connect(url)) as connection:
            connection.execute("SET deadlock_timeout = '60s'")
            yield connection, connection.execute
    else:
        with closing(mariadb.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("START TRANSACTION")
            cursor.execute("UPDATE t SET v = v + 1 WHERE k > 1")
            yield connection, cursor.execute


@pytest.mark.parametrize("engine", SERVERS)
def test_who_gives_way_in_a_deadlock_may_try_again(engine):
    with on(engine) as (store, url, ask), another(engine, url) as (connection, other):
        other("UPDATE t SET v = 1 WHERE k = 2")
        with store.session(), store.batch() as batch:
            assert batch.lock(T, [(1,)]).has(T, [(1,)])
            waiting = threading.Thread(target=other, args=("UPDATE t SET v = 1 WHERE k = 1",))
            waiting.start()
            while list(ask(url, WAITING[engine])) in ([], [(0,)]):
                pass
            with pytest.raises(LockedError, match=r"40P01|1213"):
                batch.dispose(cleared(T, [(2,)]))
            waiting.join(30)
        connection.commit()
        with store.session(), store.batch() as batch:
            batch.lock(T, [(1,), (2,)])
            batch.dispose(cleared(T, [(1,), (2,)]))
            batch.commit()
        assert store.count(T) == 2


@pytest.mark.parametrize("engine", SERVERS)
def test_a_statement_that_is_ended_for_taking_too_long_may_do_with_less(engine):
    with on(engine) as (store, _, _ask), pytest.raises(SlowError, match=r"57014|1969"):
        _take_long(store, engine)


def _take_long(store, engine):
    with store._read("trying") as connection:
        for statement in TOO_LONG[engine]:
            connection.execute(text(statement))
