"""K40 on the whole tiny organisation: debt help kept 7 years and no longer 5, before and after a night."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from policies import REGISTER
from policies.demo_data import REFERENCE_DATE
from retention.comparing import Named, compare
from retention.period import years
from retention.plan import Limits
from retention.planning import make_plan
from retention.policy import Policy, Register, Rule
from retention.reports.policy_change import Impact, PolicyChange
from tests.estate import Estate, build, reopened
from tests.integration.test_tricky_run import Clock, OpenerAt
from tests.organisation import ENGINES, organisation

DUE = ("DUE_EXPIRED", "PARTIAL_PURPOSE", "GOES_WITH_PARENT")
SWEPT_OF = ("cvs.dossier", "cvs.client")
SWEPT = REFERENCE_DATE + timedelta(days=1)


def longer(policy: Policy) -> Policy:
    """Debt help, kept two years longer."""
    if policy.purpose != "schuldhulp":
        return policy
    return replace(policy, rules=tuple(_longer(rule) if rule.keep_for == years(5) else rule for rule in policy.rules))


def _longer(rule: Rule) -> Rule:
    said = {one.name: getattr(rule, one.name) for one in fields(rule)}
    said["needs"] = None if rule.needs is None else tuple(rule.needs)
    return Rule(said.pop("dataset"), **(said | {"keep_for": years(7)}))


OLD = Named("old", REGISTER)
NEW = Named("new", Register(policies=tuple(longer(policy) for policy in REGISTER), datasets=REGISTER.datasets))


@dataclass
class Office:
    """The organisation, by day and after its night."""

    estate: Estate
    clock: Clock

    def compare(self, old: Named, new: Named, today: date = REFERENCE_DATE) -> PolicyChange:
        return compare(self.estate.installation, old, new, today=today)

    def due(self, register: Register, dataset: str) -> int:
        """What a plan by that register would do something to, counted by the plan."""
        mine = replace(self.estate.installation, register=register, keyring=None)
        [one] = [one for one in make_plan(mine, today=REFERENCE_DATE).datasets if one.id == dataset]
        return sum(one.reasons.get(reason, 0) for reason in DUE)


on_every_engine = pytest.mark.parametrize("office", ENGINES, indirect=True)
on_one_engine = pytest.mark.parametrize("office", ENGINES[:1], indirect=True)


@pytest.fixture(scope="module")
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The organisation on the reference date."""
    root: Path = tmp_path_factory.mktemp("change")
    clock = Clock(datetime(REFERENCE_DATE.year, REFERENCE_DATE.month, REFERENCE_DATE.day, 2, tzinfo=UTC))
    with organisation(request.param, root / "data") as urls:
        estate = build(root, REGISTER, urls, limits=Limits(records=1_000_000, share=1.0), clock=clock)
        yield Office(reopened(estate, opener=OpenerAt(urls, now=clock)), clock)


def of(change: PolicyChange, dataset: str) -> Impact:
    [found] = [one for one in change.impacts if one.dataset == dataset]
    return found


@on_every_engine
def test_dossiers_leave_the_due_list_as_two_plans_say(office: Office):
    change = office.compare(OLD, NEW)
    impact = of(change, "cvs.dossier")
    before, after = office.due(OLD.register, "cvs.dossier"), office.due(NEW.register, "cvs.dossier")
    assert (impact.old_due, impact.new_due) == (before, after)
    assert impact.leaves == before - after > 0
    assert (impact.joins, impact.kept_by) == (0, {"schuldhulp": impact.leaves})
    assert change.judged
    assert "web.klik" not in {one.dataset for one in change.impacts}
    assert change.unaffected > 10


@on_one_engine
def test_back_again_the_same_dossiers_join_it(office: Office):
    there, back = office.compare(OLD, NEW), office.compare(NEW, OLD)
    for one in there.impacts:
        other = of(back, one.dataset)
        assert (one.leaves, one.joins, one.otherwise) == (other.joins, other.leaves, other.otherwise)


@on_one_engine
def test_only_the_sentence_of_the_changed_period_changed(office: Office):
    [one] = office.compare(OLD, NEW).sentences
    assert (one.purpose, one.dataset) == ("schuldhulp", "cvs.dossier")
    assert one.old is not None
    assert one.new is not None
    assert one.new.nl == one.old.nl.replace("vernietigen 5 jaar", "vernietigen 7 jaar")


@on_one_engine
def test_after_a_night_what_left_too_early_is_irrecoverable_by_the_log(office: Office):
    """The last test here: it sweeps."""
    dossiers = make_plan(office.estate.installation, today=REFERENCE_DATE, only=lambda one: one.id in SWEPT_OF)
    digest = dossiers.digest
    assert digest is not None
    office.estate.approve(digest)
    office.clock.now += timedelta(days=1)
    run = office.estate.sweep(digest, SWEPT)
    gone = next(one.destroyed for one in run.datasets if one.id == "cvs.dossier")
    impact = of(office.compare(OLD, NEW, SWEPT), "cvs.dossier")
    assert impact.gone == {"schuldhulp": impact.gone_together}
    assert 0 < impact.gone_together <= gone
    assert (impact.gone_since, impact.unknown) == (SWEPT, 0)
    clients = of(office.compare(OLD, NEW, SWEPT), "cvs.client")  # a kept dossier keeps its client
    assert clients.gone_together == next(one.destroyed for one in run.datasets if one.id == "cvs.client") > 0
    assert (clients.leaves, clients.joins) == (0, 0)
    assert of(office.compare(NEW, OLD, SWEPT), "cvs.dossier").gone_together == 0  # a shorter period keeps nothing
