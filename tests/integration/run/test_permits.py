"""Before its first write a dataset is refused, or waits for a person: limits, approvals, fingerprints (P4, P5, P13)."""

import dataclasses
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import force_setattr, replace

from retention.approving import withdraw
from retention.period import years
from retention.plan import Limits
from retention.policy import Register, Rule
from tests.estate import reopened
from tests.integration.run.acts import of, planned, sql
from tests.integration.run.world import World, declare

FEW = Limits(records=5, share=0.01, at_least=5)  # of each dataset of forty, ten or twenty are due
SOME = Limits(records=10, share=1.0)


def refused(run):
    return {one.id for one in run.datasets if one.refused}


def test_a_dataset_over_its_limit_is_refused_before_its_first_write(world):
    estate = world.estate(limits=SOME)
    digest, before = planned(estate), world.look()
    run = estate.sweep(digest)
    assert (run.exit_status, refused(run)) == (3, {"cvs.dossier"})
    assert of(run, "cvs.dossier").refused == 20
    assert "--allow cvs.dossier=20" in of(run, "cvs.dossier").why.en
    assert world.look().dossier == before.dossier
    assert len(world.look().client) == len(before.client) - 10, "the others go on"


def test_a_limit_of_zero_is_zero(world):
    estate = world.estate(limits=Limits(records=0))
    digest, before = planned(estate), world.look()
    assert estate.sweep(digest).exit_status == 3
    assert world.look() == before


def test_an_allowance_by_name_passes_that_many_once(world, evidence):
    estate = world.estate(limits=SOME)
    before, digest = world.look(), estate.plan().digest
    estate.approve(digest, allow={"cvs.dossier": 20})
    assert estate.sweep(digest).exit_status == 0
    assert evidence(world, estate, before) == world.due()
    # The same again becomes due: the allowance is used up.
    sql(world.cvs, "UPDATE dossier SET afgesloten_op = '2014-01-01', regime = 'schuldhulp'")
    sql(world.cvs, "UPDATE contact SET op = '2014-01-01'")
    second = planned(estate)
    assert refused(estate.sweep(second)) == {"cvs.dossier"}


def test_an_allowance_for_fewer_than_are_planned_passes_none(world):
    estate = world.estate(limits=SOME)
    digest, before = estate.plan().digest, world.look()
    estate.approve(digest, allow={"cvs.dossier": 19})
    assert refused(estate.sweep(digest)) == {"cvs.dossier"}
    assert world.look().dossier == before.dossier


def test_an_allowance_expires(world):
    now = [datetime.now(UTC)]
    estate = world.estate(limits=SOME, clock=lambda: now[0])
    first = estate.plan().digest
    estate.approve(first, standing=True, allow={"cvs.dossier": 20})
    now[0] += timedelta(days=31)
    later = estate.plan(today=now[0].date()).digest
    now[0] += timedelta(days=1)
    assert refused(estate.sweep(later, today=None)) == {"cvs.dossier"}


def test_a_limit_counts_what_went_under_an_earlier_plan_of_the_same_day(world):
    estate = world.estate(limits=Limits(records=12, share=1.0))
    sql(world.cvs, "UPDATE dossier SET regime = 'anders' WHERE dossier_id % 4 = 3")
    estate.sweep(planned(estate))
    sql(world.cvs, "UPDATE dossier SET regime = 'wmo' WHERE regime = 'anders'")
    second = estate.sweep(planned(estate))
    assert refused(second) == {"cvs.dossier"}


def test_one_datasets_disposal_does_not_lower_anothers_limit(world):
    """Twenty contacts go with their dossiers first: the share of those that remain would be smaller."""
    estate = world.estate(limits=Limits(records=1000, share=0.13, at_least=0))
    digest = estate.plan().digest
    estate.approve(digest, allow={"cvs.dossier": 20, "crm.client": 10, "crm.aanmelding": 10})
    run = estate.sweep(digest)  # 10 contacts of 80 are due by themselves: 13 % of 80, not of 60
    assert (run.exit_status, of(run, "cvs.contact").destroyed) == (0, 10)


def test_what_nobody_approved_waits(world, estate):
    digest, before = estate.plan().digest, world.look()
    run = estate.sweep(digest)
    assert (run.exit_status, run.status) == (5, "waiting")
    assert f"retention approve {digest}" in of(run, "cvs.dossier").why.en
    assert world.look() == before


def test_a_plan_of_the_same_day_waits_for_the_next(world, estate):
    digest, before = planned(estate), world.look()
    run = estate.sweep(digest, today=estate.plan().reference_date)
    assert (run.exit_status, world.look()) == (5, before)


def test_a_withdrawn_approval_is_none(world, estate):
    digest, before = planned(estate), world.look()
    with estate.control.reading() as tx:
        plan = tx.plan(digest)
    withdraw(estate.control, plan, signer="proceseigenaar", role="process-owner", standing=False, now=datetime.now(UTC))
    assert (estate.sweep(digest).exit_status, world.look()) == (5, before)


