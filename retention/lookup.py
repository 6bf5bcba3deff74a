"""The look-ups of a rule: from which records it reads which others, and what of them may decide its start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from retention.condition import And, Condition, Exists, Not, Or
from retention.dataset import Dataset
from retention.policy import Rule
from retention.relation import Join
from retention.trigger import Earliest, EndOfYear, FollowedBy, Latest, LatestOf, OpenWhileEmpty, Trigger

_Wrap = Callable[[Trigger], Trigger]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """One relation that a rule follows, other than `while_referenced_by`."""

    own: Dataset  # from whose records
    dataset: Dataset  # to whose
    on: Join
    of: Trigger | None  # the trigger, read from theirs, that alone decides the rule's start; None: there is more to it


def look_ups(rule: Rule) -> Iterator[LookUp]:
    """Every relation that judging by a rule follows, nested ones included."""
    if rule.where is not None:
        yield from _of_condition(rule.dataset, rule.where)
    if rule.starts_on is not None:
        yield from _of_trigger(rule.dataset, rule.starts_on, lambda same: same)


def _of_trigger(own: Dataset, trigger: Trigger, whole: _Wrap | None) -> Iterator[LookUp]:
    """`whole` makes the rule's start of the trigger at hand; None when other dates have a say."""
    match trigger:
        case LatestOf():
            of = whole(trigger.of) if whole else None
            yield from _related(own, trigger.dataset, trigger.on, of)
            yield from _of_trigger(trigger.dataset, trigger.of, None)
            if trigger.if_none is not None:
                yield from _of_trigger(own, trigger.if_none, None)
        case FollowedBy():
            yield from _related(own, own, trigger.on, whole(trigger) if whole else None)
            yield from _of_trigger(own, trigger.of, None)
        case EndOfYear():
            yield from _of_trigger(own, trigger.of, (lambda of: whole(EndOfYear(of))) if whole else None)
        case Latest() | Earliest():
            for part in trigger.parts:
                yield from _of_trigger(own, part, None)
        case OpenWhileEmpty():
            yield from _of_trigger(own, trigger.of, None)
            yield from _of_trigger(own, trigger.activity, None)
        case _:
            pass


def _of_condition(own: Dataset, condition: Condition | None) -> Iterator[LookUp]:
    match condition:
        case And() | Or():
            for part in condition.parts:
                yield from _of_condition(own, part)
        case Not():
            yield from _of_condition(own, condition.part)
        case Exists():
            yield from _related(own, condition.dataset, condition.on, None)
            yield from _of_condition(condition.dataset, condition.where)
        case _:
            pass


def _related(own: Dataset, dataset: Dataset, on: Join, of: Trigger | None) -> Iterator[LookUp]:
    yield LookUp(own=own, dataset=dataset, on=on, of=of)
    yield from _of_condition(dataset, on.where)
