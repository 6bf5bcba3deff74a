"""What judging reads: which columns, and which related records, level by level.

One walk over triggers, conditions and paths answers it for everybody: the scan that fetches, the digest of read values
that shows a change, the check that erasing one thing never changes another judgement (P12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from retention.condition import And, Compare, Condition, Empty, Equals, Exists, In, Not, Or
from retention.dataset import Dataset, NoSubject, SubjectPath, Via
from retention.relation import Join
from retention.trigger import (
    Birth,
    Column,
    Earliest,
    EndOfYear,
    Ends,
    FollowedBy,
    Latest,
    LatestOf,
    OpenWhileEmpty,
    Trigger,
    Year,
)

if TYPE_CHECKING:
    from retention.policy import Register, Rule


_REMEMBERED: Final = 1024  # answers: a register never changes, and every page asks anew


class Reading(Struct, frozen=True, kw_only=True):
    """Related records that judging asks for, and what is asked for from each of them in turn.

    The relation carries no condition: facts hold every record that the columns join, and the judge applies conditions.
    """

    dataset: Dataset
    on: Join
    chain: int = 1  # look-ups in a row; of a chain its longest and one more, so that a longer one is seen
    then: tuple[Reading, ...] = ()


class _Step(Struct, frozen=True):
    """A relation met on the walk, and what is read of the records it reaches."""

    dataset: Dataset
    on: Join
    chain: int
    read: tuple[_Read, ...]  # besides the columns that join them


_Read = str | _Step  # a column of the record at hand, or a step to related records


@lru_cache(_REMEMBERED)
def readings(register: Register, dataset: Dataset) -> tuple[Reading, ...]:
    """The related records that rules and subject paths of a dataset's records ask for, in declared order."""
    found = [read for _, rule in register.rules_for(dataset) for read in _of_rule(rule)]
    return _merged([*found, *_of_subjects(dataset)])


@lru_cache(_REMEMBERED)
def readings_within(on: Join) -> tuple[Reading, ...]:
    """The related records that a relation's own condition asks for, from the records that it is asked of."""
    return () if on.where is None else _merged(_of_condition(on.where))


def columns_read(register: Register, dataset: Dataset) -> tuple[str, ...]:
    """Every column of a dataset that judging, clearing, relations and techniques read, its key included; sorted."""
    return tuple(sorted({*columns_judged(register, dataset), *dataset.fields}))


@lru_cache(_REMEMBERED)
def columns_judged(register: Register, dataset: Dataset) -> tuple[str, ...]:
    """`columns_read` without the fields that are only erased: what another record's judgement may rest on; sorted."""
    return tuple(sorted({*_judged(register).get(dataset.id, ()), *dataset.key}))


@lru_cache(_REMEMBERED)
def _judged(register: Register) -> Mapping[str, set[str]]:
    """The columns by dataset id that a whole register's rules, subjects and children read."""
    pairs: set[tuple[str, str]] = set()
    for policy in register:
        for rule in policy.rules:
            pairs |= reads(rule)
    for one in register.all_datasets:
        pairs |= _flat(one, _of_subjects(one))
        for child, declared in register.children_of(one):
            pairs |= _flat(one, _step(child, declared.on))
    found: dict[str, set[str]] = {}
    for dataset_id, column in pairs:
        found.setdefault(dataset_id, set()).add(column)
    return found


def reads(
    rule: Rule, *, references: bool = True, but: tuple[Dataset, Join] | None = None
) -> frozenset[tuple[str, str]]:
    """The (dataset id, column) pairs that judging by one rule reads.

    Perhaps without its `while_referenced_by`, and without the columns by which others join its own records in one way.
    """
    return frozenset(_flat(rule.dataset, _of_rule(rule, references=references), but))


class Weighed(Struct, frozen=True):
    """The columns of a record itself that its rules are read from; one that is both stands in the first."""

    exact: tuple[str, ...]  # read as they are
    dated: tuple[str, ...]  # read for their days alone


@lru_cache(_REMEMBERED)
def columns_weighed(register: Register, dataset: Dataset) -> Weighed | None:
    """What a dataset's rules read, where all of it is the record's own; None: some rule looks into other records."""
    rules = [rule for _, rule in register.rules_for(dataset)]
    if any(datasets_read(rule) for rule in rules):
        return None
    exact = {read for rule in rules if rule.where is not None for read in _of_condition(rule.where)}
    dated: set[str] = set()
    for trigger in (rule.starts_on for rule in rules if rule.starts_on is not None):
        years = set(_years(trigger))
        exact |= years
        dated |= {read for read in _of_trigger(dataset, trigger) if isinstance(read, str)}
    own = {read for read in exact if isinstance(read, str)}
    return Weighed(tuple(sorted(own)), tuple(sorted(dated - own)))


@lru_cache(_REMEMBERED)
def datasets_read(rule: Rule, *, references: bool = True) -> tuple[Dataset, ...]:
    """The datasets whose records judging by one rule looks up, in declared order; its own only for a chain."""
    return _datasets(_of_rule(rule, references=references))


def subject_columns(dataset: Dataset, namespace: str | None = None) -> frozenset[tuple[str, str]]:
    """The (dataset id, column) pairs by which a dataset's subjects are reached, perhaps of one namespace only."""
    return frozenset(_flat(dataset, _of_subjects(dataset, namespace)))


def subject_datasets(dataset: Dataset) -> tuple[Dataset, ...]:
    """The datasets through which a dataset's subjects are reached, in declared order."""
    return _datasets(_of_subjects(dataset))


