"""P12: a register in which the job's own work would change another judgement is refused."""

from typing import Any

import pytest

from retention.condition import Equals, exists
from retention.dataset import Dataset, Day, NoSubject, via
from retention.disposition import Anonymise, Child, Delete
from retention.finding import Severity
from retention.lint import lint
from retention.period import PERMANENT, years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.relation import Join
from retention.technique import DateToYear, Nullify
from retention.text import Text
from retention.trigger import end_of_year, followed_by, latest, latest_of

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
DATES = {name: Day() for name in ("aan", "af", "op")}
NAAM = {"naam": Nullify()}


def _dataset(name: str, **more: Any) -> Dataset:
    return Dataset(id=f"cvs.{name}", **{"key": ("id",), "subjects": NOBODY, "dates": DATES} | more)


def _rule(dataset: Dataset, **more: Any) -> Rule:
    return Rule(dataset, **{"starts_on": "af", "keep_for": years(5)} | more)


def _policy(purpose: str, rule: Rule) -> Policy:
    return Policy(
        purpose=purpose,
        title=Text(nl="Schuldhulp", en="Debt help"),
        legal_basis=LegalBasis.LEGAL_OBLIGATION,
        sources=(Source(status=SourceStatus.LAW, title="Wgs"),),
        owner="team",
        prepared_by="jan",
        rules=(rule,),
    )


def _lint(*rules: Rule) -> list[tuple[str, str]]:
    """Every rule is a purpose of its own; notices are left out unless they are asked for."""
    register = Register(policies=tuple(_policy(f"doel{n}", rule) for n, rule in enumerate(rules)))
    return [(one.code, one.where) for one in lint(register) if one.severity is not Severity.NOTICE]


def _child(dataset: Dataset) -> Delete:
    return Delete(children=(Child(dataset, "dossier_id"),))


READS = "ERASES_WHAT_A_RULE_READS"
DESTROYS = "DESTROYS_WHAT_A_RULE_READS"


@pytest.mark.parametrize(
    "reader",
    [
        {"starts_on": "naam"},
        {"starts_on": latest("af", "naam")},
        {"where": Equals("naam", "x")},
        {"where": exists(_dataset("team"), {"id": "naam"}), "keep_for": PERMANENT},
    ],
    ids=str,
)
def test_a_field_that_goes_alone_while_another_rule_reads_it_is_an_error(reader: dict[str, Any]) -> None:
    dataset = _dataset("dossier", fields={"naam": DateToYear(), "bsn": Nullify()}, dates={**DATES, "naam": Day()})
    assert _lint(_rule(dataset, needs=("naam",)), _rule(dataset, needs=("bsn",), **reader)) == [
        (READS, "cvs.dossier.naam")
    ]


def test_a_field_that_goes_only_with_its_record_may_be_read() -> None:
    dataset = _dataset("dossier", fields={"af": DateToYear()})
    assert _lint(_rule(dataset)) == []
    assert _lint(_rule(dataset), _rule(dataset, starts_on="op", needs=("af",))) == []


def test_a_field_of_records_that_no_other_rule_keeps_may_be_read() -> None:
    dataset = _dataset("dossier", fields={"af": DateToYear(), "bsn": Nullify()})
    wmo = _rule(dataset, where=Equals("regime", "wmo"), needs=("af",))
    jeugd = _rule(dataset, where=Equals("regime", "jeugd"), starts_on="op", needs=("bsn",))
    assert _lint(wmo, jeugd) == []


def test_a_child_with_rules_of_its_own_keeps_the_parent_whose_fields_go() -> None:
    child = _dataset("contact")
    dataset = _dataset("dossier", fields={"af": DateToYear()}, then=_child(child))
    assert _lint(_rule(dataset)) == []
    assert _lint(_rule(dataset), _rule(child)) == [(READS, "cvs.dossier.af")]


def test_a_field_that_a_rule_of_another_dataset_reads_is_an_error() -> None:
    dossier = _dataset("dossier", fields={"op": DateToYear(), "bsn": Nullify()}, then=Delete())
    reader = _rule(_dataset("client"), starts_on=latest_of(dossier, "op", "id"))
    found = _lint(_rule(dossier, needs=("op",)), _rule(dossier, needs=("bsn",), keep_for=PERMANENT), reader)
    assert (READS, "cvs.dossier.op") in found


