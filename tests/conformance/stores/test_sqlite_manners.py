"""A SQLite file belongs to another program: a sweep leaves nothing of its own for that one to tidy up."""

import shutil
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from retention.stores.registry import open_store
from tests.conformance.stores.suite import NUMBER, cleared, dispose


def made(path, page=4096, wait=1):
    """A file with a log of its own, of so many bytes a page, in which numbers are."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA page_size = {page}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE number (n INTEGER PRIMARY KEY)")
        db.executemany("INSERT INTO number VALUES (?)", ((n,) for n in range(100)))
        db.commit()
    return closing(open_store("org", f"sqlite:///{path}", zone=ZoneInfo("UTC"), lock_timeout=timedelta(seconds=wait)))


def test_what_a_sweep_did_is_in_the_file_when_it_has_left_though_others_have_it_open(tmp_path):
    path, alone = tmp_path / "org.db", tmp_path / "alone.db"
    with made(path) as store, closing(sqlite3.connect(path)) as other:
        other.execute("SELECT count(*) FROM number").fetchone()
        dispose(store, cleared(NUMBER, [(n,) for n in range(60)]))
        store.close()
        shutil.copy(path, alone)  # without the log beside it
    with closing(sqlite3.connect(alone)) as db:
        assert db.execute("SELECT count(*) FROM number").fetchone() == (40,)


def test_a_sweep_does_not_wait_for_somebody_who_reads_to_fold_in_its_log(tmp_path):
    path = tmp_path / "org.db"
    with made(path, wait=20) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        before = other.execute("SELECT count(*) FROM number").fetchone()
        dispose(store, cleared(NUMBER, [(1,)]))
        began = time.monotonic()
        store.close()
        assert time.monotonic() - began < 10, "it waited for the reader"
        assert other.execute("SELECT count(*) FROM number").fetchone() == before == (100,)
        other.execute("COMMIT")
        assert other.execute("SELECT count(*) FROM number").fetchone() == (99,)


@pytest.mark.parametrize("page", [1024, 4096, 65536])
def test_the_log_may_grow_to_forty_megabytes_whatever_the_size_of_a_page(tmp_path, page):
    with made(tmp_path / "org.db", page) as store, store.batch() as batch:
        [pages] = batch._connection.exec_driver_sql("PRAGMA wal_autocheckpoint").one()
        assert pages * page == 40 * 2**20
