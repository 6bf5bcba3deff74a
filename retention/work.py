"""What a run is to do in one dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from msgspec import Struct

from retention.dataset import Dataset
from retention.installation import Installation, Keyring
from retention.pacer import Stint
from retention.plan import Plan, PlannedDataset
from retention.stores.interface import Source, Store


class Work(Struct, frozen=True, kw_only=True):
    """One dataset of one plan in one run."""

    installation: Installation
    keyring: Keyring
    run: str  # the run's id
    plan: Plan
    planned: PlannedDataset
    dataset: Dataset
    store: Store
    sources: Mapping[str, Source]  # every store that can be read
    policies: tuple[str, ...]  # sorted; of the rules for the dataset
    stop: Callable[[], bool]
    stint: Stint  # its part of the run's time
    allowed_on: date | None = None  # over the limit, and allowed by name on this UTC day: what goes is taken off it

    @property
    def batch_seconds(self) -> float:
        """How long a batch may keep its locks, about."""
        return self.installation.batch_seconds or self.store.batch_seconds
