"""Other processes and other connections between a sweep and its rows: holds, writers, a second sweep (P1, P2, P5)."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from threading import Thread

import pytest

from retention.errors import SweepRunning
from retention.holds import Scope
from tests.integration.run.acts import of, planned, sql
from tests.integration.run.processes import ROOT, go_on, heard, running
from tests.integration.run.world import World

POINTS = ["before", "locked", "judging", "signed", "disposed", "committed", "after"]

PLACER = """
import json
import sys
from pathlib import Path
from retention.holds import Scope
from tests.integration.run.world import World
world = World(Path(sys.argv[1]), int(sys.argv[2]))
estate = world.estate(fresh=False)
print("> ready", flush=True)
for line in sys.stdin:
    estate.hold(Scope(subjects=frozenset({("client", line.strip())})))
    seen = world.look()
    client = int(line[1:])
    there = [n for n in range(4 * client, 4 * client + 4) if n in seen.dossier]
    told = [n for n in there if not seen.dossier[n]]
    contacts = [c for c, n in seen.contact.items() if n // 4 == client]
    print("> " + json.dumps([there, told, contacts, line.strip() in seen.client]), flush=True)
"""


@contextmanager
def placing(world):
    """Another process that places holds, on its own connection."""
    child = subprocess.Popen(
        [sys.executable, "-c", PLACER, str(world.root), str(world.size)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert heard(child) == "ready"
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


@pytest.mark.soak
def test_what_a_placed_hold_covers_stays(place, soak, seed, evidence):
    dice = random.Random(seed)
    rounds, size = (20, 1600) if soak else (2, 1600)
    for number in range(rounds):
        world = World(place / f"org{number}", size).create()
        estate = world.estate()
        before = world.look()
        planned(estate)
        clients = dice.sample(range(size // 4 - 1), 20)
        returned, during = {}, 0
        with placing(world) as placer, running(world, "sweep") as sweeper:
            assert heard(sweeper) == "ready"
            for client in clients:
                placer.stdin.write(f"C{client}\n")
                placer.stdin.flush()
                returned[client] = json.loads(heard(placer))
                during += sweeper.poll() is None
            assert heard(sweeper) == "done"
        assert during, "the sweep was over before any hold returned"
        after = world.look()
        for client, (there, told, contacts, known) in returned.items():
            assert all(n in after.dossier for n in there), f"dossier of C{client} went after its hold returned"
            assert not any(after.dossier[n] for n in told), f"summary of C{client} was erased after its hold returned"
            assert all(c in after.contact for c in contacts), f"contact of C{client} went after its hold returned"
            assert not known or f"C{client}" in after.client
        assert any(there for there, *_ in returned.values()), "every hold came too late to show anything"
        evidence(world, estate, before)
        estate.control.close()


# The six interleavings. SQLite lets no writer in while a batch is open, so each comes between the plan and the lock;
# that it must wait when it comes later is a test of its own.
def reopen(world):
    sql(world.cvs, "UPDATE dossier SET afgesloten_op = NULL WHERE dossier_id = 0")


def add_document(world):
    sql(world.cvs, "INSERT INTO document VALUES ('nieuw', 0, 'bezwaar.pdf')")


def move_date(world):
    sql(world.cvs, "UPDATE contact SET op = '2026-06-30' WHERE contact_id = 0")


def new_child(world):
    sql(world.cvs, "INSERT INTO contact VALUES (9000, 0, '2026-06-30', 'belt weer')")


INTERLEAVINGS = {"reopened": reopen, "document added": add_document, "date moved": move_date, "new child": new_child}


@pytest.mark.parametrize("meanwhile", INTERLEAVINGS.values(), ids=INTERLEAVINGS.keys())
def test_what_changes_before_its_batch_is_locked_stays_with_its_children(world, evidence, meanwhile):
    estate = world.estate()
    planned(estate)
    with running(world, "sweep", "before") as sweeper:
        assert [heard(sweeper), heard(sweeper)] == ["ready", "before"]
        meanwhile(world)
        before = world.look()
        go_on(sweeper)
        assert heard(sweeper) == "done"
    done = evidence(world, estate, before)
    after = world.look()
    assert done["cvs.dossier"] == world.due()["cvs.dossier"] - {0}
    assert {c for c, n in after.contact.items() if n == 0} == {c for c, n in before.contact.items() if n == 0}
    assert {c for c, n in after.document.items() if n == 0} == {c for c, n in before.document.items() if n == 0}


def test_a_dossier_repointed_to_a_held_client_stays(world, evidence):
    estate = world.estate()
    planned(estate)
    estate.hold(Scope(subjects=frozenset({("client", "C9999")})))
    with running(world, "sweep", "before") as sweeper:
        assert [heard(sweeper), heard(sweeper)] == ["ready", "before"]
        sql(world.cvs, "UPDATE dossier SET client_id = 'C9999' WHERE dossier_id = 4")
        before = world.look()
        go_on(sweeper)
        assert heard(sweeper) == "done"
    assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {4}


@pytest.mark.parametrize("point", POINTS[1:5])
def test_another_writer_waits_while_a_batch_is_open(world, point):
    estate = world.estate()
    planned(estate)
    with running(world, "sweep", f"cvs.dossier {point}" if point in {"signed", "committed"} else point) as sweeper:
        assert heard(sweeper) == "ready"
        heard(sweeper)
        path = world.cvs if "signed" in point else world.crm
        with (
            closing(sqlite3.connect(path, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
        go_on(sweeper)
        assert heard(sweeper) == "done"


@pytest.mark.parametrize("point", POINTS)
def test_a_hold_placed_while_a_sweep_stands_still_binds_when_it_returns(world, evidence, point):
    """The sweeper sleeps at a step; nobody takes over; a hold on the batch returns only when it is settled."""
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    with running(world, "sweep", point) as sweeper:
        assert [heard(sweeper), heard(sweeper)] == ["ready", point]
        os.kill(sweeper.pid, signal.SIGSTOP)
        with pytest.raises(SweepRunning):
            world.estate(fresh=False).sweep(digest)
        seen: list[object] = []
        other = world.estate(fresh=False)
        scope = Scope(subjects=frozenset({("client", "C0")}))
        placer = Thread(target=lambda: (other.hold(scope), seen.append(world.look())))
        placer.start()
        signed = point in POINTS[3:]
        if signed:
            wait_for(lambda: in_force(other))
            assert not seen, "a hold returned while a batch that it covers was in flight"
        else:
            placer.join(20)
            assert seen, "nothing was in flight, yet the hold waited"
        os.kill(sweeper.pid, signal.SIGCONT)
        go_on(sweeper)
        assert heard(sweeper) == "done"
        placer.join(20)
    [at_return] = seen
    after = world.look()
    assert {n for n in at_return.dossier if n < 4} == {n for n in after.dossier if n < 4}
    assert at_return.signup[0] == after.signup[0]
    assert (after.signup[0] == before.signup[0]) is (not signed)
    assert 0 in after.dossier
    evidence(world, estate, before)


def in_force(estate):
    with estate.control.reading() as tx:
        return bool(tx.holds())


def wait_for(fact, seconds=20):
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def test_a_second_sweep_is_refused_in_one_line(world):
    estate = world.estate()
    digest = planned(estate)
    with running(world, "sweep", "locked") as sweeper:
        assert [heard(sweeper), heard(sweeper)] == ["ready", "locked"]
        with pytest.raises(SweepRunning, match=f"Another sweep is under way .process {sweeper.pid}") as refused:
            estate.sweep(digest)
        assert refused.value.exit_status == 2
        with pytest.raises(SweepRunning):
            estate.plan()


def test_a_sweep_that_is_asked_to_stop_ends_its_batch_and_is_published(world, evidence):
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    asked = iter([False, False])
    run = estate.sweep(digest, stop=lambda: next(asked, True))
    assert (run.status, run.exit_status) == ("aborted", 1)
    assert 0 < run.destroyed < sum(map(len, world.due().values()))
    assert of(run, "cvs.contact").late == 10
    evidence(world, estate, before)
    assert estate.sweep(digest).exit_status == 0
    assert evidence(world, estate, before) == world.due()
