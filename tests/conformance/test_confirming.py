"""A sweep trusts a seal in place of judging again: it must never say otherwise, whatever was changed since the plan."""

from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random

import pytest

from retention import confirm as confirming
from retention.batching import Confirmed
from retention.columns import stands_alone
from retention.confirm import by_columns, by_objects, confirm
from retention.dataset import Dataset
from retention.errors import StoreError
from retention.plan import Spooled
from retention.reads import columns_read
from retention.record import Key
from retention.seal import seals_all
from retention.stores.interface import Locked
from retention.stores.memory import MemoryStore
from tests.conformance.generated import World, worlds
from tests.conformance.said import batches, confirmed, judged, planned, scanner, several, sifted


def meddle(random: Random, stores: Mapping[str, MemoryStore]) -> None:
    """Change some values into those of other rows, take rows away, and put changed copies beside others."""
    for rows in (rows for store in stores.values() for rows in store.tables.values() if rows):
        for _ in range(random.randint(0, 8)):
            row, other = random.choice(rows), random.choice(rows)
            name = random.choice([name for name in row if name not in {"id", "code", "jaar_nr"}] or ["id"])
            if name != "id":
                row[name] = other[name]
        if random.random() < 0.3 and len(rows) > 1:
            rows.pop(random.randrange(len(rows)))
        if random.random() < 0.4 and isinstance(number := rows[0].get("id"), int):
            copy = {name: random.choice(rows)[name] for name in rows[0]}
            rows.append(copy | {"id": number + 100_000})


def some(random: Random, dataset: Dataset, found: Confirmed) -> Locked:
    """A batch that has locked all that was found, or all but some of it and of what goes along."""
    touched: dict[str, set[Key]] = {}
    for name, key in touching(dataset, found):
        touched.setdefault(name, set()).add(key)
    if random.random() < 0.5:
        for keys in touched.values():
            keys -= set(random.sample(sorted(keys, key=repr), len(keys) // 5))
    return Locked(touched)


def touching(dataset: Dataset, found: Confirmed) -> Iterator[tuple[str, Key]]:
    """Everything that these records are, and that goes along with them."""
    for key, one in found.items():
        yield dataset.id, key
        yield from ((take.dataset.id, child) for take in (one.takes if one else ()) for child in take.keys)


def batch(
    world: World, dataset: Dataset, stores: Mapping[str, MemoryStore], listed: dict[Key, Spooled]
) -> dict[Key, object]:
    """What batches of all that is listed would do."""
    run, found = scanner(world.register, listing=False), dict[Key, object]()
    for part in batches(listed):
        records = stores[dataset.store].fetch(dataset, columns_read(world.register, dataset), list(part))
        try:
            found |= confirmed(confirm(run, dataset, records, stores, part))
        except StoreError:  # records that were made their own parents
            return {}
    return found


@pytest.mark.soak
def test_what_a_seal_decides_is_what_judging_again_decides(seed: int, soak: bool, monkeypatch):  # noqa: FBT001 - a fixture
    seen: Counter[str] = Counter()
    for number, world in enumerate(worlds(seed, 6_000 if soak else 400, records=60)):
        stores, random = world.memory(), Random(f"{seed} {number}")
        plans = {
            dataset: planned(judged(scanner(world.register), dataset, stores))
            for dataset in world.register.all_datasets
        }
        meddle(random, stores)
        for dataset, listed in plans.items():
            by_seal = batch(world, dataset, stores, listed)
            with monkeypatch.context() as patch:
                patch.setattr(confirming, "seals_all", lambda _register, _dataset: False)
                by_judging = batch(world, dataset, stores, listed)
            assert by_seal == by_judging, f"world {world.label}: {dataset.id}"
            if seals_all(world.register, dataset):
                seen.update("as planned" if one else "changed" for one in by_seal.values())
    assert min(seen["as planned"], seen["changed"]) > 400, seen


@pytest.mark.soak
def test_columns_and_objects_make_the_same_of_what_has_changed(seed: int, soak: bool):  # noqa: FBT001 - a fixture
    seen: Counter[str] = Counter()
    for number, world in enumerate(worlds(seed, 6_000 if soak else 250, records=150)):
        stores, random, run = world.memory(), Random(f"{seed} {number}"), scanner(world.register, listing=False)
        alone = [one for one in world.register.all_datasets if stands_alone(world.register, one)]
        plans = {dataset: planned(sifted(scanner(world.register), dataset, stores)) for dataset in alone}
        meddle(random, stores)
        for dataset, listed in ((dataset, part) for dataset, whole in plans.items() for part in batches(whole)):
            rows = stores[dataset.store].fetch(dataset, columns_read(world.register, dataset), list(listed))
            columns, objects = by_columns(run, rows, stores, listed), by_objects(run, rows, stores, listed)
            assert confirmed(columns) == confirmed(objects), f"world {world.label}: {dataset.id}"
            single = {key: one._replace(block=None) for key, one in listed.items()}
            assert confirmed(columns) == confirmed(by_columns(run, rows, stores, single)), f"world {world.label}"
            locked = some(random, dataset, columns)
            ours, theirs = columns.sort(locked), objects.sort(locked)
            assert (several(ours.still), set(ours.busy), ours.changed) == (
                several(theirs.still),
                set(theirs.busy),
                theirs.changed,
            ), f"world {world.label}: {dataset.id}"
            chosen = sorted(random.sample(range(len(ours.still)), random.randint(0, len(ours.still))))
            assert several(ours.still.only(chosen)) == several(theirs.still.only(chosen)), f"world {world.label}"
            seen["busy"] += len(ours.busy)
            seen["takes others"] += sum(one is not None and bool(one.takes) for one in columns.values())
            seen.update("changed" if one is None else "as planned" for one in columns.values())
            seen["in blocks"] += sum(one.block is not None for one in listed.values())
    assert min(seen["changed"], seen["as planned"], seen["takes others"], seen["busy"], seen["in blocks"]) > 20, seen
