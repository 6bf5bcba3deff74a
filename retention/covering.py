"""What a hold would cover now: every record whose family it touches, counted by dataset."""

from __future__ import annotations

from collections.abc import Mapping

from retention.dataset import Dataset
from retention.errors import RetentionError
from retention.holds import Hold, HoldKind, Scope
from retention.installation import Installation, Reached, reach
from retention.scan import Scanner
from retention.start import Day

_ANY_ID = "H-00000000-00000000"  # of a hold that is not placed


def coverage(installation: Installation, scope: Scope) -> Mapping[str, int | None]:
    """Records under a scope, by dataset; None: a store that telling needs cannot be read."""
    now = installation.clock()
    asked = Hold(
        id=_ANY_ID,
        kind=HoldKind.LEGAL_HOLD,
        scope=scope,
        matter="",
        placed_at=now,
        placed_by=installation.actor,
        salt=b"",
    )
    day = Day(installation.today(), installation.zone)
    scanner = Scanner(installation.register, day, (asked,), now, {})
    datasets = installation.register.all_datasets
    with reach(installation, {dataset.store for dataset in datasets}) as reached:
        return {dataset.id: _count(scanner, dataset, reached) for dataset in datasets}


def _count(scanner: Scanner, dataset: Dataset, reached: Reached) -> int | None:
    if dataset.store not in reached.sources:
        return None
    try:
        return sum(judged.gate is not None for page in scanner.scan(dataset, reached.sources) for judged in page)
    except RetentionError:
        return None
