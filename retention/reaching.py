"""Which stores can be read now: an outage is not emptiness (P6)."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from typing import Protocol

from msgspec import Struct, field

from retention.errors import RetentionError
from retention.stores.interface import Replica, Source, Store


class Opener(Protocol):
    """How stores are opened: read-only for judging, to dispose for a sweep."""

    def source(self, name: str) -> Source:
        """A store to read; raises StoreError when it cannot be reached, ConfigError when it is not configured."""
        ...

    def store(self, name: str) -> Store:
        """A store to dispose in."""
        ...

    def replicas(self, name: str) -> tuple[Replica, ...]:
        """The replicas of a store that a sweep must not leave behind; connects when one is first asked."""
        ...


class Reached(Struct):
    """The stores that could be opened, and why the others could not."""

    sources: Mapping[str, Source]
    unreachable: dict[str, RetentionError] = field(default_factory=dict)


@contextmanager
def opened(opener: Opener, names: Iterable[str]) -> Generator[Reached]:
    """Open these stores for reading, and close them at the end."""
    reached: dict[str, Source] = {}
    failed: dict[str, RetentionError] = {}
    with ExitStack() as stack:
        for name in sorted(names):
            try:
                source = opener.source(name)
            except RetentionError as error:
                failed[name] = error
                continue
            stack.callback(source.close)
            reached[name] = source
        yield Reached(reached, failed)
