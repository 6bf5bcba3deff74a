"""Killed at a random moment, the sweep or the server below it: what is gone is what the log calls destroyed (P2).

On every engine; the servers are durable ones.
"""

import dataclasses
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import force_setattr

from retention.holds import Scope
from retention.technique import Nullify, Truncate
from tests.estate import reopened
from tests.integration.run.acts import planned
from tests.integration.run.processes import go_on, heard, running
from tests.integration.run.world import World, declare, done
from tests.integration.run.worlds import SERVERS, killable, on_engine, opened
from tests.proxy import proxied

LARGE, SMALL = 3300, 500  # dossiers; with what belongs to them over six times as many rows
HELD = {"C7", "C50", "C90"}


@pytest.fixture
def world(place, engine):
    with on_engine(engine, place / "org", 40) as found:
        yield found


@dataclass
class Loop:
    """A planned and approved world with three clients under a hold, to be killed over and over."""

    world: World
    pristine: Path
    digest: str
    dice: random.Random
    longest: float = 1.0  # seconds that a sweep takes, as far as is known

    def restore(self) -> None:
        """As it was. Where it lies is part of what was approved, so every round takes the place of the one before."""
        shutil.rmtree(self.world.root)
        shutil.copytree(self.pristine, self.world.root)
        self.world.refill()

    def until_killed(self, kill) -> bool:
        """Start a sweep and kill it, or what it works on, at a random moment; whether it was under way by then."""
        with running(self.world, "sweep") as child:
            assert heard(child) == "ready"
            begun = time.monotonic()
            if child.line.poll(self.dice.uniform(0, self.longest)):  # else this is the moment of death
                self.longest = max(0.1, time.monotonic() - begun)
                assert heard(child) == "done"
                return False
            kill(child)
            return True


@pytest.fixture
def trial(engine, place, soak, seed) -> Iterator[Loop]:
    with on_engine(engine, place / "org", LARGE if soak else SMALL) as world:
        estate = world.estate()
        estate.hold(Scope(subjects=frozenset(("client", one) for one in HELD)))
        digest = planned(estate)
        estate.control.close()
        shutil.copytree(world.root, place / "pristine")
        yield Loop(world, place / "pristine", digest, random.Random(seed))


def due_and_not_held(world):
    """What may go, and must have gone in the end: of dossier n the client is n // 4."""
    held = {4 * int(one[1:]) + part for one in HELD for part in range(4)}
    due = world.due()
    return {
        **due,
        "cvs.dossier": due["cvs.dossier"] - held,
        "cvs.dossier erased": due["cvs.dossier erased"] - held,
        "cvs.contact": {one for one in due["cvs.contact"] if one // 2 not in held},
        "crm.client": {one for one in due["crm.client"] if one not in HELD},
        "crm.aanmelding": due["crm.aanmelding"] - held,
    }


def kill_over_and_over(trial, kill, times, evidence):
    """Until so many were killed under way; each time that a sweep came through, everything must be as it should."""
    before, killed = trial.world.look(), 0
    while killed < times:
        while killed < times and trial.until_killed(kill):
            killed += 1
            done(before, trial.world.look())  # nothing is half gone
        estate = trial.world.estate(fresh=False)
        run = estate.sweep(trial.digest)
        assert run.exit_status == 0
        assert evidence(trial.world, estate, before) == due_and_not_held(trial.world)
        estate.control.close()
        trial.restore()


@pytest.mark.soak
def test_sweeps_killed_at_random_moments_leave_nothing_unproven(trial, rounds, evidence):
    kill_over_and_over(trial, lambda child: child.kill(), rounds(10, 100), evidence)


@pytest.mark.soak
@pytest.mark.parametrize("engine", SERVERS)
def test_servers_killed_at_random_moments_leave_nothing_unproven(engine, trial, rounds, evidence):
    """The sweep ends by itself and says that something failed; the server comes back, and the next run settles it."""

    def kill(child):
        server = killable(engine)
        server.kill()
        told = heard(child)
        server.start()
        assert told in {"exit status 1", "done"}, told  # done: all that was left was to publish

    kill_over_and_over(trial, kill, rounds(10, 100), evidence)


POINTS = ["locked", "judging", "signed", "disposed", "committed", "after"]


@pytest.mark.parametrize("point", POINTS)
def test_a_sweep_killed_at_any_step_is_settled_by_the_next(world, evidence, point):
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    earlier = ["cvs.dossier signed"] if point in {"disposed", "committed", "after"} else []  # it has children
    with running(world, "sweep", *earlier, point) as child:
        assert heard(child) == "ready"
        for one in (*earlier, point):
            assert heard(child) == one
            if one != point:
                go_on(child)
        child.kill()
    done(before, world.look())  # nothing is half gone
    with estate.control.reading() as tx:
        assert len(tx.flights()) == (point in POINTS[2:])
    run = estate.sweep(digest)
    assert (run.exit_status, run.recovered) == (0, int(point in POINTS[2:]))
    assert evidence(world, estate, before) == world.due()


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("name", "change"),
    [("signup", {"fields": {"email": Truncate(200)}}), ("client", {"key": ("email",), "fields": {"naam": Nullify()}})],
    ids=["nothing need be erased", "another key"],
)
def test_what_was_not_done_is_not_called_so_under_a_declaration_that_changed_since(world, evidence, name, change):
    estate, declared = world.estate(), declare()
    before, digest = world.look(), planned(estate)
    dataset = getattr(declared, name)
    with running(world, "sweep", f"{dataset.id} signed") as child:
        assert [heard(child), heard(child)] == ["ready", f"{dataset.id} signed"]
        child.kill()
    for member, value in change.items():
        force_setattr(dataset, member, value)
    run = reopened(estate, register=declared.register).sweep(digest)
    assert (run.exit_status, run.recovered, len(run.open_intents)) == (1, 0, 1), "nobody can say what became of it"
    run = estate.sweep(digest)
    assert (run.exit_status, run.recovered, run.open_intents) == (0, 1, ())
    assert evidence(world, estate, before) == world.due()


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_is_not_in_another_database_is_not_called_gone(world, evidence):
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    with running(world, "sweep", "crm.client signed") as child:
        assert [heard(child), heard(child)] == ["ready", "crm.client signed"]
        child.kill()
    shutil.copy(world.crm, world.root / "empty.db")
    with closing(sqlite3.connect(world.root / "empty.db")) as other, other:
        other.execute("DELETE FROM client")
    elsewhere = dataclasses.replace(
        estate.installation.opener, urls={**world.urls, "crm": f"sqlite:///{world.root}/empty.db"}
    )
    run = reopened(estate, opener=elsewhere).sweep(digest)
    assert (run.exit_status, run.recovered, len(run.open_intents)) == (1, 0, 1)
    assert estate.sweep(digest).exit_status == 0
    assert evidence(world, estate, before) == world.due()


