"""Several processes at one control store: holds and batches, deaths, the sweep lock."""

import random
import subprocess
import sys
from contextlib import contextmanager

import pytest

from retention.control.lock import SweepLock
from retention.control.sqlite import SqliteControlStore
from retention.errors import ControlError, SweepRunning
from retention.holds import HoldIndex
from tests.conformance.control.control_values import NOW, flight, hold, run

HEAD = """
import sys
from pathlib import Path
from retention.control.interface import *
from retention.control.journal import Journal
from retention.control.lock import SweepLock
from retention.control.sqlite import SqliteControlStore
from retention.holding import Known, place
from tests.conformance.control.control_values import hold

state = Path(sys.argv[1])

def tell(text):
    print(text, flush=True)
    return sys.stdin.readline()
"""

PLACER = """
import time
store = SqliteControlStore.open(state / "control.db")
names = Known(datasets=frozenset({"cvs.dossier"}), namespaces=frozenset({"client"}), purposes=frozenset({"schuldhulp"}))
placed = place(
    store, Journal(state / "holds.journal"), hold(), names=names, clock=time.monotonic, sleep=lambda _: tell("waiting")
)
tell(f"confirmed {not placed.unsettled}")
"""

WRITER = """
store = SqliteControlStore.open(state / "control.db")
with store.transaction() as control:
    control.place(hold(1))
with store.transaction() as control:
    control.place(hold(2))
    tell("inside")
"""

APPENDER = """
store = SqliteControlStore.open(state / "control.db")
index = int(sys.argv[2])
while True:
    with store.transaction() as control:
        control.append_leaf(index, b"{}")
        control.add_checkpoint(index + 1, "note")
    print(index, flush=True)
    index += 1
"""

SWEEPER = """
with SweepLock(state):
    tell("swept")
"""


@pytest.fixture
def state(tmp_path):
    SqliteControlStore.create(tmp_path / "control.db").close()
    return tmp_path


@contextmanager
def process(script, *arguments):
    child = subprocess.Popen(
        [sys.executable, "-c", HEAD + script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def _go_on(child):
    child.stdin.write("\n")
    child.stdin.flush()


def test_a_hold_waits_in_another_process_for_the_batch_to_settle(state):
    store = SqliteControlStore.open(state / "control.db")
    with store.transaction() as control:
        control.start_run(run())
        control.register(flight())
        assert control.standing(NOW) == HoldIndex.of(())
    with process(PLACER, state) as placer:
        assert placer.stdout.readline() == "waiting\n"
        with store.transaction() as control:  # the very next batch sees it
            assert control.holds() == (hold(),)
            assert control.standing(NOW) == HoldIndex.of([hold()])
            control.settle(flight().intent)
        _go_on(placer)
        assert placer.stdout.readline() == "confirmed True\n"
    store.close()


def test_a_hold_is_in_force_although_whoever_placed_it_was_killed_while_waiting(state):
    store = SqliteControlStore.open(state / "control.db")
    with store.transaction() as control:
        control.register(flight())
    with process(PLACER, state) as placer:
        assert placer.stdout.readline() == "waiting\n"
    with store.reading() as control:
        assert control.holds() == (hold(),)
    store.close()


def test_a_killed_writer_leaves_what_it_committed_and_nothing_else(state):
    with process(WRITER, state) as writer:
        assert writer.stdout.readline() == "inside\n"
    store = SqliteControlStore.open(state / "control.db", lock_wait=5)
    with store.transaction() as control:
        assert control.holds() == (hold(1),)
    store.close()


def test_a_writer_inside_its_transaction_keeps_others_out_and_readers_in(state):
    with process(WRITER, state) as writer:
        assert writer.stdout.readline() == "inside\n"
        store = SqliteControlStore.open(state / "control.db", lock_wait=0.01)
        with store.reading() as control:
            assert control.holds() == (hold(1),)
        with pytest.raises(ControlError, match="locked"), store.transaction():
            pytest.fail("two writers at once")
        store.close()


def test_no_committed_entry_is_lost_when_its_writer_is_killed_at_any_moment(state, pytestconfig):
    seed = pytestconfig.getoption("hypothesis_seed")
    chosen = random.Random(seed)
    size = 0
    for _ in range(5):
        with process(APPENDER, state, size) as appender:
            for _ in range(chosen.randrange(1, 40)):
                told = int(appender.stdout.readline())
        store = SqliteControlStore.open(state / "control.db", lock_wait=5)
        with store.reading() as control:
            size = control.size()
            assert size > told, f"seed {seed}"
            assert len(control.leaves(0, size)) == size
            assert control.checkpoint(size) == "note"
            assert control.checkpoint(size + 1) is None
        store.close()


def test_a_second_sweep_is_refused_and_told_who_holds_the_lock(state):
    with process(SWEEPER, state) as sweeper:
        assert sweeper.stdout.readline() == "swept\n"
        with pytest.raises(SweepRunning, match=f"process {sweeper.pid}, since 20"), SweepLock(state):
            pytest.fail("two sweeps at once")


def test_the_sweep_lock_dies_with_its_holder(state):
    with process(SWEEPER, state) as sweeper:
        assert sweeper.stdout.readline() == "swept\n"
    with SweepLock(state):
        assert (state / "sweep.lock").stat().st_mode & 0o777 == 0o600


def test_the_sweep_lock_is_free_after_its_end(state):
    with SweepLock(state):
        pass
    with SweepLock(state), pytest.raises(SweepRunning), SweepLock(state):
        pytest.fail("two sweeps at once")


def test_a_missing_state_directory_is_an_error_of_the_control_store(tmp_path):
    with pytest.raises(ControlError, match="cannot be opened"), SweepLock(tmp_path / "none"):
        pytest.fail("a lock without a file")
