"""What is wrong with a register is named, all at once, each mistake by its own code."""

from typing import Any

import pytest
from msgspec.structs import replace

from retention.condition import Equals, exists
from retention.dataset import Dataset, Day, NoSubject, Timestamp, via
from retention.disposition import Anonymise, Child, Delete
from retention.finding import Finding, Severity
from retention.lint import lint
from retention.period import AT_ONCE, PERMANENT, years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.technique import Nullify, Truncate
from retention.text import Text
from retention.trigger import Latest, end_of_year, followed_by, latest, latest_of

LAW = Source(status=SourceStatus.LAW, title="Wgs")
NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
DATES = {name: Day() for name in ("aan", "af", "op")}


def _dataset(name: str, **more: Any) -> Dataset:
    return Dataset(
        id=name if "." in name else f"cvs.{name}", **{"key": ("id",), "subjects": NOBODY, "dates": DATES} | more
    )


def _policy(*rules: Rule, purpose: str = "schuldhulp", **more: Any) -> Policy:
    said: dict[str, Any] = {
        "title": Text(nl="Schuldhulp", en="Debt help"),
        "legal_basis": LegalBasis.LEGAL_OBLIGATION,
        "sources": (LAW,),
        "owner": "team schuldhulp",
        "prepared_by": "jan",
    }
    return Policy(purpose=purpose, rules=rules, **said | more)


def _rule(dataset: Dataset, **more: Any) -> Rule:
    return Rule(dataset, **{"starts_on": "af", "keep_for": years(5)} | more)


def _lint(*rules: Rule, datasets: tuple[Dataset, ...] = ()) -> list[tuple[Severity, str, str]]:
    found = lint(Register(policies=(_policy(*rules),), datasets=datasets))
    return [(finding.severity, finding.code, finding.where) for finding in found]


def _codes(*policies: Policy) -> list[str]:
    return [finding.code for finding in lint(Register(policies=policies))]


DOSSIER = _dataset("dossier")


def test_a_sound_register_has_no_findings() -> None:
    contact = _dataset("contact", subjects={"client": via("dossier_id", DOSSIER, "client_id")})
    dossier = _dataset(
        "dossier2",
        subjects={"client": "client_id"},
        fields={"naam": Nullify()},
        then=Delete(children=(Child(contact, "dossier_id"),)),
    )
    rule = _rule(dossier, starts_on=latest("af", latest_of(contact, "op", "dossier_id", if_none="af")), needs=("naam",))
    assert _lint(rule) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"legal_basis": None}, "BASIS_MISSING"),
        ({"legal_basis": "because"}, "BASIS_MISSING"),
        ({"sources": ()}, "SOURCES_MISSING"),
        ({"owner": " "}, "OWNER_MISSING"),
        ({"prepared_by": ""}, "PREPARED_BY_MISSING"),
        ({"rules": ()}, "RULES_MISSING"),
        ({"sources": (Source(status=SourceStatus.SELECTION_LIST, list="Selectielijst"),)}, "ENTRY_MISSING"),
        ({"sources": (LAW, Source(status=SourceStatus.SELECTION_LIST, list="SL", entry=" "))}, "ENTRY_MISSING"),
        ({"purpose": "Schuldhulp"}, "PURPOSE_SPELLING"),
        ({"purpose": "1-schuld"}, "PURPOSE_SPELLING"),
        ({"purpose": "schuld hulp"}, "PURPOSE_SPELLING"),
    ],
    ids=repr,
)
def test_an_incomplete_policy_is_an_error(change: dict[str, Any], code: str) -> None:
    assert _codes(replace(_policy(_rule(DOSSIER)), **change)) == [code]


@pytest.mark.parametrize(
    "purpose", ["bedrijfsvoering", "overig", "diversen", "algemeen", "general", "operations", "overige-gegevens"]
)
def test_a_purpose_that_names_no_activity_is_an_error(purpose: str) -> None:
    assert _codes(_policy(_rule(DOSSIER), purpose=purpose)) == ["PURPOSE_WITHOUT_ACTIVITY"]


@pytest.mark.parametrize(
    "title",
    [
        Text(nl="Efficiënte en effectieve bedrijfsvoering", en="Debt help"),
        Text(nl="Schuldhulp", en="General purposes"),
        Text(nl="", en="Debt help"),
    ],
    ids=repr,
)
def test_a_title_that_names_no_activity_is_an_error(title: Text) -> None:
    assert _codes(_policy(_rule(DOSSIER), title=title)) == ["PURPOSE_WITHOUT_ACTIVITY"]


@pytest.mark.parametrize("purpose", ["loonadministratie", "algemene-voorzieningen", "general-practice"])
def test_a_general_word_beside_an_activity_is_no_error(purpose: str) -> None:
    assert _codes(_policy(_rule(DOSSIER), purpose=purpose)) == []


def test_two_policies_for_one_purpose_are_an_error() -> None:
    assert _codes(_policy(_rule(DOSSIER)), _policy(_rule(DOSSIER))) == ["PURPOSE_TWICE"]