def test_a_recovery_that_is_killed_is_recovered_too(world, evidence):
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    for points in (["signed"], ["locked"], ["judging"], ["after"]):
        with running(world, "sweep", *points) as child:
            assert [heard(child), heard(child)] == ["ready", *points]
    assert estate.sweep(digest).exit_status == 0
    assert evidence(world, estate, before) == world.due()


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_publication_that_is_killed_is_completed_by_the_next(world, evidence):
    """At every write of the publication in turn."""
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    for nth in range(1, 12):
        with running(world, "sweep", f"write {nth}") as child:
            assert heard(child) == "ready"
            if heard(child) != f"write {nth}":
                break
    else:
        pytest.fail("the publication never came to an end")
    assert nth > 3, "no publication was killed"
    estate.sweep(digest)
    assert evidence(world, estate, before) == world.due()


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.soak
def test_plans_killed_at_random_moments_leave_no_half_plan(world, seed, rounds, evidence):
    dice = random.Random(seed)
    estate, before = world.estate(), world.look()
    for _ in range(rounds(4, 40)):
        with running(world, "plan") as child:
            assert heard(child) == "ready"
            time.sleep(dice.uniform(0, 0.3))  # the moment of death
    with estate.control.reading() as tx:
        assert all(tx.spooled_count(plan.digest, one.id) == one.count for plan in tx.plans() for one in plan.datasets)
    time.sleep(1.1)  # a plan has a second of its own
    digest = planned(estate)
    assert estate.sweep(digest).exit_status == 0
    assert evidence(world, estate, before) == world.due()


@pytest.fixture
def line(world):
    """The line to the first of the world's stores, which may break."""
    if world.ENGINE == "sqlite":
        yield Drawer(world)
        return
    with proxied(world.urls["cvs"]) as found:
        yield found


@pytest.mark.parametrize("point", ["signed", "committed"])
def test_killed_with_one_store_open_that_is_down_the_next_night(world, line, evidence, point):
    """The other store is swept all the same; the intent stays open and named, its datasets wait; then it is settled."""
    world = by_way_of(world, line)
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    with running(world, "sweep", f"cvs.dossier {point}") as child:
        assert [heard(child), heard(child)] == ["ready", f"cvs.dossier {point}"]
    line.cut()
    run = estate.sweep(digest)
    assert (run.exit_status, len(run.open_intents), run.status) == (1, 1, "failed")
    assert {one.id for one in run.datasets if one.late} == {"cvs.dossier", "cvs.contact"}
    again = estate.sweep(digest)
    assert again.open_intents == run.open_intents
    line.mend()
    back = estate.sweep(digest)
    assert (back.exit_status, back.open_intents, back.recovered) == (0, (), 1)
    assert evidence(world, estate, before) == world.due()


def by_way_of(world, line):
    return world if world.ENGINE == "sqlite" else opened({**world.spec, "cvs": line.url})


class Drawer:
    """Where a database file is put away: a line to it that is cut."""

    def __init__(self, world):
        self.root = world.root

    def cut(self):
        self._rename("cvs", "away")

    def mend(self):
        self._rename("away", "cvs")

    def _rename(self, old, new):
        for path in self.root.glob(f"{old}.db*"):
            path.rename(self.root / path.name.replace(old, new))
