"""A record goes with what it takes along (R8, R11): hand-made families in memory."""

from datetime import date
from typing import Any

import pytest

from retention.condition import Equals
from retention.disposition import Child, Delete
from retention.policy import Register
from retention.reason import Reason
from retention.record import Key, Value
from retention.relation import Join
from retention.scan import Judged
from retention.technique import Nullify
from retention.trigger import followed_by, latest
from tests.unit.core.judging import dataset, held, register, rule, scan

OLD, NEW = date(2010, 1, 1), date(2026, 1, 1)
DUE, RUNNING = Reason.DUE_EXPIRED, Reason.KEEP_RUNNING
Rows = list[dict[str, Value]]


def family(*, notes: bool = False, documents: bool = True) -> tuple[Any, Any, Any, Register]:
    """Dossiers with documents with notes; a dossier has a rule, the others as asked."""
    note = dataset("note")
    document = dataset("document", then=Delete(children=(Child(note, {"document_id": "id"}),)))
    dossier = dataset("dossier", then=Delete(children=(Child(document, {"dossier_id": "id"}),)))
    rules = [rule(dossier), *([rule(document)] if documents else []), *([rule(note)] if notes else [])]
    return dossier, document, note, register(*rules)


def rows(document: date | None = OLD, note: date | None = OLD, dossier: date | None = OLD) -> dict[str, Rows]:
    return {
        "dossier": [{"id": 1, "af": dossier}],
        "document": [{"id": 5, "dossier_id": 1, "af": document}],
        "note": [{"id": 7, "document_id": 5, "af": note}],
    }


def taken(one: Judged) -> set[tuple[str, Key]]:
    assert one.candidate is not None
    return {(take.dataset.id, key) for take in one.candidate.takes for key in take.keys}


def test_a_record_takes_along_everything_below_it():
    dossier, _, _, reg = family(notes=True)
    found = scan(dossier, reg, **rows())[1]
    assert found.reason is DUE
    assert taken(found) == {("cvs.document", (5,)), ("cvs.note", (7,))}


@pytest.mark.parametrize(("below", "why"), [(NEW, RUNNING), (None, Reason.REVIEW_NO_TRIGGER)])
def test_a_child_that_is_not_due_keeps_its_parent(below: date | None, why: Reason):
    dossier, _, _, reg = family()
    found = scan(dossier, reg, **rows(document=below))[1]
    assert (found.reason, found.candidate) == (why, None)


def test_a_grandchild_keeps_both_above_it_though_its_parent_has_no_rule():
    dossier, document, _, reg = family(notes=True, documents=False)
    assert scan(dossier, reg, **rows(note=NEW))[1].reason is RUNNING
    assert scan(document, reg, **rows(note=NEW))[5].reason is Reason.KEEP_PARENT


def test_a_child_without_rules_goes_with_its_parent():
    dossier, _, _, reg = family(documents=False)
    assert taken(scan(dossier, reg, **rows(document=None, note=None))[1]) == {
        ("cvs.document", (5,)),
        ("cvs.note", (7,)),
    }


def test_a_child_that_is_due_earlier_goes_alone():
    _, document, _, reg = family()
    found = scan(document, reg, **rows(dossier=NEW))[5]
    assert found.reason is DUE
    assert taken(found) == {("cvs.note", (7,))}


def test_a_child_of_a_parent_that_is_due_is_listed_with_that_one():
    _, document, _, reg = family()
    found = scan(document, reg, **rows())[5]
    assert (found.reason, found.candidate) == (Reason.GOES_WITH_PARENT, None)


@pytest.mark.parametrize("governed", [True, False])
def test_a_child_whose_parent_does_not_exist_is_an_orphan_and_stays(governed: bool):  # noqa: FBT001
    _, document, _, reg = family(documents=governed)
    found = scan(document, reg, dossier=[], document=[{"id": 5, "dossier_id": 99999, "af": OLD}], note=[])[5]  # K26
    assert (found.reason, found.judgement.action) == (Reason.REVIEW_ORPHAN, None)


def test_a_child_that_names_no_parent_is_governed_by_its_own_rules_only():
    _, document, _, reg = family()
    alone: Rows = [{"id": 5, "dossier_id": None, "af": OLD}]
    assert scan(document, reg, dossier=[], document=alone, note=[])[5].reason is DUE
    _, document, _, reg = family(documents=False)
    assert scan(document, reg, dossier=[], document=alone, note=[])[5].reason is Reason.REVIEW_ORPHAN


