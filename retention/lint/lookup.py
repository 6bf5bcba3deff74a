"""The look-ups of a rule: from which records it reads which others, and what of them may decide its start."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from retention.condition import And, Condition, Exists, Not, Or
from retention.dataset import Dataset
from retention.lint.overlap import conjuncts
from retention.policy import Rule
from retention.relation import Join
from retention.trigger import Earliest, EndOfYear, FollowedBy, Latest, LatestOf, OpenWhileEmpty, Trigger

_Wrap = Callable[[Trigger], Trigger]


class LookUp(Struct, frozen=True, kw_only=True):
    """One relation that a rule follows, other than `while_referenced_by`."""

    own: Dataset  # from whose records
    dataset: Dataset  # to whose
    on: Join
    of: Trigger | None = None  # what is read there, as it counts for the rule's start; None: it cannot be compared
    reads_on: bool = False  # without any related record the rule has another date, or no longer applies
    direct: bool = True  # the record that it is looked up for is the rule's own, not one that was looked up itself
    asked: Condition | None = None  # what is asked of the related records besides the relation; None: nothing


def look_ups(rule: Rule) -> Iterator[LookUp]:
    """Every relation that judging by a rule follows, nested ones included."""
    asked = [part for part in conjuncts(rule.where) if isinstance(part, Exists)]
    started = [] if rule.starts_on is None else list(_of_trigger(rule.dataset, rule.starts_on, lambda same: same))
    for one in started:
        yield replace(one, reads_on=one.reads_on or any(_asks_for(exists, one) for exists in asked))
    for one in _of_condition(rule.dataset, rule.where):
        same = [s.of for exists in asked for s in started if exists.on is one.on and _asks_for(exists, s)]
        yield replace(one, of=same[0] if same else None, reads_on=bool(same))


def _asks_for(exists: Exists, one: LookUp) -> bool:
    """Whether a condition holds exactly while a trigger has something to read."""
    same = exists.dataset is one.dataset and exists.on.pairs == one.on.pairs
    return same and one.on.where in (None, exists.where, exists.on.where)


def _of_trigger(own: Dataset, trigger: Trigger, whole: _Wrap | None) -> Iterator[LookUp]:
    """`whole` makes the rule's start of the trigger at hand; None where that cannot be said."""
    match trigger:
        case LatestOf():
            of = whole(trigger.of) if whole else None
            yield from _related(own, trigger.dataset, trigger.on, of, reads_on=trigger.if_none is not None)
            yield from _further(_of_trigger(trigger.dataset, trigger.of, None))
            if trigger.if_none is not None:
                yield from _of_trigger(own, trigger.if_none, None)
        case FollowedBy():  # without successors a record is the end of its own chain
            links = _related(own, own, trigger.on, whole(trigger) if whole else None, reads_on=True)
            yield from _further(links)  # all but the first link
            yield from _of_trigger(own, trigger.of, None)
        case EndOfYear():  # the end of the latest year is the latest of the ends of years
            yield from _of_trigger(own, trigger.of, (lambda of: whole(EndOfYear(of))) if whole else None)
        case Latest():
            for part in trigger.parts:  # a part that becomes missing makes the whole missing, long before it expires
                for one in _of_trigger(own, part, whole):
                    yield one if one.reads_on else replace(one, of=None)
        case Earliest():
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
            first, *nested = _related(own, condition.dataset, condition.on)
            yield replace(first, asked=condition.where)
            yield from nested
            yield from _further(_of_condition(condition.dataset, condition.where))
        case _:
            pass


def _related(
    own: Dataset, dataset: Dataset, on: Join, of: Trigger | None = None, *, reads_on: bool = False
) -> Iterator[LookUp]:
    yield LookUp(own=own, dataset=dataset, on=on, of=of, reads_on=reads_on)
    yield from _further(_of_condition(dataset, on.where))


def _further(found: Iterator[LookUp]) -> Iterator[LookUp]:
    """Look-ups from records that were looked up themselves."""
    return (replace(one, direct=False) for one in found)
