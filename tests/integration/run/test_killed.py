"""Killed at a random moment: after the next run, what is gone is exactly what the log calls destroyed (P2)."""

import os
import random
import shutil
import signal
import time

import pytest

from retention.holds import Scope
from tests.integration.run.acts import planned
from tests.integration.run.processes import heard, running
from tests.integration.run.world import World

pytestmark = pytest.mark.soak
ROWS = 20_000
HELD = {"C7", "C500", "C900"}


def big(root) -> tuple[World, str]:
    """Over twenty thousand rows, planned and approved, three clients under a hold."""
    world = World(root, 3300).create()
    assert world.look().rows >= ROWS
    estate = world.estate()
    estate.hold(Scope(subjects=frozenset(("client", one) for one in HELD)))
    digest = planned(estate)
    estate.control.close()
    return world, digest


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


def kill_once(world, moment):
    """Start a sweep and kill it that many seconds after it got under way; whether it was still running."""
    with running(world, "sweep") as child:
        assert heard(child) == "ready"
        time.sleep(moment)  # not to wait for something: the moment of death is what is random
        still = child.poll() is None
        child.kill()
        child.wait()
    return still


def test_sweeps_killed_at_random_moments_leave_nothing_unproven(place, soak, seed, evidence):
    dice = random.Random(seed)
    rounds, killed = (200 if soak else 10), 0
    template, digest = big(place / "org")
    pristine = place / "pristine"
    shutil.copytree(template.root, pristine)
    before, estimate = template.look(), 1.5
    while killed < rounds:
        # The path is part of what was approved, so every round takes the place of the one before.
        shutil.rmtree(template.root)
        shutil.copytree(pristine, template.root)
        while killed < rounds and kill_once(template, dice.uniform(0, estimate)):
            killed += 1
        estate = template.estate(fresh=False)
        estate.sweep(digest)
        assert evidence(template, estate, before) == due_and_not_held(template)
        estate.control.close()


POINTS = ["locked", "judging", "signed", "disposed", "committed", "after"]


@pytest.mark.parametrize("point", POINTS)
def test_a_sweep_killed_at_any_step_is_settled_by_the_next(world, evidence, point):
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    with running(world, "sweep", point) as child:
        assert [heard(child), heard(child)] == ["ready", point]
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    with estate.control.reading() as tx:
        assert len(tx.flights()) == (point in POINTS[2:])
    run = estate.sweep(digest)
    assert (run.exit_status, run.recovered) == (0, int(point in POINTS[2:]))
    assert evidence(world, estate, before) == world.due()


def test_a_recovery_that_is_killed_is_recovered_too(world, evidence):
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    for points in (["signed"], ["locked"], ["judging"], ["after"]):
        with running(world, "sweep", *points) as child:
            assert [heard(child), heard(child)] == ["ready", *points]
    assert estate.sweep(digest).exit_status == 0
    assert evidence(world, estate, before) == world.due()


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


def test_plans_killed_at_random_moments_leave_no_half_plan(world, seed, soak, evidence):
    dice = random.Random(seed)
    estate, before = world.estate(), world.look()
    for _ in range(40 if soak else 4):
        with running(world, "plan") as child:
            assert heard(child) == "ready"
            time.sleep(dice.uniform(0, 0.3))  # the moment of death
    with estate.control.reading() as tx:
        assert all(tx.spooled_count(plan.digest, one.id) == one.count for plan in tx.plans() for one in plan.datasets)
    time.sleep(1.1)  # a plan has a second of its own
    digest = planned(estate)
    assert estate.sweep(digest).exit_status == 0
    assert evidence(world, estate, before) == world.due()


@pytest.mark.parametrize("point", ["signed", "committed"])
def test_killed_with_one_store_open_that_is_down_the_next_night(world, evidence, point):
    """The other store is swept all the same; the intent stays open and named, its datasets wait; then it is settled."""
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    with running(world, "sweep", f"cvs.dossier {point}") as child:
        assert [heard(child), heard(child)] == ["ready", f"cvs.dossier {point}"]
    world.cvs.rename(world.root / "away.db")
    for side in ("-wal", "-shm"):
        if (world.root / f"cvs.db{side}").exists():
            (world.root / f"cvs.db{side}").rename(world.root / f"away.db{side}")
    run = estate.sweep(digest)
    assert (run.exit_status, len(run.open_intents), run.status) == (1, 1, "failed")
    assert {one.id for one in run.datasets if one.late} == {"cvs.dossier", "cvs.contact"}
    again = estate.sweep(digest)
    assert again.open_intents == run.open_intents
    for path in world.root.glob("away.db*"):
        path.rename(world.root / path.name.replace("away", "cvs"))
    back = estate.sweep(digest)
    assert (back.exit_status, back.open_intents, back.recovered) == (0, (), 1)
    assert evidence(world, estate, before) == world.due()