def test_every_mistake_is_named_at_once_and_the_gravest_comes_first() -> None:
    bad = replace(_policy(_rule(DOSSIER), _rule(DOSSIER, needs=("typo",))), owner="", sources=())
    found = _codes(bad)
    assert sorted(found[:3]) == ["FIELD_UNDECLARED", "OWNER_MISSING", "SOURCES_MISSING"]
    assert found[3:] == ["RULES_OVERLAP"]


def test_a_needed_field_that_is_not_declared_is_an_error() -> None:
    dataset = _dataset("dossier", fields={"naam": Nullify()})
    assert _lint(_rule(dataset, needs=("naam", "naan"))) == [(Severity.ERROR, "FIELD_UNDECLARED", "cvs.dossier.naan")]


@pytest.mark.parametrize(("keep_for", "wrong"), [(years(6), True), (PERMANENT, True), (years(5), False)], ids=repr)
def test_a_period_longer_than_the_law_allows_is_an_error(keep_for: Any, wrong: bool) -> None:  # noqa: FBT001
    found = _lint(_rule(DOSSIER, keep_for=keep_for, at_most=years(5)))
    assert found == [(Severity.ERROR, "LONGER_THAN_ALLOWED", "schuldhulp: cvs.dossier")] * wrong


def test_datasets_that_protect_each_other_in_a_circle_are_an_error() -> None:
    client, link = _dataset("client"), _dataset("link")
    rules = (
        _rule(client, while_referenced_by=DOSSIER, on="client_id"),
        _rule(DOSSIER, while_referenced_by=link, on="id"),
        _rule(link, while_referenced_by=client, on="id"),
    )
    circle = [(Severity.ERROR, "REFERENCES_IN_A_CIRCLE", f"cvs.{name}") for name in ("client", "dossier", "link")]
    assert _lint(*rules) == circle
    assert _lint(*rules[:2]) == []


def test_a_dataset_that_protects_itself_is_an_error() -> None:
    found = _lint(_rule(DOSSIER, while_referenced_by=DOSSIER, on={"vorige": "id"}))
    assert found == [(Severity.ERROR, "REFERENCES_IN_A_CIRCLE", "cvs.dossier")]


def test_a_field_that_no_rule_needs_is_a_notice() -> None:
    dataset = _dataset("dossier", fields={"naam": Nullify(), "bsn": Nullify()})
    assert _lint(_rule(dataset, needs=("naam",))) == [(Severity.NOTICE, "FIELD_UNGOVERNED", "cvs.dossier.bsn")]
    assert _lint(_rule(dataset)) == []


def test_data_about_people_that_no_rule_governs_are_a_notice() -> None:
    alone = _dataset("client", subjects={"client": "id"})
    assert _lint(_rule(DOSSIER), datasets=(alone,)) == [(Severity.NOTICE, "DATASET_UNGOVERNED", "cvs.client")]
    parent = _dataset("parent", then=Delete(children=(Child(alone, "id"),)))
    assert _lint(_rule(parent)) == []


def test_rules_of_one_purpose_that_need_the_same_field_are_a_warning() -> None:
    dataset = _dataset("dossier", fields={"naam": Nullify(), "bsn": Nullify()})
    both = (_rule(dataset, needs=("naam",)), _rule(dataset, needs=("naam", "bsn")))
    assert _lint(*both) == [(Severity.WARNING, "RULES_OVERLAP", "schuldhulp: cvs.dossier")]


def test_rules_that_exclude_each_other_or_share_no_field_do_not_overlap() -> None:
    dataset = _dataset("dossier", fields={"naam": Nullify(), "bsn": Nullify()})
    assert _lint(_rule(dataset, needs=("naam",)), _rule(dataset, needs=("bsn",))) == []
    wmo, jeugd = (_rule(dataset, where=Equals("regime", regime)) for regime in ("wmo", "jeugd"))
    assert _lint(wmo, jeugd) == []


def test_a_child_in_another_store_is_an_error() -> None:
    child = _dataset("mail.bericht")
    found = _lint(_rule(_dataset("dossier", then=Delete(children=(Child(child, "id"),)))))
    assert found == [(Severity.ERROR, "CHILD_IN_OTHER_STORE", "cvs.dossier > mail.bericht")]


def test_a_child_that_nobody_declared_is_an_error() -> None:
    found = _lint(_rule(_dataset("dossier", then=Delete(children=(Child("cvs.contct", "id"),)))))
    assert found == [(Severity.ERROR, "CHILD_UNKNOWN", "cvs.dossier > cvs.contct")]


def test_children_in_a_circle_are_an_error_but_a_tree_in_one_table_is_none() -> None:
    one = _dataset("one", then=Delete(children=(Child("cvs.two", "id"),)))
    two = _dataset("two", then=Delete(children=(Child("cvs.one", "id"),)))
    found = _lint(_rule(one), datasets=(two,))
    assert found == [(Severity.ERROR, "CHILDREN_IN_A_CIRCLE", f"cvs.{name}") for name in ("one", "two")]
    assert _lint(_rule(_dataset("map", then=Delete(children=(Child("cvs.map", {"boven": "id"}),))))) == []


