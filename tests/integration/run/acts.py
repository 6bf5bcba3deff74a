"""What tests do to a world and its installation, in a line each."""

import sqlite3
from contextlib import closing


def sql(path, statement, *values):
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement, values)


def planned(estate):
    """Plan and approve; the digest."""
    digest = estate.plan().digest
    estate.approve(digest)
    return digest


def of(run, dataset):
    return next(one for one in run.datasets if one.id == dataset)
