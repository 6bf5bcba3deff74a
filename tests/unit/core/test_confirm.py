"""What was planned is done only where nothing that it rests on has changed (P5): hand-made families in memory."""

from collections.abc import Callable
from datetime import date

import pytest
from msgspec.structs import replace

from retention.audit.reference import ReferenceKey
from retention.candidate import Candidate
from retention.condition import Equals, Not, exists
from retention.confirm import confirm
from retention.disposition import Anonymise, Child, Delete
from retention.plan import Spooled
from retention.policy import Register
from retention.reads import columns_read
from retention.record import UNREADABLE, Key
from retention.scan import Scanner
from retention.seal import seals_all
from retention.stores.memory import MemoryStore, Tables
from retention.technique import Nullify
from tests.unit.core.judging import DATES, TODAY, dataset, policy, register, rule, utc

OLD, NEW = date(2010, 1, 1), date(2026, 1, 1)
NOTE = dataset("note", fields={"wie": Nullify()}, then=Anonymise())
DOSSIER = dataset(
    "dossier", subjects={"client": "client_id"}, then=Delete(children=(Child(NOTE, {"dossier_id": "id"}),))
)
CLIENT = dataset("client", then=Delete(children=(Child(DOSSIER, {"client_id": "id"}),)))
LETTER = dataset("letter")
PROTECTED = {"while_referenced_by": LETTER, "on": {"dossier_id": "id"}}
ROWS: Tables = {
    "client": [{"id": 17, "af": NEW}, {"id": 18, "af": NEW}],
    "dossier": [{"id": 1, "client_id": 17, "af": OLD}, {"id": 2, "client_id": 18, "af": OLD}],
    "note": [{"id": 5, "dossier_id": 1, "wie": None, "af": NEW}],
    "letter": [{"id": 9, "dossier_id": 3}],
}
Change = Callable[[Tables], object]


def dossiers(change: Change, *, notes: bool = True, protected: bool = False) -> dict[Key, Candidate | None]:
    """The dossiers that are planned, a change, and what is still to be done then."""
    rules = [rule(CLIENT), rule(DOSSIER, **(PROTECTED if protected else {})), *([rule(NOTE)] if notes else [])]
    reg = register(*rules, datasets=(LETTER,))
    store = MemoryStore("cvs", {name: [dict.fromkeys(DATES) | row for row in rows] for name, rows in ROWS.items()})
    scanner = Scanner(reg, TODAY, (), utc("2026-07-01T12:00:00"), {DOSSIER.id: ReferenceKey("k", b"k" * 32)})
    listed = {
        one.record.key: Spooled(0, one.candidate.ref, one.judgement.action, one.judgement.fields, one.seal, b"")
        for page in scanner.scan(DOSSIER, {"cvs": store})
        for one in page
        if one.candidate is not None and one.judgement.action is not None
    }
    assert listed.keys() == {(1,), (2,)}
    assert seals_all(reg, DOSSIER) is not (notes or protected)
    change(store.tables)
    records = store.fetch(DOSSIER, columns_read(reg, DOSSIER), list(listed))
    return confirm(replace(scanner, listing=False), DOSSIER, records, {"cvs": store}, listed)


@pytest.mark.parametrize("notes", [True, False])
@pytest.mark.parametrize("protected", [True, False])
def test_what_has_not_changed_is_done(notes, protected):
    one = dossiers(lambda _: None, notes=notes, protected=protected)[1,]
    assert one is not None
    assert [(take.dataset.id, take.keys) for take in one.takes] == [("cvs.note", ((5,),))]


