"""A run from plan to checkpoint: what was planned is what happens, once, and everything else stays."""

from datetime import UTC, datetime, timedelta

import pytest

from retention.errors import ClockError, PolicyError, UsageError
from retention.holding import release
from retention.holds import HoldKind, Scope
from retention.sweep import Order, sweep
from tests.estate import SWEPT, reopened
from tests.integration.run.acts import of, planned, sql
from tests.integration.run.evidence import entries
from tests.integration.run.world import World, declare


def test_what_was_planned_is_what_is_destroyed_and_nothing_else(world, estate, evidence):
    before = world.look()
    run = estate.sweep(planned(estate))
    assert run.exit_status == 0
    assert evidence(estate=estate, world=world, before=before) == world.due()
    assert all(one.destroyed == one.planned for one in run.datasets)
    assert sum(map(len, world.due().values())) == run.destroyed


def test_children_are_counted_with_their_parents(estate):
    run = estate.sweep(planned(estate))
    assert of(run, "cvs.dossier").children == {"cvs.contact": 20, "cvs.document": 10, "cvs.pagina": 10}


def test_a_second_run_finds_nothing_left(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    estate.sweep(digest)
    after = world.look()
    again = estate.sweep(digest)
    assert (again.exit_status, again.destroyed, [one.late for one in again.datasets]) == (0, 0, [0] * 4)
    assert world.look() == after
    evidence(world, estate, before)


def test_a_later_plan_lists_nothing_that_was_disposed_of(estate):
    estate.sweep(planned(estate))
    assert estate.plan().planned == 0


def test_a_record_that_changed_since_the_plan_stays(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    sql(world.cvs, "UPDATE dossier SET postcode = '9999ZZ' WHERE dossier_id = 4")
    run = estate.sweep(digest)
    assert of(run, "cvs.dossier").changed == 1
    assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {4}


def test_a_record_that_is_gone_already_is_said_to_be_gone(world, estate, evidence):
    digest = planned(estate)
    sql(world.crm, "DELETE FROM client WHERE client_id = 'C10'")
    before = world.look()
    run = estate.sweep(digest)
    assert (of(run, "crm.client").gone, of(run, "crm.client").late, run.exit_status) == (1, 0, 0)
    evidence(world, estate, before)


def test_a_hold_placed_after_planning_still_wins(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    estate.hold(Scope(subjects=frozenset({("client", "C0")})))
    run = estate.sweep(digest)
    done = evidence(world, estate, before)
    assert of(run, "cvs.dossier").held == {"KEEP_HOLD": 2}
    # The clients' own record, dossiers 0 to 3 with all below them, and the sign-ups of C0.
    assert done["cvs.dossier"] == world.due()["cvs.dossier"] - {0}
    assert done["cvs.dossier erased"] == world.due()["cvs.dossier erased"] - {3}
    assert done["cvs.contact"] == world.due()["cvs.contact"] - {5}
    assert done["crm.aanmelding"] == world.due()["crm.aanmelding"] - {0}


def test_a_hold_on_a_page_keeps_everything_above_it(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    estate.hold(Scope(records=frozenset({("cvs.pagina", "8")})), HoldKind.RESTRICTION)
    run = estate.sweep(digest)
    assert of(run, "cvs.dossier").held == {"KEEP_RESTRICTED": 1}
    assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {8}


def test_what_a_released_hold_covered_cools_off_first(world, estate, evidence):
    before = world.look()
    hold = estate.hold(Scope(records=frozenset({("cvs.dossier", "8")})))
    release(
        estate.control,
        estate.journal,
        hold.id,
        by="jurist",
        reason="zaak gesloten",
        now=datetime.now(UTC),
        cooling_off=timedelta(days=7),
    )
    digest = estate.plan().digest
    assert digest is not None
    estate.approve(digest)
    estate.sweep(digest)
    assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {8}


def test_what_the_run_itself_does_is_no_change(estate):
    """A dossier and its contact of its own period, and a summary erased beside it, in one plan."""
    run = estate.sweep(planned(estate))
    assert [one.changed for one in run.datasets] == [0] * 4


def test_a_client_that_a_new_dossier_refers_to_is_protected_at_once(world, estate, evidence):
    before, digest = world.look(), planned(estate)
    sql(world.cvs, "INSERT INTO dossier VALUES (4000, 'C12', 'schuldhulp', '2025-01-01', 's', '1234AB')")
    run = estate.sweep(digest)
    assert of(run, "crm.client").changed == 1
    assert "C12" in world.look().client
    assert evidence(world, estate, before)["crm.client"] == world.due()["crm.client"] - {"C12"}


def test_an_empty_night_is_in_the_log_all_the_same(world, estate, go_verify):
    for table in ("pagina", "document", "contact", "dossier"):
        sql(world.cvs, f"DELETE FROM {table}")
    for table in ("aanmelding", "client"):
        sql(world.crm, f"DELETE FROM {table}")
    run = estate.sweep(planned(estate))
    assert (run.exit_status, run.destroyed) == (0, 0)
    assert [one["type"] for one in entries(estate)[-2:]] == ["run-start", "run-end"]
    assert int(run.checkpoint[1]) == len(entries(estate))
    go_verify(estate.log, estate.trust)


def test_a_night_without_any_plan_is_red_and_in_the_log(estate, go_verify):
    run = sweep(estate.installation, Order())
    assert (run.exit_status, run.plan) == (1, None)
    assert "no plan" in run.remarks[0].en
    go_verify(estate.log, estate.trust)


def test_a_night_without_a_new_plan_is_red(world, evidence):
    now = [datetime(2026, 7, 1, 12, tzinfo=UTC)]
    estate = world.estate(clock=lambda: now[0])
    before = world.look()
    planned(estate)
    now[0] += timedelta(days=1)
    assert sweep(estate.installation, Order()).exit_status == 0
    now[0] += timedelta(days=1)
    second = sweep(estate.installation, Order())
    assert second.exit_status == 1
    assert "no plan was made since the last run" in second.remarks[0].en
    evidence(world, estate, before)


def test_the_plan_that_a_person_approved_goes_before_a_newer_one_that_waits(world, evidence):
    now = [datetime(2026, 7, 1, 12, tzinfo=UTC)]
    estate = world.estate(clock=lambda: now[0])
    before = world.look()
    approved = planned(estate)
    now[0] += timedelta(days=1)
    estate.plan(today=now[0].date())
    now[0] += timedelta(days=1)
    run = sweep(estate.installation, Order())
    assert (run.plan, run.exit_status) == (approved, 0)
    assert evidence(world, estate, before) == world.due()


def test_a_sweep_as_of_another_day_counts_only_an_approval_of_its_list(estate):
    first = estate.plan().digest
    estate.approve(first, standing=True)
    second = estate.plan().digest
    assert second != first
    assert estate.sweep(second).exit_status == 5


def test_the_day_must_have_come(world, estate):
    digest = planned(estate)
    before = world.look()
    with pytest.raises(ClockError, match="has not come yet"):
        estate.sweep(digest, today=datetime.now(UTC).date() + timedelta(days=3))
    assert world.look() == before


def test_another_day_needs_its_plan_by_name(estate):
    with pytest.raises(UsageError, match="--today needs --plan"):
        sweep(estate.installation, Order(today=SWEPT))


def test_a_clock_that_went_back_destroys_nothing(world, estate):
    digest, before = planned(estate), world.look()
    late = reopened(estate, clock=lambda: datetime.now(UTC) - timedelta(hours=2))
    with pytest.raises(ClockError, match="before the log's last entry"):
        late.sweep(digest)
    assert world.look() == before


def test_a_long_silence_needs_a_word(world, estate, evidence):
    digest, before = planned(estate), world.look()
    later = reopened(estate, clock=lambda: datetime.now(UTC) + timedelta(days=36))
    with pytest.raises(ClockError, match="--after-pause"):
        later.sweep(digest)
    assert world.look() == before
    run = later.sweep(digest, after_pause=True)
    assert run.exit_status == 3
    assert "expired" in run.remarks[0].en
    assert evidence(world, later, before)["cvs.dossier"] == set()


def test_a_clock_that_goes_back_under_way_stops_the_run_before_its_next_batch(world, estate, evidence):
    digest, before = planned(estate), world.look()
    ticks = iter([datetime.now(UTC) + timedelta(minutes=1)] * 8)
    wrong = reopened(estate, clock=lambda: next(ticks, datetime.now(UTC) - timedelta(hours=1)))
    with pytest.raises(ClockError):
        wrong.sweep(digest)
    later = reopened(estate, clock=lambda: datetime.now(UTC) + timedelta(minutes=2))
    assert later.sweep(digest).exit_status == 0
    assert evidence(world, later, before) == world.due()


def test_a_plan_that_waits_for_its_notice_waits(place):
    world = World(place / "org", 8).create()
    estate = world.estate(declared=declare(notice=3))
    before = world.look()
    run = estate.sweep(planned(estate))
    assert run.exit_status == 5
    assert all(one.waiting == one.planned for one in run.datasets)
    assert world.look() == before


def test_a_register_that_lost_what_a_hold_names_is_refused(world, estate):
    digest, before = planned(estate), world.look()
    estate.hold(Scope(purposes=frozenset({"gesprekken"})))
    poorer = reopened(estate, register=declare().without("gesprekken"))
    for act in (lambda: poorer.sweep(digest), poorer.plan):
        with pytest.raises(PolicyError, match="gesprekken"):
            act()
    assert world.look() == before
