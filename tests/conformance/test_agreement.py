"""Memory judges by definition; SQLite, read in its own text forms, must say the same of every record, and why."""

from collections import Counter
from pathlib import Path

import pytest

from retention.disposition import Action
from retention.narrow import expiries
from tests.conformance.agreement import SQLITE, compare, shortcomings
from tests.conformance.generated import worlds
from tests.conformance.generated_cells import TODAY
from tests.conformance.said import judged, scanner

WORLDS = 500


@pytest.mark.timeout(600)
@pytest.mark.soak
def test_memory_and_sqlite_agree_on_what_is_due_what_is_kept_and_why(seed: int, soak: bool):  # noqa: FBT001 - a fixture
    wanted = 20 * WORLDS if soak else WORLDS
    compared = compare(seed, wanted)
    assert shortcomings(compared, wanted) == []


def test_narrowing_leaves_out_most_of_what_cannot_be_due(seed: int, tmp_path: Path):
    everything = read = 0
    for world in worlds(seed, 30):
        run = scanner(world.register)
        with SQLITE.opened(world, tmp_path) as sqlite:
            for dataset in world.register.all_datasets:
                if narrow := expiries(world.register, dataset, TODAY):
                    everything += sqlite[dataset.store].count(dataset)
                    read += len(judged(run, dataset, sqlite, narrow=narrow))
    assert 0 < read < 0.9 * everything


def test_what_is_done_is_done_to_something(seed: int):
    actions: Counter[Action | None] = Counter()
    for world in worlds(seed, 60):
        run = scanner(world.register)
        memory = world.memory()
        for dataset in world.register.all_datasets:
            actions.update(one.judgement.action for one in judged(run, dataset, memory) if one.candidate is not None)
    assert min(actions[action] for action in Action) > 60