def test_a_relation_that_only_protects_may_be_erased() -> None:
    dossier = _dataset("dossier", fields={"client_id": Nullify(), "bsn": Nullify()})
    client = _rule(_dataset("client"), while_referenced_by=dossier, on={"client_id": "id"})
    assert _lint(_rule(dossier, needs=("client_id",)), _rule(dossier, needs=("bsn",)), client) == []


def test_a_key_that_may_be_erased_is_an_error() -> None:
    dataset = _dataset("client", key=("bsn",), fields={"bsn": Nullify(), **NAAM}, then=Anonymise())
    assert _lint(_rule(dataset)) == [("ERASES_KEY", "cvs.client.bsn")]


@pytest.mark.parametrize("side", ["parent", "child"])
def test_a_field_that_joins_children_and_may_go_alone_is_an_error(side: str) -> None:
    fields = {"nr": Nullify(), **NAAM}
    child = _dataset("contact", fields=fields if side == "child" else {})
    parent = _dataset("dossier", fields=fields if side == "parent" else {}, then=Delete(children=(Child(child, "nr"),)))
    owner = parent if side == "parent" else child
    kept = _rule(parent, keep_for=PERMANENT)
    found = _lint(_rule(owner, needs=("nr",)), _rule(owner, needs=("naam",)), kept)
    assert found == [("ERASES_RELATION", f"{owner.id}.nr")]


def test_a_whole_record_may_be_anonymised_with_its_trigger_since_it_is_settled() -> None:
    dataset = _dataset("dossier", fields={"af": DateToYear()}, then=Anonymise())
    assert _lint(_rule(dataset)) == []


def test_anonymising_what_would_be_judged_again_is_an_error() -> None:
    deleted = _dataset("dossier", fields={"af": DateToYear()})
    assert _lint(_rule(deleted, then=Anonymise())) == [(READS, "cvs.dossier.af")]
    both = _dataset("dossier", fields={"af": DateToYear()}, then=Anonymise())
    assert _lint(_rule(both), _rule(both, then=Delete(), starts_on="op")) == [(READS, "cvs.dossier.af")]


def test_anonymising_a_date_that_a_rule_of_another_dataset_reads_is_an_error() -> None:
    visit = _dataset("visit", fields={"op": DateToYear()}, then=Anonymise())
    client = _rule(_dataset("client"), starts_on=latest_of(visit, "op", "client_id"))
    assert _lint(_rule(visit), client) == [(READS, "cvs.visit.op")]
    kept = _rule(_dataset("client"), starts_on=latest_of(visit, "aan", "client_id"))
    assert _lint(_rule(visit), kept) == []


def test_a_related_record_that_may_be_destroyed_before_is_an_error() -> None:
    visit = _dataset("visit")
    client = _rule(_dataset("client"), starts_on=latest_of(visit, "op", "client_id"))
    for other in (
        _rule(visit),
        _rule(visit, starts_on="op"),
    ):  # no child: no gate reaches it
        assert _lint(client, other) == [(DESTROYS, "doel0: cvs.client")]
    assert _lint(client, _rule(visit, keep_for=PERMANENT)) == []
    assert _lint(client) == []


def test_a_record_whose_existence_is_asked_and_that_may_be_destroyed_is_an_error() -> None:
    visit = _dataset("visit")
    client = _rule(_dataset("client"), where=exists(visit, "client_id"))
    assert _lint(client, _rule(visit, keep_for=years(50))) == [(DESTROYS, "doel0: cvs.client")]


def test_what_only_protects_may_be_destroyed() -> None:
    visit = _dataset("visit")
    assert _lint(_rule(_dataset("client"), while_referenced_by=visit, on="id"), _rule(visit)) == []


def test_a_child_that_goes_with_its_parent_may_be_read_by_it() -> None:
    child = _dataset("contact")
    parent = _dataset("dossier", then=_child(child))
    assert _lint(_rule(parent, starts_on=latest_of(child, "op", "dossier_id"))) == []
    assert _lint(_rule(parent, where=exists(child, "dossier_id"))) == []


def test_a_child_that_is_read_by_other_columns_than_it_goes_by_is_an_error() -> None:
    child = _dataset("contact")
    parent = _dataset("dossier", then=_child(child))
    found = _lint(_rule(parent, starts_on=latest_of(child, "op", {"vorig_dossier_id": "id"})))
    assert found == [(DESTROYS, "doel0: cvs.dossier")]


