"""P12: a register in which the job's own work would change another judgement is refused."""

from typing import Any

import pytest

from retention.condition import And, Equals, Not, exists
from retention.dataset import Dataset, Day, NoSubject, via
from retention.disposition import Anonymise, Child, Delete
from retention.finding import Severity
from retention.lint import lint
from retention.period import PERMANENT, years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.relation import Join
from retention.technique import DateToYear, Nullify
from retention.text import Text
from retention.trigger import end_of_year, ends, followed_by, latest, latest_of, open_while_empty

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


def test_what_an_orphan_reads_may_not_go_although_it_no_longer_counts() -> None:
    """With nothing else to read, it would be as if its period had never begun."""
    other, child = _dataset("traject"), _dataset("contact")
    reader = _rule(child, starts_on=latest_of(other, "op", "traject_id"))
    kept = _rule(other, starts_on="op")
    assert _lint(reader, kept) == []
    assert (DESTROYS, "doel0: cvs.contact") in _lint(reader, kept, _rule(_dataset("dossier", then=_child(child))))


def test_anonymising_what_a_rule_reads_of_a_neighbour_in_the_same_dataset_is_an_error() -> None:
    dataset = _dataset("dossier", fields={"af": DateToYear()}, then=Anonymise())
    assert (READS, "cvs.dossier.af") in _lint(_rule(dataset, starts_on=latest_of(dataset, "af", "gezin")))


def test_anonymising_what_would_be_judged_again_is_an_error() -> None:
    settled = _dataset("dossier", fields={"af": DateToYear()})
    assert _lint(_rule(settled, then=Anonymise())) == []
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
    assert _lint(client, _rule(visit)) == [(DESTROYS, "doel0: cvs.client")]
    assert _lint(client, _rule(visit, starts_on="op")) == []
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
        ({"starts_on": end_of_year("op")}, end_of_year("aan"), False),
        ({"starts_on": ends("op")}, "op", True),
        ({"starts_on": ends("aan")}, "op", False),
        ({"starts_on": open_while_empty("op", activity="aan", stale_after=years(2))}, ends("op"), True),
        ({"starts_on": open_while_empty("aan", activity="op", stale_after=years(2))}, "op", False),
        ({"starts_on": "op"}, open_while_empty("op", activity="aan", stale_after=years(2)), True),
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
    assert _lint(_rule(dossier, starts_on="aan"), chain) == []


def test_a_chain_that_leaves_its_own_regime_is_an_error() -> None:
    dossier, wmo = _dataset("dossier"), Equals("regime", "wmo")
    anywhere = _rule(dossier, where=wmo, starts_on=followed_by("af", {"vorige": "id"}))
    sooner = _rule(dossier, where=Equals("regime", "jeugd"), keep_for=years(2))
    assert _lint(anywhere, sooner) == [(DESTROYS, "doel0: cvs.dossier")]
    within = followed_by("af", Join((("vorige", "id"),), where=wmo))
    assert _lint(_rule(dossier, where=wmo, starts_on=latest(within, "op")), sooner) == []


def test_a_child_may_read_the_parent_that_takes_it_along() -> None:
    child = _dataset("contact")
    parent = _dataset("dossier", then=Delete(children=(Child(child, {"dossier_id": "id"}),)))
    reader = _rule(child, starts_on=latest_of(parent, "af", {"id": "dossier_id"}))
    assert _lint(reader, _rule(parent, keep_for=years(1))) == []
    two = _dataset("client", then=Delete(children=(Child(child, {"client_id": "id"}),)))
    assert _lint(reader, _rule(parent, keep_for=years(1)), _rule(two)) == [
        (DESTROYS, "doel0: cvs.contact"),
        ("UNLINKS_WHAT_A_RULE_READS", "cvs.contact.dossier_id"),
    ]


