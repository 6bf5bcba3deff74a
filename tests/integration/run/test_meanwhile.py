"""Other processes and other connections between a sweep and its rows: holds, writers, a second sweep (P1, P2, P5).

On every engine, with barriers: a test goes on when somebody has said where it is, or the server says who waits.
"""

import random
import time
from contextlib import closing
from threading import Thread

import pytest

from retention.errors import SweepRunning
from retention.holds import Scope
from tests.integration.run import placer
from tests.integration.run.acts import of, planned
from tests.integration.run.processes import go_on, heard, running, started
from tests.integration.run.worlds import SERVERS, on_engine

POINTS = ["before", "locked", "judging", "signed", "disposed", "committed", "after"]
SOON = 5.0  # seconds in which a hold is placed


@pytest.fixture
def world(place, engine):
    with on_engine(engine, place / "org", 40) as found:
        yield found


@pytest.mark.soak
def test_what_a_placed_hold_covers_stays(engine, place, rounds, seed, evidence):
    dice = random.Random(seed)
    for number in range(rounds(2, 20)):
        with on_engine(engine, place / f"org{number}", 1600) as world:
            hold_twenty(world, dice, evidence)


def hold_twenty(world, dice, evidence):
    estate, before = world.estate(), world.look()
    planned(estate)
    returned, during = {}, 0
    with started(placer.main, world) as other, running(world, "sweep") as sweeper:
        assert [heard(other), heard(sweeper)] == ["ready", "ready"]
        for client in dice.sample(range(world.size // 4 - 1), 20):
            go_on(other, str(client))
            took, returned[client] = other.line.recv()
            assert took < SOON
            during += sweeper.running()
        assert heard(sweeper) == "done"
    assert during, "the sweep was over before any hold returned"
    for client, there in returned.items():
        assert placer.of(world, client) == there, f"something of client {client} changed after its hold returned"
    assert any(there["dossier"] for there in returned.values()), "every hold came too late to show anything"
    evidence(world, estate, before)
    estate.control.close()


# The six interleavings, but for the sixth, a hold that is placed, which is below: of dossier 0, which is due.
MEANWHILE = {
    "a dossier is reopened": "UPDATE dossier SET afgesloten_op = NULL WHERE dossier_id = 0",
    "a document is added": "INSERT INTO document VALUES ('nieuw', 0, 'bezwaar.pdf')",
    "a child's date is moved": "UPDATE contact SET op = '2026-06-30' WHERE contact_id = 0",
    "the subject is re-pointed to a held client": "UPDATE dossier SET client_id = 'C9999' WHERE dossier_id = 0",
    "a new child row references the parent": "INSERT INTO contact VALUES (9000, 0, '2026-06-30', 'belt weer')",
}
meanwhile = pytest.mark.parametrize("statement", MEANWHILE.values(), ids=MEANWHILE.keys())


@pytest.fixture
def estate(world):
    """Planned and approved, with a hold on somebody who has nothing yet."""
    found = world.estate()
    planned(found)
    found.hold(Scope(subjects=frozenset({("client", "C9999")})))
    return found


@meanwhile
def test_what_changes_before_its_batch_is_locked_stays_with_its_children(world, estate, evidence, statement):
    with running(world, "sweep", "before") as sweeper:
        assert [heard(sweeper), heard(sweeper)] == ["ready", "before"]
        world.sql("cvs", statement)
        before = world.look()
        go_on(sweeper)
        assert heard(sweeper) == "done"
    assert_that_dossier_0_stays(world, estate, before, evidence)


@pytest.mark.parametrize("engine", SERVERS)
@meanwhile
def test_what_another_is_changing_as_its_batch_comes_stays_with_its_children(world, estate, evidence, statement):
    """The other's transaction is open as the sweep arrives, and commits when the sweep has decided what goes."""
    before = world.look()
    with running(world, "sweep", "before", "cvs.dossier signed") as sweeper, closing(world.connect("cvs")) as other:
        assert [heard(sweeper), heard(sweeper)] == ["ready", "before"]
        with closing(other.cursor()) as cursor:
            cursor.execute(statement)
        go_on(sweeper)
        wait_for(lambda: world.waiting("cvs") or sweeper.line.poll())  # it waits for the row, or passes it over
        other.commit()
        assert heard(sweeper) == "cvs.dossier signed"
        go_on(sweeper)
        assert heard(sweeper) == "done"
    assert_that_dossier_0_stays(world, estate, before, evidence)


def assert_that_dossier_0_stays(world, estate, before, evidence):
    done, after = evidence(world, estate, before), world.look()
    assert done["cvs.dossier"] == world.due()["cvs.dossier"] - {0}
    assert {c for c, n in after.contact.items() if n == 0} >= {c for c, n in before.contact.items() if n == 0}
    assert {c for c, n in after.document.items() if n == 0} >= {c for c, n in before.document.items() if n == 0}


@pytest.mark.parametrize("engine", SERVERS)
@meanwhile
def test_what_comes_once_its_batch_is_locked_waits_and_finds_nothing(world, estate, evidence, statement):
    """Nobody's children stay behind without their parent: the other's change comes too late for all of it."""
    before, changed = world.look(), []
    with running(world, "sweep", "cvs.dossier signed") as sweeper:
        assert [heard(sweeper), heard(sweeper)] == ["ready", "cvs.dossier signed"]
        late = Thread(target=lambda: changed.append(rows_changed(world, statement)))
        late.start()
        wait_for(lambda: world.waiting("cvs"))
        assert not changed
        go_on(sweeper)
        assert heard(sweeper) == "done"
        late.join(20)
    assert changed == [0]
    assert evidence(world, estate, before) == world.due()


def rows_changed(world, statement):
    """How many rows another program changes; none where the database refuses."""
    with closing(world.connect("cvs")) as other, closing(other.cursor()) as cursor:
        try:
            cursor.execute(statement)
        except world.REFUSED:
            return 0
        other.commit()
        return cursor.rowcount


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("point", POINTS[1:5])
def test_another_writer_waits_while_a_batch_is_open(world, point):
    planned(world.estate())
    with running(world, "sweep", f"cvs.dossier {point}" if point in {"signed", "committed"} else point) as sweeper:
        assert heard(sweeper) == "ready"
        heard(sweeper)
        with closing(world.connect("cvs" if "signed" in point else "crm")) as other:
            other.execute("PRAGMA busy_timeout = 0")
            with pytest.raises(world.REFUSED, match="locked"):
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
        sweeper.stop()
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
        sweeper.awake()
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


@pytest.mark.parametrize("engine", ["sqlite"])
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


@pytest.mark.parametrize("engine", ["sqlite"])
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