def nobodys(register: Register, dataset: Dataset) -> bool:
    """Whether a dataset holds nothing about anybody and nothing disposes of it: it is only read by others."""
    about_nobody = isinstance(dataset.subjects, NoSubject) and not dataset.fields
    return about_nobody and not register.rules_for(dataset) and not register.parents_of(dataset)


def _of_rule(rule: Rule, *, references: bool = True) -> Iterator[_Read]:
    yield from rule.dataset.key
    if rule.where is not None:
        yield from _of_condition(rule.where)
    if rule.starts_on is not None:
        yield from _of_trigger(rule.dataset, rule.starts_on)
    if references and rule.while_referenced_by is not None and rule.on is not None:
        yield from _step(rule.while_referenced_by, rule.on)


def _of_trigger(own: Dataset, trigger: Trigger) -> Iterator[_Read]:
    match trigger:
        case Column() | Ends() | Birth():
            yield from _with_not_before(own, trigger.name)
        case Year():
            yield trigger.name
        case Latest() | Earliest():
            for part in trigger.parts:
                yield from _of_trigger(own, part)
        case EndOfYear():
            yield from _of_trigger(own, trigger.of)
        case OpenWhileEmpty():
            yield from _of_trigger(own, trigger.of)
            yield from _of_trigger(own, trigger.activity)
        case LatestOf():
            yield from _step(trigger.dataset, trigger.on, _of_trigger(trigger.dataset, trigger.of))
            if trigger.if_none is not None:
                yield from _of_trigger(own, trigger.if_none)
        case FollowedBy():  # a record that nothing follows is itself the end of its chain
            at_the_end = tuple(_of_trigger(own, trigger.of))
            yield from at_the_end
            yield from _step(own, trigger.on, at_the_end, trigger.at_most + 1)
            before = Join(tuple((ours, theirs) for theirs, ours in trigger.on.pairs))
            where = () if trigger.on.where is None else tuple(_of_condition(trigger.on.where))
            yield from where
            yield from _step(own, before, where, trigger.at_most + 1)


def _years(trigger: Trigger) -> Iterator[str]:
    """The columns that a trigger on a record's own columns reads as numbers."""
    match trigger:
        case Year():
            yield trigger.name
        case Latest() | Earliest():
            for part in trigger.parts:
                yield from _years(part)
        case EndOfYear():
            yield from _years(trigger.of)
        case OpenWhileEmpty():
            yield from _years(trigger.of)
            yield from _years(trigger.activity)
        case _:
            return


def _of_condition(condition: Condition) -> Iterator[_Read]:
    match condition:
        case Equals() | In() | Empty() | Compare():
            yield condition.column
        case And() | Or():
            for part in condition.parts:
                yield from _of_condition(part)
        case Not():
            yield from _of_condition(condition.part)
        case Exists():
            where = () if condition.where is None else _of_condition(condition.where)
            yield from _step(condition.dataset, condition.on, where)


def _of_subjects(dataset: Dataset, namespace: str | None = None) -> Iterator[_Read]:
    for name, path in dataset.subject_paths:
        if namespace in (None, name):
            yield from _of_path(path)


def _of_path(path: SubjectPath) -> Iterator[_Read]:
    match path:
        case str():
            yield path
        case Via():
            yield from _step(path.dataset, path.on, _of_path(path.column))


def _step(dataset: Dataset, on: Join, read: Iterable[_Read] = (), chain: int = 1) -> Iterator[_Read]:
    where = () if on.where is None else _of_condition(on.where)
    yield from on.ours
    yield _Step(dataset, on, chain, (*dataset.key, *where, *read))


def _with_not_before(own: Dataset, column: str) -> list[str]:
    """A date column, with the one it cannot precede, and so on."""
    names = [column]
    while (kind := own.dates.get(names[-1])) and kind.not_before and kind.not_before not in names:
        names.append(kind.not_before)
    return names


def _flat(own: Dataset, found: Iterable[_Read], but: tuple[Dataset, Join] | None = None) -> set[tuple[str, str]]:
    """The columns that are read, perhaps but those that join one relation of the first steps."""
    pairs: set[tuple[str, str]] = set()
    for read in found:
        if isinstance(read, _Step):
            pairs |= _flat(read.dataset, read.read)
            if but is None or (read.dataset, read.on.pairs) != (but[0], but[1].pairs):
                pairs |= {(read.dataset.id, column) for column in read.on.theirs}
        else:
            pairs.add((own.id, read))
    return pairs


def _datasets(found: Iterable[_Read]) -> tuple[Dataset, ...]:
    """The datasets of all steps; a dict keeps their order."""
    named: dict[Dataset, None] = {}
    for read in found:
        if isinstance(read, _Step):
            named |= dict.fromkeys((read.dataset, *_datasets(read.read)))
    return tuple(named)


def _merged(found: Iterable[_Read]) -> tuple[Reading, ...]:
    """One reading for each dataset and pairs of columns, the longest chain and everything behind it together."""
    steps: dict[tuple[Dataset, tuple[tuple[str, str], ...]], list[_Step]] = {}
    for read in found:
        if isinstance(read, _Step):
            steps.setdefault((read.dataset, read.on.pairs), []).append(read)
    return tuple(
        Reading(
            dataset=dataset,
            on=Join(pairs),
            chain=max(step.chain for step in same),
            then=_merged(read for step in same for read in step.read),
        )
        for (dataset, pairs), same in steps.items()
    )
