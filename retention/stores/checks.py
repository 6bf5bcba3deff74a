"""What every store asks of what it is handed, whatever holds its data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from retention.candidate import Cleared, Take
from retention.dataset import Dataset
from retention.disposition import Action
from retention.errors import StoreError
from retention.record import UNREADABLE, Key

_JOINABLE: Final = frozenset({int, str})  # what most keys are made of


def own(store: str, dataset: Dataset) -> None:
    """Refuse a dataset of another store."""
    if dataset.store != store:
        raise StoreError(f"Store {store} was asked for {dataset.id}, which another store holds.")


def wanted(dataset: Dataset, columns: Sequence[str]) -> tuple[str, ...]:
    """The key and the columns asked for, each once."""
    return tuple(dict.fromkeys((*dataset.key, *columns)))


def joinable(values: Iterable[Key]) -> list[Key]:
    """The values that can equal anything, each once: a missing or unreadable part joins nothing."""
    once = dict.fromkeys(values)
    if _JOINABLE.issuperset(map(type, chain.from_iterable(once))):
        return [*once]
    return [key for key in once if None not in key and UNREADABLE not in key]


def erased_fields(cleared: Cleared) -> tuple[str, ...]:
    """The fields that an anonymisation or erasure writes.

    Raises:
        StoreError: there are none, or one has no technique.

    """
    fields = cleared.fields or (tuple(sorted(cleared.dataset.fields)) if cleared.action is Action.ANONYMISE else ())
    unknown = [name for name in fields if name not in cleared.dataset.fields]
    if unknown or not fields:
        what = ", ".join(unknown) if unknown else "nothing"
        raise StoreError(f"{cleared.dataset.id}: asked to erase {what}; declare the personal fields and techniques.")
    return fields


def takes_once(cleared: Cleared) -> tuple[Take, ...]:
    """The children that go, deepest first, each record once: one reached along two paths goes with the deeper."""
    all_takes = cleared.records.takes
    if len({take.dataset.id for take in all_takes}) == len(all_takes):  # none is reached twice
        return tuple(take for take in all_takes if take.keys)
    gone: dict[str, set[Key]] = {}
    takes: list[Take] = []
    for take in all_takes:
        seen = gone.setdefault(take.dataset.id, set())
        new = dict.fromkeys(take.keys)
        keys = tuple(new) if seen.isdisjoint(new) else tuple([key for key in new if key not in seen])
        seen.update(keys)
        if keys:
            takes.append(Take(take.depth, take.dataset, keys))
    return tuple(takes)


def remaining(cleared: Cleared, takes: Iterable[Take]) -> list[Key]:
    """The records' own keys, without those that go as another record's children."""
    gone = {key for take in takes if take.dataset is cleared.dataset for key in take.keys}
    keys = dict.fromkeys(cleared.records.keys)
    return [key for key in keys if key not in gone] if gone else [*keys]


def exactly(dataset: Dataset, asked: int, found: int) -> None:
    """Refuse when the store touched another number of records than it was asked to.

    Raises:
        StoreError: the numbers differ, so the batch must not be committed.

    """
    if asked != found:
        raise StoreError(
            f"{dataset.id}: {asked} records were to be disposed of, the store touched {found}. Nothing of this batch "
            "is kept. Look whether the declared key is unique and whether triggers or other programs interfere."
        )