def test_a_child_that_reads_all_its_parents_at_once_loses_one_before_it_goes_with_the_last() -> None:
    child = _dataset("contact")
    parent = _dataset("dossier", then=Delete(children=(Child(child, {"zaaknr": "nr"}),)))
    reader = _rule(child, starts_on=latest_of(parent, "af", {"nr": "zaaknr"}))
    assert _lint(reader, _rule(parent, keep_for=years(1))) == [(DESTROYS, "doel0: cvs.contact")]


def test_a_record_protected_by_the_one_that_reads_it_may_be_read() -> None:
    client, dossier = _dataset("client"), _dataset("dossier")
    reader = _rule(dossier, starts_on=latest_of(client, "aan", {"id": "client_id"}))
    protected = {"while_referenced_by": dossier, "on": {"client_id": "id"}, "keep_for": years(1)}
    assert _lint(reader, _rule(client, **protected)) == []
    unprotected = _rule(client, where=Equals("soort", "y"), starts_on="op")
    found = _lint(reader, _rule(client, **protected, where=Equals("soort", "x")), unprotected)
    assert found == [(DESTROYS, "doel0: cvs.dossier")]
    kinds = (Equals("soort", "x"), Not(Equals("soort", "x")))
    assert _lint(reader, *(_rule(client, **protected, where=kind) for kind in kinds)) == []
    elsewhere = protected | {"on": {"ander_id": "id"}}
    assert _lint(reader, _rule(client, **elsewhere)) == [(DESTROYS, "doel0: cvs.dossier")]


def test_a_rule_that_reads_on_without_the_child_may_share_the_parent_with_others() -> None:
    child = _dataset("contact")
    parent = _dataset("dossier", then=_child(child))
    read = latest_of(child, "op", "dossier_id", if_none="aan")
    reader, own = _rule(parent, starts_on=latest("aan", read)), _rule(child, starts_on="op")
    assert _lint(reader, own, _rule(parent)) == []
    shorter = _rule(child, starts_on="op", keep_for=years(4))
    assert _lint(reader, shorter, _rule(parent)) == [(DESTROYS, "doel0: cvs.dossier")]


def test_a_child_of_the_kind_that_is_read_may_have_a_rule_for_that_kind_only() -> None:
    child, letter, wmo = _dataset("document"), Equals("soort", "brief"), Equals("regime", "wmo")
    on = Join((("dossier_id", "id"),), where=letter)
    child_of = Delete(children=(Child(child, {"dossier_id": "id"}),))
    parent = _dataset("dossier", then=child_of)
    reader = _rule(parent, where=wmo, starts_on=latest("aan", latest_of(child, "op", on, if_none="aan")))
    of_wmo = exists(parent, {"id": "dossier_id"}, wmo)
    assert _lint(reader, _rule(child, where=And(of_wmo, letter), starts_on="op")) == []
    found = _lint(reader, _rule(child, where=And(of_wmo, Equals("soort", "mail")), starts_on="op"))
    assert found == [(DESTROYS, "doel0: cvs.dossier")]


def test_a_rule_that_applies_only_while_it_has_something_to_read_may_lose_it() -> None:
    service, person = _dataset("dienst"), _dataset("client")
    reader = _rule(person, where=exists(service, "id"), starts_on=latest_of(service, "op", "id"))
    others = (_rule(service, starts_on="op"), _rule(person))
    assert _lint(reader, *others) == []
    unasked = _rule(person, starts_on=latest_of(service, "op", "id"))
    assert _lint(unasked, *others) == [(DESTROYS, "doel0: cvs.client")]
    letters = Join((("id", "id"),), where=Equals("soort", "brief"))
    narrower = _rule(person, where=exists(service, "id"), starts_on=latest_of(service, "op", letters))
    assert _lint(narrower, *others) == [(DESTROYS, "doel0: cvs.client")]


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


def test_a_parent_of_some_kinds_only_does_not_take_along_every_record_that_reads_it() -> None:
    document = _dataset("document")
    kind = Join((("dossier_id", "id"),), Equals("soort", "dossier"))
    dossier = _dataset("dossier", then=Delete(children=(Child(document, kind),)))
    reader = _rule(document, where=exists(dossier, {"id": "dossier_id"}), keep_for=years(9))
    assert (DESTROYS, "doel1: cvs.document") in _lint(_rule(dossier), reader)