@pytest.fixture
def standing(world):
    """An installation with standing approvals, and a later plan that nobody approved by itself."""
    now = [datetime(2026, 7, 1, 12, tzinfo=UTC)]
    estate = world.estate(clock=lambda: now[0])
    estate.approve(estate.plan().digest, standing=True)
    now[0] += timedelta(days=1)
    digest = estate.plan(today=now[0].date()).digest
    now[0] += timedelta(days=1)
    return estate, digest


def test_a_standing_approval_carries_a_later_plan(world, standing, evidence):
    estate, digest = standing
    before = world.look()
    assert estate.sweep(digest, today=None).exit_status == 0
    assert evidence(world, estate, before) == world.due()


def changed_rule(declared):
    [debt, *others] = declared.policies
    [rule] = debt.rules
    shorter = Rule(rule.dataset, where=rule.where, starts_on=rule.starts_on, keep_for=years(4))
    return replaced(declared, (replace(debt, rules=(shorter,)), *others))


def changed_technique(declared):
    force_setattr(
        declared.dossier, "fields", {**declared.dossier.fields, "postcode": declared.dossier.fields["samenvatting"]}
    )
    return declared.register


def replaced(declared, policies):
    return Register(policies=policies, datasets=(declared.dossier, declared.client, declared.signup, declared.scheme))


@pytest.mark.parametrize("change", [changed_rule, changed_technique, lambda declared: declared.without("schuldhulp")])
def test_what_was_approved_and_has_changed_stops(world, standing, change):
    estate, digest = standing
    before = world.look()
    run = reopened(estate, register=change(declare())).sweep(digest, today=None)
    assert (run.exit_status, "cvs.dossier" in refused(run)) == (3, True)
    assert world.look().dossier == before.dossier


def test_the_log_says_what_changed_before_it_says_that_nothing_was_done(standing, go_verify):
    estate, digest = standing
    with estate.control.reading() as tx:
        known = tx.size()
    reopened(estate, register=changed_rule(declare())).sweep(digest, today=None)
    with estate.control.reading() as tx:
        added = [json.loads(leaf) for leaf in tx.leaves(known, tx.size())]
    changed = {(entry["type"], entry["id"]) for entry in added if entry["type"] in {"policy", "dataset"}}
    assert {("policy", "schuldhulp"), ("dataset", "cvs.dossier")} <= changed
    assert added[-1]["type"] == "run-end"
    go_verify(estate.log, estate.trust)


def test_another_database_than_was_approved_stops(world, standing):
    estate, digest = standing
    moved = World(world.root.parent / "elsewhere", world.size).create()
    opener = dataclasses.replace(estate.installation.opener, urls=moved.urls)
    before = moved.look()
    run = reopened(estate, opener=opener).sweep(digest, today=None)
    assert (run.exit_status, moved.look()) == (3, before)


def test_a_standing_approval_ends_with_a_rule_of_what_goes_along(standing):
    """Contacts have a period of their own: without it they would go with dossiers that were approved with it."""
    estate, _ = standing
    poorer = reopened(estate, register=declare().without("gesprekken"))
    digest = poorer.plan(today=datetime(2026, 7, 2, tzinfo=UTC).date()).digest
    run = poorer.sweep(digest, today=None)
    assert (run.exit_status, of(run, "cvs.dossier").waiting) == (5, 20)


@pytest.mark.parametrize("purpose", [one.purpose for one in declare().policies])
def test_with_any_rule_removed_nothing_goes_that_it_names_or_reads(world, purpose):
    estate = world.estate()
    digest, before = planned(estate), world.look()
    estate.approve(digest, standing=True)
    reopened(estate, register=declare().without(purpose)).sweep(digest)
    after = world.look()
    touched = {
        "schuldhulp": ("dossier",),
        "gesprekken": ("contact", "dossier"),
        "wmo-inhoud": ("dossier",),
        "wmo-kern": ("dossier",),
        "clienten": ("client", "dossier"),
        "aanmeldingen": ("signup",),
    }[purpose]
    for name in touched:
        assert getattr(after, name) == getattr(before, name), name


def test_an_expired_plan_is_refused(world, estate):
    digest, before = planned(estate), world.look()
    later = reopened(estate, clock=lambda: datetime.now(UTC) + timedelta(days=31))
    run = later.sweep(digest)
    assert (run.exit_status, run.status) == (3, "refused")
    assert world.look() == before


def test_the_gravest_status_wins(world):
    estate = world.estate(limits=SOME)
    digest = estate.plan().digest
    estate.approve(digest)
    with closing(sqlite3.connect(world.crm)) as lock:
        lock.execute("DROP TABLE aanmelding")
        lock.commit()
    run = estate.sweep(digest)  # a limit is exceeded (3), and a table is gone (1)
    assert (run.exit_status, refused(run)) == (1, {"cvs.dossier"})
