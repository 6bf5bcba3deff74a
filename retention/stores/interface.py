"""What the run needs of a store, and nothing more.

Three ways to read, each set-based and each the same outside and inside a batch: by pages in key order, by key, and by
relation. All judging is done on what they return, by one judge. A `Source` cannot dispose: a dry run is handed nothing
else. Every driver's error is translated into StoreError, without the record's values in its text (P6, P7).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

from retention.candidate import Cleared
from retention.dataset import Dataset
from retention.record import Key
from retention.relation import Join
from retention.rows import Rows
from retention.stores.schema import Schema


class Expiry(Struct, frozen=True):
    """A narrowing of a scan: records whose date in `column` is `last` or earlier, as local dates."""

    column: str
    last: date


Below = tuple[Dataset, Dataset, Join]
"""A declared relation that a batch takes along: parent, child, how they join."""


class Locked(Struct, frozen=True):
    """The records that a batch has locked: what it may dispose of."""

    keys: Mapping[str, Collection[Key]] | None  # by dataset id; None: the whole store

    def has(self, dataset: Dataset, keys: Iterable[Key]) -> bool:
        """Whether all of these are."""
        if self.keys is None:
            return True
        return all(map(self.keys.get(dataset.id, ()).__contains__, keys))


class Reader(Protocol):
    """The ways to read that a source and a batch share. Columns always include the key."""

    def fetch(self, dataset: Dataset, columns: Sequence[str], keys: Collection[Key]) -> Rows:
        """The records that exist of these keys, in any order."""
        ...

    def related(self, dataset: Dataset, columns: Sequence[str], on: tuple[str, ...], values: Collection[Key]) -> Rows:
        """The records whose `on` columns equal one of the values, in any order."""
        ...


class Source(Reader, Protocol):
    """A store that is only read: never changes anything, works with read-only credentials."""

    @property
    def name(self) -> str:
        """The store's name in dataset ids and in the configuration."""
        ...

    @property
    def identity(self) -> str:
        """Which database this is: dialect, host, name, without user or password; part of fingerprints."""
        ...

    def pages(
        self, dataset: Dataset, columns: Sequence[str], *, size: int, narrow: tuple[Expiry, ...] | None = None
    ) -> Iterator[Rows]:
        """Every record, in key order by the store's own comparison, `size` at a time.

        `narrow` lets the store leave out records of which no expiry holds; it may return more, never fewer.
        """
        ...

    def count(self, dataset: Dataset) -> int:
        """How many records there are now."""
        ...

    def versions(self, dataset: Dataset, keys: Collection[Key]) -> int | None:
        """How many old versions of these records the store itself still has; None: there is no way to ask."""
        ...

    def schema(self, named: Collection[str] = ()) -> Schema:
        """The live schema: what `policies check` compares declarations with.

        `named` are the collections of declared datasets, one of which may be in another database of the server.
        """
        ...

    def clock(self) -> datetime | None:
        """The server's clock, aware; None where the store has none of its own."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...


class Batch(Reader, Protocol):
    """One transaction on the target: lock, read the latest committed state, dispose, commit."""

    def lock(
        self,
        dataset: Dataset,
        keys: Collection[Key],
        below: Sequence[Below] = (),
        *,
        reads: Callable[[Dataset], Sequence[str]] | None = None,
        wait: bool = False,
    ) -> Locked:
        """Lock these records and all below them, or the whole store where it can do no less, against other writers.

        A record that another program has locked is left out; with `wait` it is waited for, as is a commit under way.
        What is read afterwards is what the locked records hold. `reads` are the columns of each dataset that will be
        asked for: a store may read them as it locks. None: nothing is known of that.
        """
        ...

    def dispose(self, cleared: Cleared) -> Mapping[str, int]:
        """Dispose of the children that go, unlink those that stay, then the records, by key.

        Returns the child records disposed of, by dataset id. The only caller is `retention.execute`.
        """
        ...

    def commit(self) -> None:
        """Make it durable; without it, leaving the batch rolls back.

        Raises:
            CommitUnknownError: the server did not say whether it did.
        """
        ...


class Store(Source, Protocol):
    """A store whose records can be disposed of."""

    @property
    def abreast(self) -> int:
        """How many sessions may dispose at once: 1 where a batch locks the whole store."""
        ...

    @property
    def batch_seconds(self) -> float:
        """How long a batch may keep its locks where nobody said: others wait meanwhile, and each commit costs."""
        ...

    def session(self, number: int = 0) -> AbstractContextManager[None]:
        """Hold the store's session lock, where it has one, on the connection that disposes.

        A further session of the same run, from 1 to below `abreast`, has a lock of its own. Whoever takes the first
        one ends what an earlier run left of any.

        Raises:
            SweepRunning: another session holds it.
        """
        ...

    def batch(self) -> AbstractContextManager[Batch]:
        """Open one batch; only inside `session`. Leaving it without commit changes nothing."""
        ...


class Replica(Protocol):
    """A copy of a store that follows it; asked at the copy itself, never written."""

    @property
    def name(self) -> str:
        """Which one it is, without user or password."""
        ...

    def lag(self) -> float:
        """How many seconds it is behind.

        Raises:
            StoreError: it cannot be asked, is no replica, or does not follow any more.
        """
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...