def test_a_child_of_some_kinds_only_may_go_with_others_before_the_parent_that_reads_it() -> None:
    document = _dataset("document")
    kind = Join((("dossier_id", "id"),), Equals("soort", "dossier"))
    dossier = _dataset("dossier", then=Delete(children=(Child(document, kind),)))
    client = _dataset("client", then=Delete(children=(Child(document, "client_id"),)))
    reader = _rule(dossier, starts_on=latest_of(document, "op", {"dossier_id": "id"}))
    assert (DESTROYS, "doel1: cvs.dossier") in _lint(_rule(client), reader)


def test_what_decides_over_a_record_that_may_stay_unsettled_cannot_go_first() -> None:
    dossier = _dataset("dossier", fields=NAAM)
    document = _dataset("document")
    of = latest_of(document, "op", {"dossier_id": "id"})
    kept = _rule(document, starts_on="op")
    reader = {"starts_on": of, "where": Equals("soort", "a"), "then": Anonymise()}
    other = _rule(dossier, where=Equals("soort", "b"), keep_for=PERMANENT)
    assert _lint(kept, _rule(dossier, **reader)) == []
    assert _lint(kept, _rule(dossier, **reader), other) == [(DESTROYS, "doel1: cvs.dossier")]


def test_a_record_that_goes_with_one_above_it_in_its_own_dataset_cannot_be_asked_for() -> None:
    tree = _dataset("zaak", fields=NAAM, then=Anonymise(children=(Child("cvs.zaak", {"hoofdzaak_id": "id"}),)))
    reader = _rule(_dataset("client"), where=exists(tree, {"client_id": "id"}), keep_for=years(50))
    assert _lint(_rule(tree), reader) == [(DESTROYS, "doel1: cvs.client")]


def test_a_child_that_is_settled_before_its_own_rule_ends_may_go_with_its_parent() -> None:
    child = _dataset("contact", fields=NAAM)
    parent = _dataset("dossier", then=_child(child))
    reader = _rule(_dataset("client"), starts_on=latest_of(child, "op", "client_id"))
    assert _lint(reader, _rule(child, starts_on="op"), _rule(parent)) == []
    settled = _rule(child, starts_on="op", then=Anonymise())
    assert _lint(reader, settled, _rule(parent)) == [(DESTROYS, "doel0: cvs.client")]


def test_a_record_of_which_it_cannot_be_told_if_it_is_read_may_not_go_by_a_rule_that_does_not_ask() -> None:
    visit, soort = _dataset("visit"), Equals("soort", "a")
    client = _dataset("client")
    some = _rule(client, starts_on=latest_of(visit, "op", Join((("client_id", "id"),), where=soort)))
    assert _lint(some, _rule(visit, starts_on="op")) == [(DESTROYS, "doel0: cvs.client")]
    assert _lint(some, _rule(visit, starts_on="op", where=soort)) == []
    assert _lint(some, _rule(visit, starts_on="op", keep_for=PERMANENT), _rule(visit, then=Delete())) == []
    on = Join((("client_id", "id"),))
    asked = _rule(client, starts_on=latest_of(visit, "op", on), where=exists(visit, on, soort))
    assert _lint(asked, _rule(visit, starts_on="op")) == [(DESTROYS, "doel0: cvs.client")]


def test_a_later_link_of_a_chain_is_not_asked_for_by_the_rule_that_begins_it() -> None:
    dossier, wmo = _dataset("dossier"), Equals("regime", "wmo")
    chain = followed_by("af", {"vorige": "id"})
    reader = _rule(dossier, where=wmo, starts_on=chain)
    first = _rule(dossier, where=exists(dossier, {"id": "vorige"}, wmo), starts_on=chain)
    assert (DESTROYS, "doel0: cvs.dossier") in _lint(reader, first, _rule(dossier, keep_for=years(1)))
