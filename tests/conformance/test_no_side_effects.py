"""The job's own work never changes another judgement (P12), in every register that lint accepts."""

import re
from collections import Counter
from collections.abc import Mapping

import pytest

from retention.candidate import Candidates, OneByOne, clear
from retention.dataset import Dataset
from retention.disposition import Action
from retention.gather import Gatherer
from retention.holds import HoldIndex
from retention.judge import State
from retention.reads import columns_read
from retention.record import Key, RecordId
from retention.scan import Judged
from retention.sequence import readers_first
from retention.stores.interface import Source, Store
from tests.conformance.generated import World, worlds
from tests.conformance.said import NOW, judged, reading, scanner

Readings = dict[RecordId, list[tuple[object, ...]]]


def every_reading(world: World, stores: Mapping[str, Source]) -> Readings:
    """What every rule says of every record; that a reference protects is left out, since it only protects."""
    judge = scanner(world.register).judging
    found: Readings = {}
    for dataset in world.register.all_datasets:
        gatherer = Gatherer(world.register, stores)
        for records in stores[dataset.store].pages(dataset, columns_read(world.register, dataset), size=500):
            gatherer.learn(dataset, records)
            for record in records:
                said = judge.read_rules(record, gatherer.facts, references=False)
                found[dataset.id, record.key] = [reading(one) for one in said]
    return found


def sweep(world: World, stores: Mapping[str, Store]) -> Counter[Action]:
    """Plan everything, then dispose of it batch by batch, each judged again, as a run does."""
    plan = {
        dataset: [one for one in judged(scanner(world.register), dataset, stores) if one.candidate is not None]
        for dataset in world.register.all_datasets
    }
    done: Counter[Action] = Counter()
    for dataset in readers_first(world.register, plan):
        wanted: dict[tuple[Action, tuple[str, ...]], list[Judged]] = {}
        for one in plan[dataset]:
            assert one.judgement.action is not None
            wanted.setdefault((one.judgement.action, one.judgement.fields), []).append(one)
        for (action, fields), listed in wanted.items():
            done[action] += dispose(world, stores, dataset, action, fields, {one.record.key: one for one in listed})
    return done


def dispose(  # noqa: PLR0917 - what a batch is
    world: World,
    stores: Mapping[str, Store],
    dataset: Dataset,
    action: Action,
    fields: tuple[str, ...],
    listed: Mapping[Key, Judged],
) -> int:
    """One batch of what is still due and unchanged."""
    with stores[dataset.store].batch() as batch:
        records = batch.fetch(dataset, columns_read(world.register, dataset), list(listed))
        again = scanner(world.register, listing=False).judge(dataset, records, {**stores, dataset.store: batch})
        still = OneByOne(
            one.candidate
            for one in again
            if one.candidate is not None and one.seal == listed[one.record.key].seal
            if (one.judgement.action, one.judgement.fields) == (action, fields)
        )
        cleared, _ = clear(
            Candidates(dataset=dataset, action=action, fields=fields, records=still), HoldIndex.of(()), NOW
        )
        batch.dispose(cleared)
        batch.commit()
    return len(still)


def settled(world: World, stores: Mapping[str, Source]) -> set[RecordId]:
    """The records of which nothing personal is left: they are not judged again."""
    return {
        (dataset.id, one.record.key)
        for dataset in world.register.all_datasets
        for one in judged(scanner(world.register), dataset, stores)
        if one.judgement.reason.value == "SETTLED"
    }


def triggers(world: World) -> str:
    """Every trigger of a world, as it is written."""
    return " ".join(repr(rule.starts_on) for policy in world.register for rule in policy.rules)


def reads_on(world: World) -> bool:
    """Whether a rule has something else to read when what it read has gone: then its dates may differ.

    That is `if_none`, and of a chain of which only this record is left, its own end.
    """
    return re.search(r"if_none=(?!None)|FollowedBy\(", triggers(world)) is not None


def expired(said: list[tuple[object, ...]]) -> set[object]:
    """The rules that let a record go."""
    return {one[1] for one in said if one[2] is State.EXPIRED}


@pytest.mark.soak
def test_every_rule_says_of_what_remains_what_it_said_before(seed: int, soak: bool):  # noqa: FBT001 - a fixture
    done: Counter[Action] = Counter()
    remained = 0
    for world in worlds(seed, 5_000 if soak else 300, records=60):
        if not world.accepted:
            continue
        stores = world.memory()
        before = every_reading(world, stores)
        done += sweep(world, stores)
        after = every_reading(world, stores)
        for record in sorted(after.keys() - settled(world, stores), key=repr):  # the same one named each time
            where = f"world {world.label}: {record[0]} {record[1]}"
            assert expired(after[record]) <= expired(before[record]), where
            if not reads_on(world):
                assert after[record] == before[record], where
        remained += sum(any(one[2] is not State.UNKNOWN for one in said) for said in after.values())
    assert min(done[action] for action in Action) > 50
    assert remained > 1_000
