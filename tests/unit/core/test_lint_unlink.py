"""Unlinking a child of several parents writes its column: no rule may read that (P12)."""

from retention.condition import Empty, Not, exists
from retention.disposition import Anonymise, Child, Delete
from retention.lint import lint
from retention.technique import Nullify
from tests.unit.core.judging import dataset, register, rule


def _codes(**more):
    document = dataset("document")
    tops = [
        dataset(name, then=Delete(children=(Child(document, on={f"{name}_id": "id"}),))) for name in ("map", "dossier")
    ]
    return {one.code for one in lint(register(*map(rule, tops), rule(document, **more))) if one.severity == "error"}


def test_a_condition_on_the_column_that_may_be_emptied_is_refused():
    assert "UNLINKS_WHAT_A_RULE_READS" in _codes(where=Not(Empty("dossier_id")))


def test_a_relation_over_the_column_that_may_be_emptied_is_refused():
    assert "UNLINKS_WHAT_A_RULE_READS" in _codes(where=exists(dataset("soort"), on={"id": "dossier_id"}))


def test_a_relation_that_only_protects_may_lose_its_column():
    assert "UNLINKS_WHAT_A_RULE_READS" not in _codes()


def test_columns_that_two_parents_share_cannot_be_emptied_for_one_of_them():
    document = dataset("document")
    tops = [
        dataset(name, then=Delete(children=(Child(document, on={"org": "org", f"{name}_id": "id"}),)))
        for name in ("map", "dossier")
    ]
    codes = {one.code for one in lint(register(*map(rule, tops)))}
    assert "UNLINK_SHARED_COLUMN" in codes


def _of_a_parent(*rules):
    """What is refused where each of these, of a map, asks for its documents, which a dossier may have too."""
    document = dataset("document")
    tops = [
        dataset(name, fields={"naam": Nullify()}, then=Delete(children=(Child(document, on={f"{name}_id": "id"}),)))
        for name in ("map", "dossier")
    ]
    mine = [
        rule(tops[0], where=exists(document, **one["asks"]) if "asks" in one else None, then=one.get("then"))
        for one in rules
    ]
    found = lint(register(*mine, rule(tops[1])))
    return {one.where for one in found if one.code == "UNLINKS_WHAT_A_RULE_READS"}


CHILDREN = {"on": {"map_id": "id"}}


def test_a_parent_may_look_for_its_own_children_by_the_column_that_is_emptied_as_it_goes():
    assert _of_a_parent({"asks": CHILDREN}) == set()


def test_a_parent_that_reads_the_column_otherwise_is_refused():
    assert _of_a_parent({"asks": {"on": {"map_id": "hoofdmap"}}}) == {"cvs.document.map_id"}
    assert _of_a_parent({"asks": {**CHILDREN, "where": Not(Empty("map_id"))}}) == {"cvs.document.map_id"}


def test_a_parent_that_is_anonymised_and_judged_again_may_not_look_for_the_children_it_unlinked():
    anonymised = {"asks": CHILDREN, "then": Anonymise()}
    assert _of_a_parent(anonymised) == set()
    assert _of_a_parent(anonymised, {}) == {"cvs.document.map_id"}
