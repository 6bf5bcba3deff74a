"""Holding a store to memory, world by world, in as many processes as there are cores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from retention.columns import stands_alone
from retention.confirm import by_columns, by_objects
from retention.dataset import Dataset
from retention.holds import Hold, HoldKind, Scope
from retention.narrow import expiries
from retention.plan import Spooled
from retention.reads import columns_read
from retention.reason import Reason
from retention.record import Key
from retention.scan import Scanner
from retention.stores.interface import Source
from retention.stores.registry import open_source
from tests.conformance import generated_servers as servers
from tests.conformance.generated import World, worlds
from tests.conformance.generated_cells import AMSTERDAM, TODAY
from tests.conformance.said import batches, by_key, confirmed, judged, planned, scanner

PROCESSES: Final = 2
_NARROWED: Final = 3  # one world in so many is scanned with cut-offs as well

# Every reason that judging and gates can give. What only a sweep gives (skipped, failed) is not of this tier.
REASONS = {
    *(reason for reason in Reason if reason.name.startswith(("KEEP_", "REVIEW_"))),
    Reason.DUE_EXPIRED,
    Reason.PARTIAL_PURPOSE,
    Reason.SETTLED,
    Reason.GOES_WITH_PARENT,
} - {Reason.KEEP_COOLING_OFF, Reason.REVIEW_UNREADABLE}
OFTEN = (Reason.DUE_EXPIRED, Reason.PARTIAL_PURPOSE, Reason.GOES_WITH_PARENT, Reason.REVIEW_ORPHAN, Reason.KEEP_PARENT)


@dataclass(slots=True)
class Compared:
    """What was compared, and what differed."""

    worlds: int = 0
    accepted: int = 0  # worlds to which lint has no objection
    narrowed: int = 0  # datasets that were scanned with cut-offs too
    reasons: Counter[Reason] = field(default_factory=Counter)
    confirmed: int = 0  # records that take others along, made candidates again from columns
    differing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one process keeps its worlds."""

    engine: str  # "sqlite", "postgresql", "mariadb" or "mysql"
    urls: Mapping[str, str] = field(default_factory=dict)  # on a server: an empty database for each store

    def fitted(self, world: World) -> World:
        """The world as it can be held here."""
        match self.engine:
            case "postgresql":
                return servers.POSTGRESQL.fitted(world)
            case "mariadb":
                return servers.MARIADB.fitted(world)
            case "mysql":
                return servers.MYSQL.fitted(world)
            case _:
                return world

    @contextmanager
    def opened(self, world: World, folder: Path) -> Iterator[Mapping[str, Source]]:
        """The databases of a fitted world, read-only."""
        match self.engine:
            case "postgresql":
                servers.fill_postgresql(world, self.urls)
                urls = self.urls
            case "mariadb" | "mysql":
                servers.fill_mariadb(world, self.urls)
                urls = self.urls
            case _:
                urls = {store: f"sqlite:///{path}" for store, path in world.sqlite(folder).items()}
        sources = {store: open_source(store, url, zone=AMSTERDAM) for store, url in urls.items()}
        try:
            yield sources
        finally:
            for source in sources.values():
                source.close()


SQLITE: Final = Place("sqlite")