def shared(other: date, *, columns: int) -> tuple[Any, Any, Register, dict[str, Rows]]:
    """A document of an old dossier and of another, named by a column for each or by one for both."""
    document = dataset("document")
    names = ("groep_", "map_")[:columns]
    children = tuple(Child(document, {name: name.strip("_")}) for name in names)
    dossier = dataset("dossier", then=Delete(children=children))
    reg = register(rule(dossier), rule(document))
    both = {"groep": "g", "map": None} if columns == 1 else {"groep": None, "map": "m"}
    tables: dict[str, Rows] = {
        "dossier": [{"id": 1, "af": OLD, "groep": "g", "map": None}, {"id": 2, "af": other, **both}],
        "document": [{"id": 5, "groep_": "g", "map_": "m", "af": OLD}],
    }
    return dossier, document, reg, tables


@pytest.mark.parametrize("other", [OLD, NEW])
def test_a_child_of_two_parents_stays_when_one_of_them_goes(other: date):
    dossier, _, reg, tables = shared(other, columns=2)
    candidate = scan(dossier, reg, **tables)[1].candidate
    assert candidate is not None
    assert candidate.takes == ()
    assert [(one.dataset.id, one.columns, one.keys) for one in candidate.unlinks] == [
        ("cvs.document", ("groep_",), ((5,),))
    ]


@pytest.mark.parametrize("depth", [0, 1])
def test_a_child_that_is_due_goes_alone_where_a_hold_keeps_its_parent_from_unlinking_another(depth: int):
    letter, document = dataset("letter"), dataset("document")
    own = Child(letter, {"dossier_id": "id"})
    map_ = dataset("map", then=Delete(children=(own,)))
    shared_by = (Child(document, {"groep_": "groep"}), Child(document, {"map_": "map"}))
    below = (Child(map_, {"dossier_id": "id"}),) if depth else (own,)
    dossier = dataset("dossier", then=Delete(children=(*shared_by, *below)))
    reg = register(rule(dossier), rule(letter), rule(document), *([rule(map_)] if depth else []))
    tables: dict[str, Rows] = {
        "dossier": [
            {"id": 1, "af": OLD, "groep": "g", "map": None},
            {"id": 2, "af": NEW, "groep": None, "map": "m"},
        ],
        "document": [{"id": 5, "groep_": "g", "map_": "m", "af": OLD}],
        "letter": [{"id": 9, "dossier_id": 1, "af": OLD}],
        "map": [{"id": 1, "dossier_id": 1, "af": OLD}],
    }
    other, itself = held(("cvs.dossier", "2")), held(("cvs.dossier", "1"))
    assert scan(dossier, reg, **tables)[1].reason is DUE
    assert scan(letter, reg, **tables)[9].reason is Reason.GOES_WITH_PARENT
    assert scan(dossier, reg, (other,), **tables)[1].reason is Reason.KEEP_HOLD, "to unlink is to change"
    alone = scan(letter, reg, (other,), **tables)[9]
    if depth:
        assert scan(map_, reg, (other,), **tables)[1].candidate is not None
        assert alone.reason is Reason.GOES_WITH_PARENT, "with the folder, which goes alone"
    else:
        assert alone.candidate is not None
    assert scan(letter, reg, (itself,), **tables)[9].reason is Reason.KEEP_HOLD


@pytest.mark.parametrize("other", [OLD, NEW])
def test_a_child_whose_column_names_the_parent_that_stays_too_is_left_as_it_is(other: date):
    dossier, _, reg, tables = shared(other, columns=1)
    candidate = scan(dossier, reg, **tables)[1].candidate
    assert candidate is not None
    assert (candidate.takes, candidate.unlinks) == ((), ())


@pytest.mark.parametrize("columns", [1, 2])
def test_a_child_of_two_parents_that_is_due_goes_alone_since_neither_takes_it_along(columns: int):
    _, document, reg, tables = shared(OLD, columns=columns)
    assert scan(document, reg, **tables)[5].reason is DUE


def test_a_child_of_two_records_in_one_family_goes_with_that_family():
    document = dataset("document")
    part = dataset("part", then=Delete(children=(Child(document, {"part_id": "id"}),)))
    dossier = dataset(
        "dossier", then=Delete(children=(Child(part, {"dossier_id": "id"}), Child(document, {"dossier_id": "id"})))
    )
    reg = register(rule(dossier), rule(part))
    tables: dict[str, Rows] = {
        "dossier": [{"id": 1, "af": OLD}],
        "part": [{"id": 3, "dossier_id": 1, "af": OLD}],
        "document": [{"id": 5, "part_id": 3, "dossier_id": 1}],
    }
    assert taken(scan(dossier, reg, **tables)[1]) == {("cvs.part", (3,)), ("cvs.document", (5,))}
    kept = scan(part, reg, **{**tables, "dossier": [{"id": 1, "af": NEW}]})[3].candidate
    assert kept is not None
    assert kept.takes == ()  # its dossier still has the document


