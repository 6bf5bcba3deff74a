"""One sweep, plan or publication in a process of its own, which a test kills or stops.

Tells its stages on the line to the test; at each pause point it tells where it is and waits for an answer.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from retention.audit import durable
from retention.errors import RetentionError
from retention.stores.interface import Batch
from retention.stores.sql import SqlStore
from retention.stores.sql_batch import SqlBatch
from tests.estate import reopened
from tests.integration.run.worlds import opened


class Steps:
    """Waits at the points asked for, each the first time that it is reached."""

    def __init__(self, line: Connection, points: list[str]) -> None:
        self.line = line
        self.points = points

    def reach(self, point: str) -> None:
        """In order: a later point is not waited for before the earlier ones were reached."""
        if self.points[:1] == [point]:
            self.points.pop(0)
            self.line.send(point)
            self.line.recv()


def step_by_step(steps: Steps) -> None:
    """Make every step of a batch one that a test can wait for."""
    at_work = ""
    lock, fetch, dispose, commit = SqlBatch.lock, SqlBatch.fetch, SqlBatch.dispose, SqlBatch.commit
    opened = SqlStore.batch

    def locked(self, dataset, keys, below=(), **how):
        found = lock(self, dataset, keys, below, **how)
        steps.reach("locked")
        return found

    def fetched(self, dataset, columns, keys):
        found = fetch(self, dataset, columns, keys)
        steps.reach("judging")
        return found

    def disposed(self, cleared):
        nonlocal at_work
        at_work = cleared.dataset.id
        steps.reach("signed")
        steps.reach(f"{at_work} signed")
        children = dispose(self, cleared)
        steps.reach("disposed")
        return children

    def committed(self):
        commit(self)
        steps.reach("committed")
        steps.reach(f"{at_work} committed")

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        steps.reach("before")
        with opened(self) as found:
            yield found
        steps.reach("after")

    SqlBatch.lock, SqlBatch.fetch, SqlBatch.dispose, SqlBatch.commit, SqlStore.batch = (  # type: ignore[method-assign]
        locked,
        fetched,
        disposed,
        committed,
        batch,
    )


def write_by_write(steps: Steps) -> None:
    """Make every file of a publication one that a test can wait for: only those of the published log count."""
    replace, written = durable.write, 0

    def write(path: Path, data: bytes, scratch: Path) -> None:
        nonlocal written
        if "log" in path.parts and "manifest" not in path.parts:
            written += 1
            steps.reach(f"write {written}")
        replace(path, data, scratch)

    durable.write = write  # type: ignore[assignment]


def main(line: Connection, spec: Mapping[str, str], what: str, *points: str) -> None:
    """Do `what`, and say how it ended."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # its log lines are nobody's output
    world = opened(spec)
    steps = Steps(line, list(points))
    if points:  # one batch at a time: a point is then one moment
        SqlStore.abreast = 1  # type: ignore[assignment, misc]
    step_by_step(steps)
    write_by_write(steps)
    estate = reopened(world.estate(fresh=False), **({"batch_records": 4} if world.size < 1000 else {}))
    line.send("ready")
    try:
        if what == "plan":
            line.send(str(estate.plan().digest))
            return
        with estate.control.reading() as tx:
            [newest, *_] = tx.plans()
        done = estate.sweep(newest.digest)
    except RetentionError as error:
        line.send(f"{type(error).__name__}: {error}")
        return
    line.send("done" if done.exit_status == 0 else f"exit status {done.exit_status}")