def test_a_rule_with_children_of_its_own_is_an_error() -> None:
    rule = _rule(DOSSIER, then=Delete(children=(Child("cvs.contact", "id"),)))
    found = _lint(rule, datasets=(_dataset("contact"),))
    assert found == [(Severity.ERROR, "CHILDREN_DIFFER", "schuldhulp: cvs.dossier")]


def test_a_date_that_is_read_and_not_declared_is_an_error_wherever_it_is_read() -> None:
    contact = _dataset("contact", dates={})
    dossier = _dataset("dossier", then=Delete(children=(Child(contact, "id"),)))
    inner = latest_of(contact, end_of_year("gebeld"), "id", if_none="begon")
    found = _lint(_rule(dossier, starts_on=latest("sloot", inner)))
    assert found == [
        (Severity.ERROR, "DATE_UNDECLARED", where)
        for where in ("cvs.dossier.sloot", "cvs.contact.gebeld", "cvs.dossier.begon")
    ]


def test_a_date_that_another_cannot_precede_is_declared_too() -> None:
    dataset = _dataset("dossier", dates={"af": Day(not_before="begon")})
    assert _lint(_rule(dataset)) == [(Severity.ERROR, "DATE_UNDECLARED", "cvs.dossier.begon")]


@pytest.mark.parametrize("zone", ["Europe/Amsterdm", "Europe", "", "../etc"])
def test_a_time_zone_that_does_not_exist_is_an_error(zone: str) -> None:
    dataset = _dataset("dossier", dates={"af": Timestamp(zone=zone)})
    assert _lint(_rule(dataset)) == [(Severity.ERROR, "ZONE_UNKNOWN", "cvs.dossier.af")]


@pytest.mark.parametrize(
    ("starts_on", "code"),
    [
        (Latest(()), "TRIGGER_EMPTY"),
        (followed_by("af", {"vorige": "id"}, at_most=0), "CHAIN_WITHOUT_STEPS"),
        (followed_by("af", "id"), "CHAIN_TO_ITSELF"),
    ],
)
def test_a_trigger_that_can_say_nothing_is_an_error(starts_on: Any, code: str) -> None:
    assert _lint(_rule(DOSSIER, starts_on=starts_on)) == [(Severity.ERROR, code, "schuldhulp: cvs.dossier")]


def test_a_rule_that_reads_another_store_is_named() -> None:
    ticket = _dataset("desk.ticket")
    found = _lint(_rule(DOSSIER, while_referenced_by=ticket, on="id"))
    assert found == [(Severity.NOTICE, "READS_OTHER_STORE", "schuldhulp: cvs.dossier")]


def test_a_dataset_that_says_nothing_of_its_subjects_is_an_error() -> None:
    assert _lint(_rule(_dataset("dossier", subjects={}))) == [(Severity.ERROR, "SUBJECTS_MISSING", "cvs.dossier")]


@pytest.mark.parametrize("namespace", ["Client", "client=", "", "de client"])
def test_a_namespace_that_no_hold_can_name_is_an_error(namespace: str) -> None:
    found = _lint(_rule(_dataset("dossier", subjects={namespace: "client_id"})))
    assert found == [(Severity.ERROR, "NAMESPACE_SPELLING", "cvs.dossier")]


def test_anonymising_without_a_personal_field_is_an_error() -> None:
    assert _lint(_rule(_dataset("dossier", then=Anonymise()))) == [
        (Severity.ERROR, "NOTHING_TO_ANONYMISE", "cvs.dossier")
    ]
    found = _lint(_rule(DOSSIER, then=Anonymise()))
    assert found == [(Severity.ERROR, "NOTHING_TO_ANONYMISE", "schuldhulp: cvs.dossier")]


def test_every_finding_says_what_and_what_to_do_in_both_languages() -> None:
    bad = replace(_policy(_rule(DOSSIER), _rule(DOSSIER, needs=("typo",))), owner="", purpose="Overig")
    findings = lint(Register(policies=(bad, bad)))
    assert len(findings) > 4
    for finding in findings:
        _is_complete(finding)


def _is_complete(finding: Finding) -> None:
    assert finding.where
    for text in (finding.text, finding.hint):
        assert text.nl
        assert text.en
        assert text.nl != text.en


def test_at_once_needs_no_date() -> None:
    assert _lint(Rule(DOSSIER, keep_for=AT_ONCE)) == []


def test_a_rule_may_ask_whether_its_own_children_exist() -> None:
    contact = _dataset("contact")
    dossier = _dataset("dossier", then=Delete(children=(Child(contact, "id"),)), fields={"naam": Truncate(1)})
    assert _lint(_rule(dossier, where=exists(contact, "id"))) == []