@pytest.mark.parametrize(
    ("at_most", "pairs", "reasons"),
    [
        (2, ((1, None), (2, 1), (3, 2)), [DUE, DUE, DUE]),
        (1, ((1, None), (2, 1), (3, 2)), [Reason.REVIEW_IMPLAUSIBLE] * 3),
        (1, ((1, None), (2, 1), (3, 1)), [DUE, DUE, DUE]),
        (20, ((1, 3), (2, 1), (3, 2)), [Reason.REVIEW_IMPLAUSIBLE] * 3),
        (20, ((1, 2), (2, 1), (3, 2)), [Reason.REVIEW_IMPLAUSIBLE] * 3),
    ],
)
def test_no_link_goes_of_a_chain_that_one_of_them_cannot_read(
    at_most: int, pairs: tuple[tuple[int, int | None], ...], reasons: list[Reason]
):
    dossier = dataset("dossier")
    reg = register(rule(dossier, starts_on=latest(followed_by("af", {"vorige": "id"}, at_most=at_most), "op")))
    chain: Rows = [{"id": one, "vorige": before, "af": OLD, "op": OLD} for one, before in pairs]
    assert [one.reason for one in scan(dossier, reg, dossier=chain).values()] == reasons


def test_a_chain_reaches_back_to_the_record_that_its_first_link_follows_whatever_that_is():
    dossier, wmo = dataset("dossier"), Equals("soort", "wmo")
    on = Join((("vorige", "id"),), where=wmo)
    reg = register(rule(dossier, where=wmo, starts_on=followed_by("af", on, at_most=1)))
    chain: Rows = [{"id": n, "vorige": n - 1, "af": OLD, "soort": "wmo" if n > 1 else "jeugd"} for n in (1, 2, 3)]
    found = scan(dossier, reg, dossier=chain)
    assert [found[n].reason for n in (1, 2, 3)] == [Reason.REVIEW_UNGOVERNED, *[Reason.REVIEW_IMPLAUSIBLE] * 2]
    chain[1]["soort"] = "jeugd"
    assert scan(dossier, reg, dossier=chain)[3].reason is DUE


def test_a_tree_in_one_table_goes_from_its_top():
    dossier = dataset("dossier", then=Delete(children=(Child("cvs.dossier", {"boven": "id"}),)))
    tree: Rows = [
        {"id": 1, "boven": None, "af": OLD},
        {"id": 2, "boven": 1, "af": OLD},
        {"id": 3, "boven": 2, "af": OLD},
    ]
    found = scan(dossier, register(rule(dossier)), dossier=tree)
    assert taken(found[1]) == {("cvs.dossier", (2,)), ("cvs.dossier", (3,))}
    assert [found[n].reason for n in (2, 3)] == [Reason.GOES_WITH_PARENT] * 2
    tree[2]["af"] = NEW
    found = scan(dossier, register(rule(dossier)), dossier=tree)
    assert [found[n].reason for n in (1, 2, 3)] == [RUNNING] * 3


def test_a_child_of_some_kind_belongs_to_parents_of_that_kind_only():
    document = dataset("document")
    kind = Join((("owner_id", "id"),), Equals("owner", "dossier"))
    dossier = dataset("dossier", then=Delete(children=(Child(document, kind),)))
    tables: dict[str, Rows] = {
        "dossier": [{"id": 1, "af": OLD}],
        "document": [{"id": n, "owner_id": 1, "owner": owner} for n, owner in ((5, "dossier"), (6, "client"))],
    }
    assert taken(scan(dossier, register(rule(dossier)), **tables)[1]) == {("cvs.document", (5,))}


@pytest.mark.parametrize("backwards", [True, False])
def test_what_is_said_does_not_depend_on_the_order_in_which_a_store_answers(backwards: bool):  # noqa: FBT001
    dossier, _, _, reg = family(notes=True)
    tables = rows()
    tables["document"] += [{"id": n, "dossier_id": 1, "af": OLD} for n in (9, 8, 6)]
    tables["note"] += [{"id": n, "document_id": 5, "af": OLD} for n in (11, 10)]
    expected = scan(dossier, reg, **tables)[1]
    turned = {name: list(reversed(one)) if backwards else one[1:] + one[:1] for name, one in tables.items()}
    assert scan(dossier, reg, **turned)[1].seal == expected.seal