@pytest.mark.parametrize("notes", [True, False])
@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows["dossier"][0].update(af=date(2010, 1, 2)),
        lambda rows: rows["dossier"][0].update(af=UNREADABLE),
        lambda rows: rows["dossier"][0].update(client_id=18),
        lambda rows: rows["dossier"][0].update(client_id=99),
        lambda rows: rows["client"].pop(0),
        lambda rows: rows["note"].append({**rows["note"][0], "id": 6}),
        lambda rows: rows["note"].clear(),
        lambda rows: rows["note"][0].update(dossier_id=2),
    ],
    ids=["date", "no date", "parent", "a parent that is not", "no parent", "new child", "no child", "child moved"],
)
def test_a_record_of_which_something_has_changed_waits(change, notes):
    found = dossiers(change, notes=notes)
    assert found[1,] is None


def test_a_child_that_was_anonymised_and_has_a_name_again_keeps_its_parent():
    assert dossiers(lambda rows: rows["note"][0].update(wie="Jansen"))[1,] is None


def test_a_reference_that_came_since_protects():
    found = dossiers(lambda rows: rows["letter"][0].update(dossier_id=1), notes=False, protected=True)
    assert found[1,] is None
    assert found[2,] is not None


def test_what_the_spool_keeps_of_two_records_cannot_be_exchanged():
    store = MemoryStore("cvs", {name: [dict.fromkeys(DATES) | row for row in rows] for name, rows in ROWS.items()})
    reg = register(rule(CLIENT), rule(DOSSIER))
    scanner = Scanner(reg, TODAY, (), utc("2026-07-01T12:00:00"), {DOSSIER.id: ReferenceKey("k", b"k" * 32)})
    [page] = scanner.scan(DOSSIER, {"cvs": store})
    one, other = (found.candidate.ref for found in page if found.candidate is not None)
    listed = {
        found.record.key: Spooled(0, ref, found.judgement.action, (), found.seal, b"")
        for found, ref in zip(page, (other, one), strict=True)
        if found.judgement.action is not None
    }
    records = store.fetch(DOSSIER, columns_read(reg, DOSSIER), list(listed))
    assert set(confirm(scanner, DOSSIER, records, {"cvs": store}, listed).values()) == {None}


REGELING = dataset("regeling")


@pytest.mark.parametrize("then", [None, Anonymise()], ids=["fields", "disposition"])
def test_another_rule_that_says_the_same_date_is_a_change(then):
    """Two rules of one purpose, of which another record says which applies: same period, other consequences."""
    brief = dataset("brief", fields={"naam": Nullify(), "bsn": Nullify()}, then=Delete())
    soft = exists(REGELING, on={"code": "regeling"}, where=Equals("soort", "licht"))
    rules = [
        rule(brief, where=soft, needs=("naam",) if then is None else None, then=then),
        rule(brief, where=Not(soft), needs=("naam", "bsn") if then is None else None),
    ]
    if then is None:
        rules.append(rule(brief, starts_on="op", needs=("rest",)))
    reg = Register(policies=(policy("post", *rules),), datasets=(REGELING,))
    row = dict.fromkeys(DATES) | {"id": 1, "regeling": "R", "naam": "Jansen", "bsn": "1", "rest": "x", "af": OLD}
    law = dict.fromkeys(DATES) | {"id": 7, "code": "R", "soort": "zwaar"}
    store = MemoryStore("cvs", {"brief": [row | {"op": NEW}] if then is None else [row], "regeling": [law]})
    scanner = Scanner(reg, TODAY, (), utc("2026-07-01T12:00:00"), {brief.id: ReferenceKey("k", b"k" * 32)})
    [[one]] = scanner.scan(brief, {"cvs": store})
    assert one.candidate is not None
    assert one.judgement.action is not None
    assert seals_all(reg, brief)
    listed = {(1,): Spooled(0, one.candidate.ref, one.judgement.action, one.judgement.fields, one.seal, b"")}
    store.tables["regeling"][0]["soort"] = "licht"
    records = store.fetch(brief, columns_read(reg, brief), list(listed))
    assert confirm(replace(scanner, listing=False), brief, records, {"cvs": store}, listed) == {(1,): None}
