"""Whatever can change what happens to a dataset changes its fingerprint (design.md P5)."""

from datetime import date

import pytest

from retention.condition import Equals
from retention.dataset import Dataset, Kept, Timestamp, via
from retention.disposition import Child, Delete
from retention.fingerprint import dataset_text
from retention.policy import Register
from retention.text import Text
from retention.trigger import latest_of
from tests.unit.core.judging import dataset, register, rule


def _text(made: Register, of: Dataset, **more: object) -> bytes:
    return dataset_text(made, of, **{"store": "sqlite:/a.db", "zone": "Europe/Amsterdam"} | more)


def _reading(contact: Dataset) -> bytes:
    dossier = dataset("dossier")
    return _text(register(rule(dossier, starts_on=latest_of(contact, "om", on={"dossier_id": "id"}))), dossier)


def test_how_a_date_is_read_that_a_rule_looks_up_elsewhere_belongs_to_it():
    contact = dataset("contact")
    other = dataset("contact", dates={**contact.dates, "om": Timestamp(zone="Europe/Amsterdam")})
    assert _reading(contact) != _reading(other)


def test_from_when_a_date_is_believed_that_a_rule_looks_up_elsewhere_belongs_to_it():
    assert _reading(dataset("contact")) != _reading(dataset("contact", plausible_from=date(2000, 1, 1)))


def test_the_parent_above_which_keeps_its_children_belongs_to_the_child():
    child = dataset("contact")
    free, bound = dataset("dossier"), dataset("dossier", then=Delete(children=(Child(child, on={"dossier_id": "id"}),)))
    assert _text(register(rule(child), rule(free)), child) != _text(register(rule(child), rule(bound)), child)


def test_the_way_to_the_person_through_another_dataset_belongs_to_it():
    def told(column: str) -> bytes:
        client = dataset("client", subjects={"bsn": column})
        dossier = dataset(
            "dossier",
            subjects={
                "client": via(
                    "client_id",
                    client,
                    via("relatie_id", dataset("relatie", plausible_from=date(int(column[-4:]), 1, 1)), "bsn"),
                )
            },
        )
        return _text(register(rule(dossier)), dossier)

    assert told("bsn2000") != told("bsn2001")


def test_which_database_a_rule_looks_into_belongs_to_it():
    invoice, dossier = dataset("factuur"), dataset("dossier")
    invoice = Dataset(id="fin.factuur", key=("id",), subjects=invoice.subjects)
    made = register(rule(dossier, while_referenced_by=invoice, on={"dossier_id": "id"}))
    here, there = ({"fin": f"sqlite:/{name}.db"} for name in ("fin", "test"))
    assert _text(made, dossier, elsewhere=here) != _text(made, dossier, elsewhere=there)


def test_a_database_that_nothing_here_looks_into_does_not_belong_to_it():
    dossier = dataset("dossier")
    assert _text(register(rule(dossier)), dossier, elsewhere={"fin": "sqlite:/fin.db"}) == _text(
        register(rule(dossier)), dossier
    )


@pytest.mark.parametrize(("one", "other"), [("2020-01-01", date(2020, 1, 1)), ("1", 1), (True, "true")])
def test_a_constant_of_another_type_is_another_constant(one, other):
    dossier = dataset("dossier")
    texts = {_text(register(rule(dossier, where=Equals("soort", value))), dossier) for value in (one, other)}
    assert len(texts) == 2


def test_a_number_beyond_what_json_can_carry_has_a_text_too():
    dossier = dataset("dossier")
    assert b"9007199254740993" in _text(register(rule(dossier, where=Equals("nummer", 2**53 + 1))), dossier)


def _own(**more: object) -> bytes:
    of = dataset("dossier", **more)
    return _text(register(rule(of)), of)


def test_what_the_database_keeps_or_does_by_itself_belongs_to_what_is_approved():
    texts = {_own(), _own(history=Kept(Text(nl="mutaties", en="mutations"))), _own(triggers=("stempel",))}
    assert len(texts) == 3


def test_a_text_from_before_these_could_be_declared_stays_as_it_was():
    assert b'"history"' not in _own()
    assert b'"triggers"' not in _own()