def test_a_child_of_two_due_branches_goes_alone_while_the_tree_above_them_stays():
    document = dataset("document")
    dossier = dataset(
        "dossier", then=Delete(children=(Child("cvs.dossier", {"boven": "id"}), Child(document, {"groep_": "groep"})))
    )
    tables: dict[str, Rows] = {
        "dossier": [
            {"id": 1, "boven": None, "groep": None, "af": NEW},
            {"id": 2, "boven": 1, "groep": "g", "af": OLD},
            {"id": 3, "boven": 1, "groep": "g", "af": OLD},
        ],
        "document": [{"id": 5, "groep_": "g", "af": OLD}],
    }
    assert scan(document, register(rule(dossier), rule(document)), **tables)[5].reason is DUE


def test_a_child_of_which_only_fields_go_keeps_its_parent():
    document = dataset("document", fields={"naam": Nullify(), "bsn": Nullify()})
    dossier = dataset("dossier", then=Delete(children=(Child(document, {"dossier_id": "id"}),)))
    reg = register(rule(dossier), rule(document, needs=("naam",)), rule(document, needs=("bsn",), starts_on="op"))
    tables: dict[str, Rows] = {
        "dossier": [{"id": 1, "af": OLD}],
        "document": [{"id": 5, "dossier_id": 1, "af": OLD, "op": NEW, "naam": "J", "bsn": "1"}],
    }
    assert scan(document, reg, **tables)[5].reason is Reason.PARTIAL_PURPOSE
    kept = scan(dossier, reg, **tables)[1]
    assert (kept.reason, kept.judgement.action) == (Reason.KEEP_OTHER_PURPOSE, None)  # why the document itself stays


def test_a_child_of_an_orphan_goes_alone_since_the_orphan_stays():
    _, document, note, reg = family(notes=True)
    tables: dict[str, Rows] = {**rows(), "dossier": []}
    assert scan(document, reg, **tables)[5].reason is Reason.REVIEW_ORPHAN
    assert scan(note, reg, **tables)[7].reason is DUE


def circle(**more: Value) -> Rows:
    """Two that name each other, one below them, one that stands alone, a tree of two."""
    above = {1: 2, 2: 1, 3: 2, 4: None, 5: None, 6: 5}
    return [{"id": one, "boven": boven, "af": OLD, **more} for one, boven in above.items()]


@pytest.mark.parametrize("af", [OLD, NEW])
def test_records_that_name_each_other_as_parent_are_orphans_and_the_others_go_on(af: date):
    dossier = dataset("dossier", then=Delete(children=(Child("cvs.dossier", {"boven": "id"}),)))
    found = scan(dossier, register(rule(dossier)), dossier=circle(af=af))
    rest = [Reason.REVIEW_UNREADABLE, DUE, DUE, Reason.GOES_WITH_PARENT] if af is OLD else [RUNNING] * 4
    assert [found[n].reason for n in range(1, 7)] == [Reason.REVIEW_ORPHAN, Reason.REVIEW_ORPHAN, *rest]
    assert [found[n].judgement.action for n in (1, 2, 3)] == [None] * 3


@pytest.mark.parametrize("governed", [True, False])
def test_what_has_a_circle_below_it_waits_with_it(governed: bool):  # noqa: FBT001
    part = dataset("part", then=Delete(children=(Child("cvs.part", {"boven": "id"}),)))
    dossier = dataset("dossier", then=Delete(children=(Child(part, {"dossier_id": "id"}),)))
    reg = register(rule(dossier), *([rule(part)] if governed else []))
    dossiers: Rows = [{"id": 1, "af": OLD}, {"id": 2, "af": OLD}]
    parts = [{**one, "dossier_id": 1 if one["id"] in {1, 2} else 2} for one in circle()]
    found = scan(dossier, reg, dossier=dossiers, part=parts)
    assert [found[n].reason for n in (1, 2)] == [Reason.REVIEW_UNREADABLE] * 2  # 3 belongs to both
    parts[2]["boven"] = None
    found = scan(dossier, reg, dossier=dossiers, part=parts)
    assert [found[n].reason for n in (1, 2)] == [Reason.REVIEW_UNREADABLE, DUE]
    below = scan(part, reg, dossier=dossiers, part=parts)
    assert [below[n].reason for n in (1, 2)] == [Reason.REVIEW_ORPHAN] * 2
