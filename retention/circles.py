"""Records that are above themselves, through others of their dataset: nobody can tell which of them is the top."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field

from retention.dataset import Dataset
from retention.record import Key, Record, RecordId

Parents = Mapping[Key, tuple[Record, ...]]
_Ask = Callable[[list[Record]], Parents]


class Circles(Struct):
    """The circles among the records that were asked for, and among all above them."""

    members: set[RecordId] = field(default_factory=set)
    seen: set[RecordId] = field(default_factory=set)  # records whose parents are known

    def learn(self, records: Sequence[Record], parents: Sequence[_Ask], *, deepest: int) -> None:
        """Follow the parents of each kind within one dataset, level by level; what is deeper is not seen."""
        up: dict[RecordId, set[RecordId]] = {}
        waiting = self._unseen(records)
        for _ in range(deepest):
            if not waiting:
                break
            found = [ask(waiting) for ask in parents]
            for one in waiting:
                above = (parent for named in found for parent in named.get(one.key, ()))
                up[one.dataset.id, one.key] = {(one.dataset.id, parent.key) for parent in above}
            self.seen |= up.keys()
            waiting = self._unseen(parent for named in found for above in named.values() for parent in above)
        self.members |= circular(up)

    def cut(self, dataset: Dataset, parents: Parents) -> dict[Key, tuple[Record, ...]]:
        """The same parents, but that in a circle nothing is above anything else: what has no other then has none."""
        keys = {key for dataset_id, key in self.members if dataset_id == dataset.id}
        cut = {key: tuple(one for one in parents[key] if one.key not in keys) for key in parents.keys() & keys}
        return {key: cut.get(key, named) for key, named in parents.items() if key not in cut or cut[key] or not named}

    def _unseen(self, records: Iterable[Record]) -> list[Record]:
        found = {one.key: one for one in records if (one.dataset.id, one.key) not in self.seen}
        return list(found.values())


def circular(up: Mapping[RecordId, set[RecordId]]) -> set[RecordId]:
    """Those that follow each other in circles, or lead from one circle to another; `up` says who is above whom."""
    left = dict(up)
    while tops := {one for one, above in left.items() if above.isdisjoint(left)}:
        left = {one: above for one, above in left.items() if one not in tops}
    while bottoms := left.keys() - {parent for above in left.values() for parent in above}:
        left = {one: above for one, above in left.items() if one not in bottoms}
    return set(left)
