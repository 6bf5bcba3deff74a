"""Whether a condition holds of a record (design.md R7).

True, False, or None where it compares a missing or unreadable value anywhere: then the record's purposes are unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_never

from retention.condition import And, Compare, Comparison, Condition, Constant, Empty, Equals, Exists, In, Not, Or
from retention.dataset import Dataset
from retention.record import UNREADABLE, Facts, Record, Value
from retention.relation import Join

_OPERATOR: dict[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}


def holds_of(condition: Condition, record: Record, facts: Facts) -> bool | None:
    """Whether a condition holds of a record; None: it cannot be answered."""
    match condition:
        case Empty():
            return _missing(record.values[condition.column])
        case Equals():
            return _compared(record.values[condition.column], lambda value: _among(value, (condition.value,)))
        case In():
            return _compared(record.values[condition.column], lambda value: _among(value, condition.values))
        case Compare():
            return _compared(record.values[condition.column], lambda value: _ordered(value, condition))
        case And():
            answers = [holds_of(part, record, facts) for part in condition.parts]
            return None if None in answers else all(answers)
        case Or():
            answers = [holds_of(part, record, facts) for part in condition.parts]
            return None if None in answers else any(answers)
        case Not():
            answer = holds_of(condition.part, record, facts)
            return None if answer is None else not answer
        case Exists():
            return _exists(condition, record, facts)
        case _:
            assert_never(condition)


def joined(facts: Facts, dataset: Dataset, on: Join, record: Record) -> tuple[Record, ...] | None:
    """The related records that count; None when it cannot be told which, or of one of them whether it counts."""
    related = facts.related(dataset, on, record)
    if not related and any(record.values[column] is UNREADABLE for column in on.ours):
        return None
    if on.where is None:
        return related
    answers = [holds_of(on.where, one, facts) for one in related]
    if None in answers:
        return None
    return tuple(one for one, answer in zip(related, answers, strict=True) if answer)


def _exists(condition: Exists, record: Record, facts: Facts) -> bool | None:
    related = joined(facts, condition.dataset, condition.on, record)
    if related is None:
        return None
    if condition.where is None:
        return bool(related)
    answers = [holds_of(condition.where, one, facts) for one in related]
    return None if None in answers else any(answers)


def _missing(value: Value) -> bool | None:
    if value is UNREADABLE:
        return None
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN differs from itself


def _compared(value: Value, test: Callable[[Value], bool | None]) -> bool | None:
    return test(value) if _missing(value) is False else None


def _among(value: Value, constants: tuple[Constant, ...]) -> bool | None:
    """Whether a value is one of these; None where it is of another kind than all, so that it could never be."""
    if type(value) is str or type(value) is int:  # nearly all are, and are compared as they are
        if value in constants:
            return True
        return False if any(_kind(value) is _kind(constant) for constant in constants) else None
    pairs = [(_comparable(value, constant), constant) for constant in constants]
    if any(one == other for one, other in pairs):
        return True
    return False if any(_kind(one) is _kind(other) for one, other in pairs) else None


def _kind(value: Value) -> type:
    """What a value can be equal to: a number of any sort to a number, a date to a date."""
    match value:
        case int() | float() | Decimal():
            return int
        case date():
            return date
        case _:
            return type(value)


def _ordered(value: Value, condition: Compare) -> bool | None:
    try:
        return _OPERATOR[condition.comparison](_comparable(value, condition.value), condition.value)
    except TypeError:  # a text compared with a number: nobody can say
        return None


def _comparable(value: Value, constant: Constant) -> Value:
    """A timestamp is compared with a date by its own date in UTC, which every engine can say."""
    if isinstance(value, datetime) and isinstance(constant, date) and not isinstance(constant, datetime):
        return value.date()
    return value
