"""A plan says the same of many records at once: never anything else than judging them one by one says of each."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from retention.coverage import held_records
from retention.dataset import Dataset
from retention.holds import Gate
from retention.record import Key
from retention.scan import Judged, Scanner
from retention.sifting import Sifter
from retention.stores.memory import MemoryStore
from tests.conformance.agreement import some_holds
from tests.conformance.generated import World, worlds
from tests.conformance.said import NOW, judged, said, scanner

Said = list[tuple[Key, dict[str, Any]]]


def told(key: Key, one: Judged) -> tuple[Key, dict[str, Any]]:
    """What is said of a record, but for what the plan does not ask."""
    return key, {name: what for name, what in said(one).items() if name not in {"key", "orphan"}}


def one_by_one(run: Scanner, dataset: Dataset, stores: dict[str, MemoryStore]) -> Said:
    return [told(one.record.key, one) for one in judged(run, dataset, stores)]


def sifted(run: Scanner, dataset: Dataset, stores: dict[str, MemoryStore], seen: Counter[str]) -> Said:
    found: Said = []
    for page in Sifter(run, dataset, stores).pages(page=50):
        alike = [told(key, one) for one, keys in page.alike for key in keys]
        each = [told(one.record.key, one) for one in page.each]
        assert len(page) == len(alike) + len(each)
        seen.update(alike=len(alike), candidates=sum(one.candidate is not None for one in page.each))
        seen.update(held=sum(isinstance(one.gate, Gate) for one in page.each))
        found += alike + each
    return found


def by_key(found: Said) -> Said:
    return sorted(found, key=lambda one: repr(one[0]))


def runs(world: World, stores: dict[str, MemoryStore], number: int) -> Iterator[Scanner]:
    """With holds that are asked everywhere, and where a look-up says that one may matter."""
    run = scanner(world.register, some_holds(number))
    yield run
    held = held_records(world.register, run.holds, stores, day=run.day, now=NOW)
    if held is not None:
        yield replace(run, held=held)


@pytest.mark.soak
def test_what_is_said_alike_is_what_is_said_of_each(seed: int, soak: bool):  # noqa: FBT001 - a fixture
    seen: Counter[str] = Counter()
    for number, world in enumerate(worlds(seed, 6_000 if soak else 60, records=60)):
        stores = world.memory()
        for run in runs(world, stores, number):
            for dataset in world.register.all_datasets:
                expected, found = one_by_one(run, dataset, stores), sifted(run, dataset, stores, seen)
                assert by_key(found) == by_key(expected), f"world {world.label}: {dataset.id}"
    assert min(seen["alike"], seen["candidates"], seen["held"]) > 40, seen
