"""In which order a run takes its datasets: whoever reads before what is read.

Then what one dataset's disposal takes away is not yet gone when a record that read it is judged again, and nothing of
the run's own work shows as a change.
"""

from __future__ import annotations

from collections.abc import Iterable

from retention.dataset import Dataset
from retention.policy import Register
from retention.reads import datasets_read


def readers_first(register: Register, datasets: Iterable[Dataset]) -> list[Dataset]:
    """The datasets, parents before children and readers before what they read; circles are cut anywhere."""
    wanted = sorted(datasets, key=lambda one: one.id)
    ordered: list[Dataset] = []
    seen: set[Dataset] = set()

    def visit(dataset: Dataset) -> None:
        if dataset in seen:
            return
        seen.add(dataset)
        for reader in register.all_datasets:
            if dataset in _reads(register, reader):
                visit(reader)
        ordered.append(dataset)

    for dataset in wanted:
        visit(dataset)
    return [dataset for dataset in ordered if dataset in wanted]


def _reads(register: Register, dataset: Dataset) -> set[Dataset]:
    """What judging a dataset's records reads besides themselves; what only protects is left out."""
    read = {one for _, rule in register.rules_for(dataset) for one in datasets_read(rule, references=False)}
    return (read | {child for child, _ in register.children_of(dataset)}) - {dataset}
