"""Asking readers: which one reads a dataset, and that it answers with what was asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from retention.dataset import Dataset
from retention.errors import StoreError
from retention.record import Key
from retention.relation import Join
from retention.rows import Rows
from retention.stores.interface import Reader


def reader_of(readers: Mapping[str, Reader], dataset: Dataset) -> Reader:
    """Who reads a dataset.

    Raises:
        StoreError: its store is not among those that can be read.
    """
    try:
        return readers[dataset.store]
    except KeyError:
        raise StoreError(
            f"{dataset.id}: no store {dataset.store!r} can be read; add [stores.{dataset.store}] to the "
            "configuration, or see why it could not be opened."
        ) from None


def joined_by(reader: Reader, dataset: Dataset, columns: tuple[str, ...], on: Join, asked: Collection[Key]) -> Rows:
    """The records that some values join, of a store that joins equal values and no others.

    Raises:
        StoreError: it joined others.
    """
    rows = reader.related(dataset, columns, on.theirs, asked)
    known = asked if isinstance(asked, (set, frozenset)) else frozenset(asked)
    if not known.issuperset(rows.of(on.theirs)):
        raise StoreError(
            f"{dataset.id}: the store joins values that are not equal ({', '.join(on.theirs)}); "
            "give these columns a binary collation, or declare a view that does."
        )
    return rows