def compare(seed: int, wanted: int, places: Sequence[Place] = (SQLITE,) * PROCESSES) -> Compared:
    """Compare as many worlds as wanted, one process for each place."""
    whole = Compared()
    with ProcessPoolExecutor(len(places), get_context("spawn")) as pool:
        for part in pool.map(partial(_part, seed, wanted // len(places), places), range(len(places))):
            whole.worlds += part.worlds
            whole.accepted += part.accepted
            whole.narrowed += part.narrowed
            whole.confirmed += part.confirmed
            whole.reasons += part.reasons
            whole.differing += part.differing
    return whole


def shortcomings(compared: Compared, wanted: int) -> list[str]:
    """What differs, and what was compared too seldom for its agreement to mean anything."""
    found = list(compared.differing)
    if compared.worlds != wanted:
        found.append(f"{compared.worlds} worlds instead of {wanted}")
    if compared.accepted <= wanted // 3:
        found.append(f"lint objects to all but {compared.accepted} worlds")
    if compared.confirmed <= wanted // 25:
        found.append(f"only {compared.confirmed} records with others below them were confirmed by columns")
    if compared.narrowed <= wanted // 4:
        found.append(f"only {compared.narrowed} datasets were narrowed")
    found += [f"{reason} was never given" for reason in sorted(REASONS - compared.reasons.keys())]
    return found + [f"{reason} was seldom given" for reason in OFTEN if compared.reasons[reason] <= wanted // 25]


def _part(seed: int, wanted: int, places: Sequence[Place], part: int) -> Compared:
    compared = Compared()
    with TemporaryDirectory() as folder:
        for number, world in enumerate(worlds(seed, wanted, part=part, parts=len(places))):
            compared.worlds += 1
            compared.accepted += world.accepted
            run = scanner(world.register, some_holds(number))
            fitted = places[part].fitted(world)
            with places[part].opened(fitted, Path(folder)) as sources:
                _compare(fitted, run, sources, compared, narrowing=number % _NARROWED == 0)
    return compared


def _compare(world: World, run: Scanner, sources: Mapping[str, Source], compared: Compared, *, narrowing: bool) -> None:
    memory = world.memory()
    for dataset in world.register.all_datasets:
        by_definition = judged(run, dataset, memory)
        meant = by_key(by_definition)
        found = by_key(judged(run, dataset, sources))
        compared.reasons.update(one["reason"] for one in meant.values())
        if list(found) != list(meant):
            compared.differing.append(f"{world.label}: {dataset.id}: other records, or another order")
        compared.differing += _differing(world, dataset, meant, found)
        compared.differing += _confirming(world, dataset, planned(by_definition), (memory, sources), compared)
        if narrowing and (narrow := expiries(world.register, dataset, TODAY)) is not None:
            narrowed = by_key(judged(run, dataset, sources, narrow=narrow))
            compared.narrowed += 1
            compared.differing += _differing(world, dataset, acted(meant), acted(narrowed))


def _confirming(
    world: World,
    dataset: Dataset,
    listed: Mapping[Key, Spooled],
    stores: tuple[Mapping[str, Source], Mapping[str, Source]],  # memory, and what is held to it
    compared: Compared,
) -> list[str]:
    """Where what a sweep makes of the store's columns is not what it makes of memory's objects."""
    if not stands_alone(world.register, dataset):
        return []
    run, columns = scanner(world.register, listing=False), columns_read(world.register, dataset)
    differing = []
    for batch in batches(listed):
        memory, store = (one[dataset.store].fetch(dataset, columns, list(batch)).arranged(batch) for one in stores)
        found = by_columns(run, store, stores[1], batch)
        compared.confirmed += sum(one is not None and bool(one.takes) for one in found.values())
        if confirmed(found) != confirmed(by_objects(run, memory, stores[0], batch)):
            differing.append(f"{world.label}: {dataset.id}: columns make other candidates than objects")
    return differing


def _differing(world: World, dataset: Dataset, meant: Mapping[Key, Any], found: Mapping[Key, Any]) -> list[str]:
    return [
        f"{world.label}: {dataset.id} {key}: {_between(meant.get(key), found.get(key))}"
        for key in {**meant, **found}
        if meant.get(key) != found.get(key)
    ]


def _between(meant: dict[str, Any] | None, found: dict[str, Any] | None) -> str:
    if meant is None or found is None:
        return "unknown to memory" if meant is None else "not found in the store"
    differing = [name for name, value in meant.items() if found[name] != value]
    return "; ".join(f"{name}: memory says {meant[name]}, the store {found[name]}" for name in differing)


def acted(found: Mapping[Key, dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """The records to which something is to be done."""
    return {key: one for key, one in found.items() if one["action"] is not None}


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
