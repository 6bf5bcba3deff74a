"""Memory judges by definition; SQLite, read in its own text forms, must say the same of every record, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from retention.disposition import Action
from retention.holds import Hold, HoldKind, Scope
from retention.narrow import expiries
from retention.reason import Reason
from retention.record import Key
from retention.stores.interface import Source
from retention.stores.registry import open_source
from tests.conformance.generated import World, worlds
from tests.conformance.generated_cells import AMSTERDAM, TODAY
from tests.conformance.said import by_key, judged, scanner

WORLDS = 500

# Every reason that judging and gates can give. What only a sweep gives (skipped, failed) is not of this tier.
REASONS = {
    *(reason for reason in Reason if reason.name.startswith(("KEEP_", "REVIEW_"))),
    Reason.DUE_EXPIRED,
    Reason.PARTIAL_PURPOSE,
    Reason.SETTLED,
    Reason.GOES_WITH_PARENT,
} - {Reason.KEEP_COOLING_OFF, Reason.REVIEW_UNREADABLE}


@contextmanager
def opened(world: World, folder: Path) -> Iterator[Mapping[str, Source]]:
    """The world's databases, read-only."""
    sources = {
        store: open_source(store, f"sqlite:///{path}", zone=AMSTERDAM) for store, path in world.sqlite(folder).items()
    }
    try:
        yield sources
    finally:
        for source in sources.values():
            source.close()


def some_holds(number: int) -> tuple[Hold, ...]:
    """In every fourth world a hold, by a selector in turn."""
    scopes = (
        Scope(subjects=frozenset({("client", "3")})),
        Scope(datasets=frozenset({"a.t0"})),
        Scope(purposes=frozenset({"schuldhulp-0"})),
        Scope(records=frozenset({("a.t1", "7")}), starts_to=TODAY),
    )
    kinds = (HoldKind.LEGAL_HOLD, HoldKind.RESTRICTION, HoldKind.OPEN_REQUEST)
    if number % 4:
        return ()
    placed = datetime(2026, 6, 1, tzinfo=UTC)
    hold = Hold(
        id="H-20260601-00000000",
        kind=kinds[number // 4 % 3],
        scope=scopes[number // 4 % 4],
        matter="",
        placed_at=placed,
        placed_by="jan",
        salt=b"s" * 32,
    )
    return (hold,)


def acted(found: Mapping[Key, dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """The records to which something is to be done."""
    return {key: one for key, one in found.items() if one["action"] is not None}


@pytest.mark.timeout(600)
@pytest.mark.soak
def test_memory_and_sqlite_agree_on_what_is_due_what_is_kept_and_why(seed: int, tmp_path: Path, soak: bool):
    reasons: Counter[Reason] = Counter()
    accepted = 0
    for number, world in enumerate(worlds(seed, 10 * WORLDS if soak else WORLDS)):
        accepted += world.accepted
        run = scanner(world.register, some_holds(number))
        memory = world.memory()
        with opened(world, tmp_path) as sqlite:
            for dataset in world.register.all_datasets:
                meant = by_key(judged(run, dataset, memory))
                found = judged(run, dataset, sqlite)
                assert by_key(found) == meant, f"{dataset.id} of world {world.label}"
                assert [one.record.key for one in found] == list(meant), f"the order of {world.label}"
                reasons.update(one["reason"] for one in meant.values())

                if (narrow := expiries(world.register, dataset, TODAY)) is not None:
                    narrowed = by_key(judged(run, dataset, sqlite, narrow=narrow))
                    assert acted(narrowed) == acted(meant), f"narrowed {dataset.id} of world {world.label}"
    assert accepted > WORLDS // 3  # lint has no objection to these
    assert REASONS - reasons.keys() == set()  # what is never drawn is not shown to agree
    assert (
        min(reasons[one] for one in (Reason.DUE_EXPIRED, Reason.PARTIAL_PURPOSE, Reason.GOES_WITH_PARENT)) > WORLDS // 5
    )


def test_narrowing_leaves_out_most_of_what_cannot_be_due(seed: int, tmp_path: Path):
    everything = read = 0
    for world in worlds(seed, 30):
        run = scanner(world.register)
        with opened(world, tmp_path) as sqlite:
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
