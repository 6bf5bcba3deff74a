"""The demo organisation's register: complete, sourced, and honest about what is law."""

import pkgutil
from pathlib import Path

import pytest

import policies
from policies import REGISTER
from policies.data_map import DATASETS, STORES
from retention.finding import Severity
from retention.lint import lint
from retention.policy import Policy, SourceStatus

NO_PURPOSE = {"data_map", "demo_data"}
CATALOGUE = {f"P{n:02d}" for n in range(1, 49)}
NOT_IN_A_DATABASE = {
    "P29",  # Google Analytics: a vendor's setting
    "P33",  # model contracts: paper
    "P44",  # mailboxes
    "P45",  # our own evidence
    "P46",  # back-ups
    "P47",  # no cameras
    "P48",  # our own register of holds
}


def _modules() -> list[str]:
    found = pkgutil.iter_modules([str(Path(policies.__file__).parent)])
    return sorted(one.name for one in found if not one.name.startswith("_") and one.name not in NO_PURPOSE)


def _ids(policy: Policy) -> str:
    return policy.purpose


def test_every_module_of_a_purpose_is_registered_once() -> None:
    declared = [getattr(policies, name).POLICY for name in _modules()]
    assert sorted(map(_ids, declared)) == sorted(map(_ids, REGISTER))


def test_every_purpose_of_the_catalogue_that_a_database_holds_is_decided() -> None:
    numbers = [policy.list_entry for policy in REGISTER]
    assert sorted(numbers) == sorted(CATALOGUE - NOT_IN_A_DATABASE)


def test_every_table_of_the_data_map_is_in_the_register() -> None:
    assert set(REGISTER.all_datasets) == set(DATASETS)
    assert len(DATASETS) == 49
    assert STORES == ("cvs", "vrij", "act", "fin", "crm", "hr", "tel", "msg", "web", "priv")


def test_no_mistake_is_found_in_the_register() -> None:
    found = [one for one in lint(REGISTER) if one.severity is not Severity.NOTICE]
    assert found == []


@pytest.mark.parametrize("policy", REGISTER.policies, ids=_ids)
def test_every_policy_says_why_by_whom_and_in_both_languages(policy: Policy) -> None:
    assert policy.sources
    assert policy.rules
    assert policy.owner != policy.prepared_by
    texts = [policy.title, *(rule.shown for rule in policy.rules), *(source.reasoning for source in policy.sources)]
    for text in texts:
        assert text is None or (text.nl.strip() and text.en.strip() and text.nl != text.en)


@pytest.mark.parametrize("policy", REGISTER.policies, ids=_ids)
def test_what_is_known_from_memory_never_stands_alone(policy: Policy) -> None:
    assert {source.status for source in policy.sources} != {SourceStatus.UNCHECKED}


def test_the_values_that_are_an_own_choice_say_so() -> None:
    own = (9, 10, 11, 12, 13, 18, 19, 20, 21, 22, 23, 25, 26, 27, 28, 30, 32, 39, 43)
    by_number = {policy.list_entry: policy for policy in REGISTER}
    for number in (f"P{n:02d}" for n in own):
        assert SourceStatus.OWN_CHOICE in {source.status for source in by_number[number].sources}, number
        assert SourceStatus.LAW not in {source.status for source in by_number[number].sources}, number


def test_only_the_fiscal_purposes_are_a_ground_to_refuse_erasure() -> None:
    statutory = {policy.list_entry for policy in REGISTER if any(rule.minimum for rule in policy.rules)}
    assert statutory == {"P15", "P16", "P17", "P40"}


def test_no_period_is_longer_than_the_law_allows() -> None:
    limited = [rule for policy in REGISTER for rule in policy.rules if rule.at_most is not None]
    assert limited
    for rule in limited:
        assert rule.keep_for == rule.at_most or rule.at_most.iso == "P1Y"
