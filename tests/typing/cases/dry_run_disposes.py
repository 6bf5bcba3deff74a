"""A dry run is handed a Source, and a Source has no way to dispose."""

from retention.candidate import Cleared
from retention.stores.interface import Source


def rehearse(source: Source, cleared: Cleared) -> None:
    with source.batch() as batch:  # type: ignore[attr-defined] # would have opened a batch that deletes
        batch.dispose(cleared)


def rehearse_directly(source: Source, cleared: Cleared) -> None:
    source.dispose(cleared)  # type: ignore[attr-defined] # would have deleted
