"""Whether a condition holds (R7): two-valued, and unknown wherever a missing value is compared."""

from datetime import date
from decimal import Decimal

import pytest

from retention.answer import holds_of
from retention.condition import And, Compare, Comparison, Condition, Empty, Equals, Exists, In, Not, Or
from retention.record import UNREADABLE, Facts, Value
from retention.relation import Join
from tests.unit.core.judging import dataset, record, related, utc

A, NEVER = Equals("soort", "a"), Equals("soort", "b")
UNKNOWN = Equals("leeg", "a")
THEIRS = dataset("document")
ON = Join((("dossier_id", "id"),))


def holds(condition: Condition, facts: Facts | None = None, **values: Value) -> bool | None:
    return holds_of(condition, record(dataset(), **{"soort": "a", "leeg": None, **values}), facts or Facts())


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (A, True),
        (NEVER, False),
        (Not(A), False),
        (UNKNOWN, None),
        (Not(UNKNOWN), None),
        (And(NEVER, UNKNOWN), None),  # strict: a part that cannot be answered is enough
        (Or(A, UNKNOWN), None),
        (In("soort", ("x", "a")), True),
        (In("leeg", ("x",)), None),
        (Empty("leeg"), True),
        (Empty("soort"), False),
        (Or(Empty("leeg"), A), True),
        (Compare("leeg", Comparison.LESS, 3), None),
        (Compare("soort", Comparison.LESS, 3), None),  # a text with a number
    ],
    ids=repr,
)
def test_a_condition_is_answered_strictly(condition: Condition, expected: bool | None):  # noqa: FBT001
    assert holds(condition) is expected


@pytest.mark.parametrize("value", ["A", "a ", "á", ""])
def test_text_compares_by_code_point(value: Value):
    assert holds(A, soort=value) is False


def test_a_number_is_never_a_text_so_that_nobody_can_say():
    assert holds(A, soort=1) is None


@pytest.mark.parametrize(
    ("value", "expected"), [(float("nan"), None), (Decimal("0.1"), True), (0, False), (-1.5, False)]
)
def test_a_number_that_is_none_is_missing(value: Value, expected: bool | None):  # noqa: FBT001
    assert holds(Compare("bedrag", Comparison.MORE, 0), bedrag=value) is expected
    assert holds(Empty("bedrag"), bedrag=value) is (expected is None)


def test_an_unreadable_value_is_neither_there_nor_missing():
    assert holds(Empty("soort"), soort=UNREADABLE) is None
    assert holds(A, soort=UNREADABLE) is None


def test_a_timestamp_is_compared_with_a_date_by_its_own_date():
    before = Compare("om", Comparison.LESS, date(2019, 1, 1))
    assert holds(before, om=utc("2018-12-31T23:30:00")) is True
    assert holds(before, om=utc("2019-01-01T00:00:00")) is False


def test_what_exists_is_asked_of_every_related_record():
    wmo, unknown = record(THEIRS, dossier_id=1, soort="wmo"), record(THEIRS, id=2, dossier_id=1, soort=None)
    of = Exists(THEIRS, ON, Equals("soort", "wmo"))
    assert holds(Exists(THEIRS, ON), related(THEIRS, ON, 1)) is False
    assert holds(Exists(THEIRS, ON), related(THEIRS, ON, 1, unknown)) is True
    assert holds(of, related(THEIRS, ON, 1, wmo)) is True
    assert holds(of, related(THEIRS, ON, 1, wmo, unknown)) is None
    assert holds(Not(of), related(THEIRS, ON, 1, unknown)) is None


def test_a_missing_value_joins_nothing():
    on = Join((("dossier_id", "leeg"),))
    assert holds(Exists(THEIRS, on)) is False