def test_children_of_one_parent_may_read_each_other() -> None:
    contact, document = _dataset("contact"), _dataset("document")
    children = tuple(Child(one, {"dossier": "id"}) for one in (contact, document))
    parent = _dataset("dossier", then=Delete(children=children))
    assert _lint(_rule(parent), _rule(document, starts_on=latest_of(contact, "op", "dossier"))) == []
    found = _lint(_rule(parent), _rule(document, starts_on=latest_of(contact, "op", "id")))
    assert found == [(DESTROYS, "doel1: cvs.document")]


@pytest.mark.parametrize(
    ("child_rule", "starts_on", "proven"),
    [
        ({"starts_on": "op"}, "op", True),
        ({"starts_on": "op", "keep_for": years(6)}, "op", True),
        ({"starts_on": end_of_year("op")}, "op", True),
        ({"starts_on": latest("aan", "op")}, "op", True),
        ({"starts_on": end_of_year("op")}, end_of_year("op"), True),
        ({"starts_on": "op", "keep_for": years(4)}, "op", False),
        ({"starts_on": "aan", "keep_for": years(9)}, "op", False),
        ({"starts_on": "op"}, end_of_year("op"), False),
        ({"starts_on": "op", "where": Equals("soort", "x")}, "op", False),
    ],
    ids=str,
)
def test_a_child_may_go_before_its_parent_that_reads_it_only_when_it_no_longer_counts(
    child_rule: dict[str, Any],
    starts_on: Any,
    proven: bool,  # noqa: FBT001
) -> None:
    child = _dataset("contact")
    parent = _rule(_dataset("dossier", then=_child(child)), starts_on=latest_of(child, starts_on, "dossier_id"))
    expected = [] if proven else [(DESTROYS, "doel0: cvs.dossier")]
    assert _lint(parent, _rule(child, **child_rule)) == expected


def test_a_child_that_no_longer_counts_still_matters_where_another_rule_keeps_the_parent() -> None:
    child = _dataset("contact")
    parent = _dataset("dossier", then=_child(child))
    reader = _rule(parent, where=Equals("regime", "wmo"), starts_on=latest_of(child, "op", "dossier_id"))
    own = _rule(child, starts_on="op")
    assert _lint(reader, own, _rule(parent, where=Equals("regime", "jeugd"))) == []
    assert _lint(reader, own, _rule(parent)) == [(DESTROYS, "doel0: cvs.dossier")]


def test_a_child_date_that_is_one_of_several_matters_longer_than_its_own_period() -> None:
    child = _dataset("contact")
    parent = _dataset("dossier", then=_child(child))
    reader = _rule(parent, starts_on=latest("af", latest_of(child, "op", "dossier_id")))
    assert _lint(reader, _rule(child, starts_on="op")) == [(DESTROYS, "doel0: cvs.dossier")]


def test_a_chain_judged_by_one_rule_goes_as_one() -> None:
    dossier = _dataset("dossier")
    chain = _rule(dossier, starts_on=followed_by("af", {"vorige": "id"}))
    assert _lint(chain) == []
    assert _lint(chain, _rule(dossier, starts_on="aan")) == [(DESTROYS, "doel0: cvs.dossier")]


def test_a_condition_on_a_relation_is_read_like_any_other() -> None:
    team, visit = _dataset("team"), _dataset("visit")
    on = Join((("client_id", "id"),), where=exists(team, "team_id"))
    client = _rule(_dataset("client"), starts_on=latest_of(visit, "op", on))
    assert _lint(client, _rule(team)) == [(DESTROYS, "doel0: cvs.client")]


def test_an_erased_subject_column_is_a_notice_that_says_which_holds_miss_the_record() -> None:
    client = _dataset("client", subjects={"client": "nummer"}, fields={"nummer": Nullify()}, then=Anonymise())
    dossier = _dataset("dossier", subjects={"client": via({"id": "client_id"}, client, "nummer")})
    register = Register(policies=(_policy("doel", _rule(client)), _policy("doel2", _rule(dossier))))
    notices = [one for one in lint(register) if one.code == "SUBJECT_ERASED"]
    assert [one.severity for one in notices] == [Severity.NOTICE] * 2
    assert [one.where for one in notices] == ["cvs.client.nummer"] * 2
    assert ["cvs.client" in notices[0].text.en, "cvs.dossier" in notices[1].text.en] == [True, True]
