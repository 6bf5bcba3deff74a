"""What a hold keeps cannot be disposed of."""

from retention.candidate import Cleared, Held
from retention.stores.interface import Batch


def dispose_of_the_held(batch: Batch, split: tuple[Cleared, Held]) -> None:
    _, held = split
    batch.dispose(held)  # type: ignore[arg-type] # would have deleted what a hold keeps
