"""Unlinking a child of several parents writes its column: no rule may read that (P12)."""

from retention.condition import Empty, Not, exists
from retention.disposition import Child, Delete
from retention.lint import lint
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
