"""Which conditions exclude each other; in doubt they do not."""

from decimal import Decimal

import pytest

from retention.condition import And, Compare, Comparison, Condition, Empty, Equals, In, Not, Or, exists
from retention.dataset import Dataset, NoSubject
from retention.lint.overlap import disjoint
from retention.text import Text

LESS, AT_MOST, MORE, AT_LEAST = Comparison.LESS, Comparison.AT_MOST, Comparison.MORE, Comparison.AT_LEAST
WMO = Equals("regime", "wmo")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (WMO, Equals("regime", "jeugd")),
        (WMO, In("regime", ("jeugd", "schuld"))),
        (WMO, Not(WMO)),
        (WMO, Not(In("regime", ("wmo", "jeugd")))),
        (WMO, Empty("regime")),
        (Compare("bedrag", MORE, 0), Empty("bedrag")),
        (Empty("regime"), Not(Empty("regime"))),
        (And(WMO, Equals("team", 1)), And(Equals("team", 2), Empty("af"))),
        (Compare("bedrag", MORE, 0), Compare("bedrag", AT_MOST, 0)),
        (Compare("bedrag", LESS, 0), Compare("bedrag", AT_LEAST, Decimal(0))),
        (Compare("bedrag", AT_MOST, 0), Compare("bedrag", AT_LEAST, 1)),
        (Equals("bedrag", 0), Compare("bedrag", MORE, 0)),
    ],
    ids=repr,
)
def test_conditions_that_exclude_each_other(one: Condition, other: Condition) -> None:
    assert disjoint(one, other)
    assert disjoint(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, WMO),
        (None, None),
        (WMO, WMO),
        (WMO, Equals("team", "wmo2")),
        (WMO, In("regime", ("jeugd", "wmo"))),
        (In("regime", ("wmo", "jeugd")), Not(WMO)),
        (WMO, Empty("team")),
        (Or(WMO, Empty("team")), Equals("regime", "jeugd")),
        (Compare("bedrag", AT_LEAST, 0), Compare("bedrag", AT_MOST, 0)),
        (Compare("bedrag", MORE, 0), Compare("bedrag", MORE, 10)),
        (Compare("bedrag", MORE, 0), Compare("saldo", LESS, 0)),
        (Compare("bedrag", MORE, 0), Compare("bedrag", LESS, "x")),
        (Equals("bedrag", 1), Compare("bedrag", MORE, 0)),
        (Equals("bedrag", "1"), Compare("bedrag", MORE, 0)),
    ],
    ids=repr,
)
def test_conditions_that_may_hold_together(one: Condition | None, other: Condition | None) -> None:
    assert not disjoint(one, other)
    assert not disjoint(other, one)


def test_the_one_record_that_a_key_names_cannot_be_of_two_kinds() -> None:
    dossier = Dataset(id="cvs.dossier", key=("id",), subjects=NoSubject(Text(nl="niemand", en="nobody")))
    wmo, jeugd = (exists(dossier, {"id": "dossier_id"}, Equals("regime", regime)) for regime in ("wmo", "jeugd"))
    assert disjoint(wmo, jeugd)
    assert not disjoint(wmo, exists(dossier, {"id": "vorige_id"}, jeugd.where))
    many = [exists(dossier, "client_id", one.where) for one in (wmo, jeugd)]
    assert not disjoint(*many)
