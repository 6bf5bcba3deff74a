"""Holding SQLite to memory, world by world, in as many processes as there are cores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from retention.dataset import Dataset
from retention.holds import Hold, HoldKind, Scope
from retention.narrow import expiries
from retention.reason import Reason
from retention.record import Key
from retention.scan import Scanner
from retention.stores.interface import Source
from retention.stores.registry import open_source
from tests.conformance.generated import World, worlds
from tests.conformance.generated_cells import AMSTERDAM, TODAY
from tests.conformance.said import by_key, judged, scanner

_PROCESSES: Final = 2
_NARROWED: Final = 3  # one world in so many is scanned with cut-offs as well


@dataclass(slots=True)
class Compared:
    """What was compared, and what differed."""

    worlds: int = 0
    accepted: int = 0  # worlds to which lint has no objection
    narrowed: int = 0  # datasets that were scanned with cut-offs too
    reasons: Counter[Reason] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)


def compare(seed: int, wanted: int) -> Compared:
    """Compare as many worlds as wanted."""
    whole = Compared()
    with ProcessPoolExecutor(_PROCESSES, get_context("spawn")) as pool:
        for part in pool.map(partial(_part, seed, wanted // _PROCESSES), range(_PROCESSES)):
            whole.worlds += part.worlds
            whole.accepted += part.accepted
            whole.narrowed += part.narrowed
            whole.reasons += part.reasons
            whole.differing += part.differing
    return whole


def _part(seed: int, wanted: int, part: int) -> Compared:
    compared = Compared()
    with TemporaryDirectory() as folder:
        for number, world in enumerate(worlds(seed, wanted, part=part, parts=_PROCESSES)):
            compared.worlds += 1
            compared.accepted += world.accepted
            run = scanner(world.register, some_holds(number))
            _compare(world, run, Path(folder), compared, narrowing=number % _NARROWED == 0)
    return compared


def _compare(world: World, run: Scanner, folder: Path, compared: Compared, *, narrowing: bool) -> None:
    memory = world.memory()
    with opened(world, folder) as sqlite:
        for dataset in world.register.all_datasets:
            meant = by_key(judged(run, dataset, memory))
            found = by_key(judged(run, dataset, sqlite))
            compared.reasons.update(one["reason"] for one in meant.values())
            if list(found) != list(meant):
                compared.differing.append(f"{world.label}: {dataset.id}: other records, or another order")
            compared.differing += _differing(world, dataset, meant, found)
            if narrowing and (narrow := expiries(world.register, dataset, TODAY)) is not None:
                narrowed = by_key(judged(run, dataset, sqlite, narrow=narrow))
                compared.narrowed += 1
                compared.differing += _differing(world, dataset, acted(meant), acted(narrowed))


def _differing(world: World, dataset: Dataset, meant: Mapping[Key, Any], found: Mapping[Key, Any]) -> list[str]:
    return [
        f"{world.label}: {dataset.id} {key}: memory says {meant.get(key)}, SQLite {found.get(key)}"
        for key in {**meant, **found}
        if meant.get(key) != found.get(key)
    ]


def acted(found: Mapping[Key, dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """The records to which something is to be done."""
    return {key: one for key, one in found.items() if one["action"] is not None}


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
    hold = Hold(
        id="H-20260601-00000000",
        kind=kinds[number // 4 % 3],
        scope=scopes[number // 4 % 4],
        matter="",
        placed_at=datetime(2026, 6, 1, tzinfo=UTC),
        placed_by="jan",
        salt=b"s" * 32,
    )
    return (hold,)
