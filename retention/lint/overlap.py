"""Whether two conditions can hold of one record.

Only what follows from the conditions themselves is believed: when in doubt, they can.
"""

from __future__ import annotations

from typing import Any

from retention.condition import And, Compare, Comparison, Condition, Empty, Equals, Exists, In, Not


def disjoint(one: Condition | None, other: Condition | None) -> bool:
    """Whether no record satisfies both; None stands for every record."""
    return any(_contradict(a, b) for a in conjuncts(one) for b in conjuncts(other))


def conjuncts(condition: Condition | None) -> tuple[Condition, ...]:
    """Everything that must hold for a condition to hold; none for None, which every record satisfies."""
    if condition is None:
        return ()
    if isinstance(condition, And):
        return tuple(deep for part in condition.parts for deep in conjuncts(part))
    return (condition,)


def _contradict(one: Condition, other: Condition) -> bool:
    match one, other:
        case (Not(part=negated), positive) | (positive, Not(part=negated)):
            return negated == positive or _implies(positive, negated)
        case (Empty(column=name), (Equals() | In() | Compare()) as compared) | (
            (Equals() | In() | Compare()) as compared,
            Empty(column=name),
        ):
            return compared.column == name  # a comparison never holds of a missing value
        case ((Equals() | In()) as a, (Equals() | In()) as b):
            return a.column == b.column and not set(_values(a)) & set(_values(b))
        case ((Equals() | In()) as some, Compare() as bound) | (Compare() as bound, (Equals() | In()) as some):
            return some.column == bound.column and not any(_within(value, bound) for value in _values(some))
        case (Compare() as a, Compare() as b):
            return a.column == b.column and (_apart(a, b) or _apart(b, a))
        case (Exists() as a, Exists() as b):  # of the one record that the key names
            one_record = a.dataset is b.dataset and a.on.pairs == b.on.pairs and set(a.dataset.key) <= set(a.on.theirs)
            return one_record and disjoint(a.where, b.where)
        case _:
            return False


def _implies(one: Condition, other: Condition) -> bool:
    """Whether one of several values is always among those of the other."""
    if isinstance(one, Equals | In) and isinstance(other, Equals | In):
        return one.column == other.column and set(_values(one)) <= set(_values(other))
    return False


def _values(condition: Equals | In) -> tuple[Any, ...]:
    return (condition.value,) if isinstance(condition, Equals) else condition.values


def _within(value: Any, bound: Compare) -> bool:
    try:
        match bound.comparison:
            case Comparison.LESS:
                return bool(value < bound.value)
            case Comparison.AT_MOST:
                return bool(value <= bound.value)
            case Comparison.MORE:
                return bool(value > bound.value)
            case Comparison.AT_LEAST:
                return bool(value >= bound.value)
    except TypeError:  # a text and a number: nobody can say
        return True


def _apart(below: Compare, above: Compare) -> bool:
    """Whether everything that the first allows lies below everything that the second allows."""
    if below.comparison not in _UPPER or above.comparison in _UPPER:
        return False
    low: Any = below.value
    high: Any = above.value
    try:
        touching = below.comparison is Comparison.AT_MOST and above.comparison is Comparison.AT_LEAST
        return bool(low < high if touching else low <= high)
    except TypeError:
        return False


_UPPER = frozenset({Comparison.LESS, Comparison.AT_MOST})
