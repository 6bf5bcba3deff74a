"""Missing data never makes a record due: nothing more goes when a date or a compared value is taken away (R4)."""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from retention.condition import And, Compare, Condition, Empty, Equals, Exists, In, Not, Or
from retention.dataset import Dataset
from retention.judge import Judgement, State
from retention.policy import Register
from retention.reads import columns_read, reads
from retention.reason import Reason
from retention.record import RecordId
from retention.relation import Join
from retention.stores.memory import MemoryStore
from retention.trigger import EndOfYear, FollowedBy, Latest, LatestOf, OpenWhileEmpty, Trigger
from tests.conformance.generated import World, worlds
from tests.conformance.said import judged, scanner

Column = tuple[str, str]  # a dataset's id, and a column of it
EVERYTHING = "*"


def gone(world: World, stores: dict[str, MemoryStore]) -> dict[RecordId, set[str]]:
    """What would be erased of each record: the names of fields, or everything."""
    run = scanner(world.register)
    found: dict[RecordId, set[str]] = {}
    for dataset in world.register.all_datasets:
        for one in judged(run, dataset, stores):
            if one.judgement.reason is Reason.SETTLED and done_with(one.judgement):
                found[dataset.id, one.record.key] = {EVERYTHING}
            if one.reason is Reason.GOES_WITH_PARENT:  # due itself, also where a gate then stops the one above it
                found[dataset.id, one.record.key] = {EVERYTHING}
            if one.candidate is None:
                continue
            whole = {EVERYTHING} if one.judgement.due else set(one.judgement.fields)
            found.setdefault((dataset.id, one.record.key), set()).update(whole)
            for take in one.candidate.takes:
                found.update({(take.dataset.id, key): {EVERYTHING} for key in take.keys})
    return found


def done_with(judgement: Judgement) -> bool:
    """Whether every rule lets a settled record go: it is due, though which disposition decides may differ."""
    return all(one.state is State.EXPIRED for one in judgement.readings)


def more(before: dict[RecordId, set[str]], after: dict[RecordId, set[str]]) -> list[RecordId]:
    """The records of which more goes than before."""
    return [
        record
        for record, fields in after.items()
        if EVERYTHING not in before.get(record, ()) and not fields <= before.get(record, set())
    ]


def may_be_missing(register: Register) -> list[Column]:
    """Trigger columns and compared columns, but those that a rule asks to be empty, that relate or identify.

    Nor personal fields: missing, they are erased, and a record of which everything is erased is settled.
    """
    read = {column for policy in register for rule in policy.rules for column in reads(rule)}
    spared = set(emptied_or_related(register))
    fields = {(dataset.id, name) for dataset in register.all_datasets for name in (*dataset.fields, *dataset.key)}
    return sorted(read - spared - fields)


def emptied_or_related(register: Register) -> Iterator[Column]:
    for dataset in register.all_datasets:
        for child_dataset, child in register.children_of(dataset):
            yield from related(dataset, child_dataset, child.on)
            yield from compared(child_dataset, child.on.where)
    for policy in register:
        for rule in policy.rules:
            yield from of_condition(rule.dataset, rule.where)
            yield from of_trigger(rule.dataset, rule.starts_on)
            if rule.while_referenced_by is not None and rule.on is not None:
                yield from related(rule.dataset, rule.while_referenced_by, rule.on)


def related(own: Dataset, other: Dataset, on: Join) -> Iterator[Column]:
    yield from ((own.id, name) for name in on.ours)
    yield from ((other.id, name) for name in on.theirs)
    yield from of_condition(other, on.where)


def compared(own: Dataset, condition: Condition | None) -> Iterator[Column]:
    """Which of several parents a child belongs to is part of the relation itself."""
    if isinstance(condition, Equals | In):
        yield own.id, condition.column


def of_condition(own: Dataset, condition: Condition | None) -> Iterator[Column]:
    match condition:
        case Empty(column):
            yield own.id, column
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from of_condition(own, part)
        case Not(part):
            yield from of_condition(own, part)
        case Exists(dataset, on, where):
            yield from related(own, dataset, on)
            yield from of_condition(dataset, where)
        case None | Equals() | In() | Compare():
            pass


def of_trigger(own: Dataset, trigger: Trigger | None) -> Iterator[Column]:
    match trigger:
        case LatestOf(dataset, of, on, if_none):
            yield from related(own, dataset, on)
            yield from of_trigger(dataset, of)
            yield from of_trigger(own, if_none)
        case FollowedBy(of, on):
            yield from related(own, own, on)
            yield from of_trigger(own, of)
        case EndOfYear(of):
            yield from of_trigger(own, of)
        case OpenWhileEmpty(of, activity):
            yield from of_trigger(own, of)
            yield from of_trigger(own, activity)
        case _ if trigger is not None and hasattr(trigger, "parts"):
            assert isinstance(trigger, Latest) or trigger.parts
            for part in trigger.parts:
                yield from of_trigger(own, part)


@pytest.mark.soak
def test_nothing_more_goes_when_a_value_is_missing(seed: int, soak: bool):  # noqa: FBT001 - a fixture
    tried: Counter[str] = Counter()
    for world in worlds(seed, 5_000 if soak else 300, records=48):
        random = Random(world.label)
        columns = may_be_missing(world.register)
        before = gone(world, world.memory())
        for dataset_id, column in random.sample(columns, min(len(columns), 4)):
            stores = world.memory()
            shape = world.shapes[dataset_id]
            rows = stores[shape.store].tables[shape.name]
            for row in rows if random.random() < 0.5 else [random.choice(rows)]:
                row[column] = None
            after = gone(world, stores)
            assert more(before, after) == [], f"world {world.label}: {dataset_id}.{column} made missing"
            tried["less" if after != before else "the same"] += 1
    assert tried["less"] > 100  # what is taken away mattered


def test_every_column_that_judging_reads_is_drawn(seed: int):
    for world in worlds(seed, 20, records=20):
        for dataset in world.register.all_datasets:
            assert set(columns_read(world.register, dataset)) <= world.shapes[dataset.id].columns.keys()
