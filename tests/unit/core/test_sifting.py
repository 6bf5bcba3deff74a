"""What a plan says of records together: `scan` here asks for the same of a plan."""

from datetime import date

from retention.dataset import Dataset
from retention.disposition import Action, Child, Delete
from retention.period import years
from retention.reason import Reason
from retention.record import UNREADABLE, Value
from retention.technique import Nullify
from tests.unit.core.judging import NOBODY, dataset, register, rule, scan

OLD, NEW = date(2015, 1, 1), date(2025, 1, 1)
PIECE = Dataset(id="cvs.stuk", key=("id",), subjects=NOBODY)
DOSSIER = dataset(
    then=Delete(children=(Child(PIECE, on={"dossier_id": "id"}),)), fields={"naam": Nullify(), "adres": Nullify()}
)


def test_a_record_whose_parent_cannot_be_read_is_an_orphan_though_its_own_rule_keeps_it():
    note = dataset("notitie")
    top = dataset(then=Delete(children=(Child(note, on={"dossier_id": "id"}),)))
    rows: list[dict[str, Value]] = [
        {"id": 1, "af": NEW, "dossier_id": UNREADABLE},
        {"id": 2, "af": NEW, "dossier_id": 7},
        {"id": 3, "af": NEW, "dossier_id": 8},
        {"id": 4, "af": NEW, "dossier_id": None},
    ]
    said = scan(note, register(rule(top), rule(note)), dossier=[{"id": 7, "af": NEW}], notitie=rows)
    reasons = {key: one.reason for key, one in said.items()}
    lost, kept = Reason.REVIEW_ORPHAN, Reason.KEEP_RUNNING
    assert reasons == {1: lost, 2: kept, 3: lost, 4: kept}


def test_a_record_that_only_loses_fields_takes_nothing_along():
    rules = register(rule(DOSSIER, needs=("naam",)), rule(DOSSIER, needs=("adres",), keep_for=years(20)))
    row: dict[str, Value] = {"id": 1, "af": OLD, "naam": "Jan", "adres": "Duinweg 1"}
    one = scan(DOSSIER, rules, dossier=[row], stuk=[{"id": 5, "dossier_id": 1}])[1]
    assert one.judgement.action is Action.ERASE_FIELDS
    assert one.candidate is not None
    assert one.candidate.takes == ()


def test_in_a_column_of_several_kinds_each_value_is_judged_as_it_is():
    values: list[Value] = [OLD, "2015-01-01", 20150101, True, None, UNREADABLE, NEW]
    whole = dataset()
    said = scan(whole, register(rule(whole)), dossier=[{"id": n, "af": one} for n, one in enumerate(values)])
    doubted = [Reason.REVIEW_IMPLAUSIBLE] * 3
    expected = [Reason.DUE_EXPIRED, *doubted, Reason.REVIEW_NO_TRIGGER, Reason.REVIEW_IMPLAUSIBLE, Reason.KEEP_RUNNING]
    assert [said[n].reason for n in range(7)] == expected
