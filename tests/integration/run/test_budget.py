"""Nights that are too short: the oldest first, between batches, in turns, until nothing is left.

No test sleeps: the hands of its clock move when the sweep means to wait. With 5 records a second and 4 seconds a night,
20 of the 90 records go each night.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from retention.holds import Scope
from retention.plan import Limits
from retention.sweep import Order, sweep
from retention.windows import parse
from tests.estate import ZONE, reopened
from tests.integration.run.acts import of, planned, sql
from tests.integration.run.hands import Hands
from tests.integration.run.world import World

DUE = 90
NIGHT = datetime(2026, 7, 2, 2, tzinfo=ZONE)


@pytest.fixture
def hands() -> Hands:
    return Hands(NIGHT - timedelta(days=1))


@pytest.fixture
def world(place) -> World:
    """Eighty dossiers; of those that are due, the ones with the highest keys are the oldest."""
    found = World(place / "org", 80).create()
    sql(
        found.cvs,
        "UPDATE dossier SET afgesloten_op = date('2015-03-01', (-dossier_id) || ' days') WHERE dossier_id % 4 = 0",
    )
    return found


@pytest.fixture
def estate(world, hands):
    return world.estate(clock=hands.now)


def paced(estate, hands, **pace):
    return reopened(estate, pace=hands.pace(**pace))


def night(estate, hands, at="02:00:00", **order):
    """The next night: what `retention sweep` does then."""
    day = hands.now().astimezone(ZONE).date() + timedelta(days=1)
    hands.set(datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=ZONE))
    return sweep(estate.installation, Order(**order))


def test_a_backlog_of_several_nights_is_done_in_as_many_the_oldest_first(world, estate, evidence, hands):
    before, digest = world.look(), str(estate.plan().digest)
    estate.approve(digest, standing=True)  # of later plans too, and yet this list goes on
    estate, runs, left = paced(estate, hands, budget=4.0, rate=5), [], set(world.due()["cvs.dossier"])
    while not runs or runs[-1].postponed:
        runs.append(night(estate, hands))
        now = {key for key in world.look().dossier if key in left}
        assert max(now, default=-1) < min(left - now, default=10**9)  # the highest keys are the oldest
        left = now
        estate.plan(hands.now().astimezone(ZONE).date())  # the morning's: it lists what is left, and nobody looks at it
    assert [run.destroyed for run in runs] == [20, 20, 20, 20, 10]
    assert [run.postponed for run in runs] == [70, 50, 30, 10, 0]
    assert {(run.exit_status, run.status, run.plan) for run in runs} == {(0, "done", digest)}
    assert evidence(world, estate, before) == world.due()


def test_what_is_postponed_is_planned_and_neither_late_nor_anything_else(estate, hands):
    planned(estate)
    run = night(paced(estate, hands, budget=4.0, rate=5), hands)
    for one in run.datasets:
        assert (one.planned, one.late, one.why) == (one.destroyed + one.postponed, 0, None)
    assert {(one.id, one.destroyed, one.postponed) for one in run.datasets} == {
        ("cvs.dossier", 5, 35),
        ("cvs.contact", 5, 15),
        ("crm.client", 5, 5),
        ("crm.aanmelding", 5, 15),
    }


def test_the_report_says_for_about_how_many_nights(estate, hands):
    planned(estate)
    run = night(paced(estate, hands, budget=4.0, rate=5), hands)
    assert of(run, "cvs.dossier").nights == 4
    assert of(run, "crm.client").nights == 1
    assert "cvs.dossier: 35 records postponed, the oldest first: about 4 more nights" in {
        remark.en for remark in run.remarks
    }


def test_what_small_datasets_do_not_need_goes_to_the_largest(estate, hands):
    planned(estate)
    run = night(paced(estate, hands, budget=16.0, rate=5), hands)
    assert {one.id: one.postponed for one in run.datasets if one.postponed} == {"cvs.dossier": 10}


def test_what_may_not_go_leaves_its_time_to_the_others(world, hands):
    estate = world.estate(clock=hands.now, limits=Limits(records=20, share=1.0))
    planned(estate)
    run = night(paced(estate, hands, budget=10.0, rate=5), hands)
    assert of(run, "cvs.dossier").refused == 40
    assert (run.destroyed, run.postponed, run.exit_status) == (50, 0, 3)


def test_a_store_that_is_away_leaves_its_time_to_the_others(world, estate, hands):
    planned(estate)
    world.cvs.rename(world.root / "elsewhere.db")
    run = night(paced(estate, hands, budget=4.0, rate=5), hands)
    assert (run.destroyed, run.postponed, run.exit_status) == (20, 0, 1)


def test_a_window_that_closes_in_mid_run_ends_it_between_two_batches(world, estate, evidence, hands):
    before = world.look()
    planned(estate)
    run = night(paced(estate, hands, rate=5, windows=(parse("00:00-02:00"),)), hands, at="01:59:57")
    assert (run.destroyed + run.postponed, run.exit_status) == (DUE, 0)
    assert 0 < run.destroyed < 3 * 5 + 5  # what was begun in three seconds is finished
    assert hands.slept < 3
    evidence(world, estate, before)


def test_a_run_outside_the_window_asks_no_store_for_anything_and_says_when_it_opens(world, estate, hands):
    planned(estate)
    world.cvs.rename(world.root / "elsewhere.db")
    run = night(paced(estate, hands, windows=(parse("22:00-01:00"),)), hands)
    assert (run.destroyed, run.postponed, run.exit_status, run.status) == (0, DUE, 5, "waiting")
    assert any("the window opens at 2026-07-02 22:00" in remark.en for remark in run.remarks)
    assert {one.why for one in run.datasets} == {None}


def test_what_the_plan_could_not_judge_is_late_also_while_the_window_is_closed(world, estate, hands):
    world.cvs.rename(world.root / "elsewhere.db")
    planned(estate)
    run = night(paced(estate, hands, windows=(parse("22:00-01:00"),)), hands)
    assert (run.exit_status, of(run, "cvs.dossier").late) == (1, None)


def test_a_run_that_is_told_to_works_outside_the_window_and_says_so(estate, hands):
    planned(estate)
    run = night(paced(estate, hands, windows=(parse("22:00-01:00"),)), hands, outside_window=True)
    assert (run.destroyed, run.exit_status) == (DUE, 0)
    assert any("--outside-window" in remark.en for remark in run.remarks)


def test_one_run_may_be_given_another_budget_and_rate(estate, hands):
    planned(estate)
    run = night(paced(estate, hands, budget=1.0, rate=1), hands, minutes=1, rate=50)
    assert (run.destroyed, run.postponed) == (DUE, 0)


def test_a_replica_that_cannot_be_asked_is_said_once_and_stops_nothing(estate, hands):
    planned(estate)
    away = {"cvs": ("postgresql://nobody@127.0.0.1:1/cvs",)}
    opener = replace(estate.installation.opener, replica_urls=away)
    run = night(paced(reopened(estate, opener=opener), hands, rate=10), hands)
    assert (run.destroyed, run.exit_status) == (DUE, 0)
    assert len([remark for remark in run.remarks if "how far a replica is behind is not known" in remark.en]) == 1


def test_a_rate_alone_takes_its_time_and_does_everything(world, estate, evidence, hands):
    before = world.look()
    planned(estate)
    run = night(paced(estate, hands, rate=10), hands)
    assert (run.destroyed, run.postponed) == (DUE, 0)
    assert hands.slept >= (DUE - 10) / 10
    assert evidence(world, estate, before) == world.due()


def test_a_run_that_is_stopped_while_it_waits_stops_at_once(estate, hands):
    planned(estate)
    asked = []
    hands.each = lambda: asked.append(1)
    run = night(paced(estate, hands, rate=1), hands, stop=lambda: len(asked) >= 2)
    assert (run.destroyed, run.status, hands.slept) == (2, "aborted", 2.0)


def test_a_hold_of_the_day_between_two_nights_still_wins(world, estate, evidence, hands):
    before = world.look()
    planned(estate)
    estate = paced(estate, hands, budget=4.0, rate=5)
    night(estate, hands)
    estate.hold(Scope(subjects=frozenset({("client", "C0")})))
    while night(estate, hands).postponed:
        pass
    assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {0}


def test_no_record_is_walked_twice_in_one_night(estate, hands):
    planned(estate)
    estate.hold(Scope(subjects=frozenset({("client", "C0")})))
    run = night(paced(estate, hands, budget=60.0, rate=5), hands)
    for one in run.datasets:
        assert one.planned == one.destroyed + sum(one.held.values())
