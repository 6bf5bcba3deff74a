"""What no hold was asked about cannot be disposed of."""

from retention.candidate import Candidates
from retention.stores.interface import Batch


def dispose_without_asking(batch: Batch, candidates: Candidates) -> None:
    batch.dispose(candidates)  # type: ignore[arg-type] # would have deleted past every hold
