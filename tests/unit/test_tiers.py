"""The budgets themselves: a clock nobody reads is no budget."""

import pytest

from tests.tiers import BUDGETS, OWN_IMAGE, SERVERS, SOAK, WHOLE, Stopwatch, budget, tier_of


def stopwatch(seconds: float, nodeid: str = "tests/policies/test_x.py::test_x") -> Stopwatch:
    watch = Stopwatch()
    watch.tests[nodeid] = seconds
    watch.begun -= seconds
    return watch


@pytest.fixture(autouse=True)
def no_soak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SOAK, raising=False)


def test_a_tier_just_under_twice_its_budget_passes():
    assert stopwatch(2 * BUDGETS["policies"] - 0.1).over() == []


def test_a_tier_at_twice_its_budget_fails():
    assert stopwatch(2 * BUDGETS["policies"]).over() == ["policies"]


def test_the_whole_has_a_budget_too():
    assert WHOLE in stopwatch(2 * BUDGETS[WHOLE]).over()


def test_what_processes_do_side_by_side_is_waited_for_once():
    watch = Stopwatch(2)
    watch.tests["tests/policies/test_x.py::test_x"] = 2 * BUDGETS["policies"]
    assert watch.tiers()["policies"] == BUDGETS["policies"]
    assert watch.tiers()[WHOLE] < BUDGETS["policies"]  # by the clock


def test_no_budget_is_held_while_soaking(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(SOAK, "1")
    assert stopwatch(10_000).over() == []


def test_the_tiers_together_fit_the_whole():
    without_servers = BUDGETS.keys() - SERVERS.keys() - OWN_IMAGE.keys() - {WHOLE}
    assert sum(BUDGETS[tier] for tier in without_servers) <= BUDGETS[WHOLE]


def test_the_core_has_a_budget_of_its_own_inside_its_tier():
    assert tier_of("tests/unit/core/deep/test_x.py::test_x") == "unit/core"
    assert tier_of("tests/unit/audit/test_x.py::test_x") == "unit"


def test_a_test_that_names_a_server_counts_for_the_servers_part():
    assert tier_of("tests/policies/test_x.py::test_x[mariadb-K01]") == "policies/servers"
    assert tier_of("tests/integration/run/test_postgresql.py::test_x") == "integration/servers"
    assert tier_of("tests/policies/test_x.py::test_x[sqlite-K01]") == "policies"


def test_the_whole_with_servers_fits_twelve_minutes():
    watch = Stopwatch()
    watch.tests |= {f"tests/{tier}/test_x.py::test_x[mariadb]": 0.0 for tier in ("policies", "conformance/servers")}
    assert budget(WHOLE, watch.tiers()) == BUDGETS[WHOLE] + SERVERS["policies/servers"] + SERVERS["conformance/servers"]
    assert budget(WHOLE, SERVERS) <= 12 * 60


def test_a_test_outside_every_tier_is_refused():
    with pytest.raises(pytest.UsageError, match="is no tier"):
        tier_of("tests/nowhere/test_x.py::test_x")
