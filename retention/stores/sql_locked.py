"""What a batch has locked, kept as it was read: a locked row needs no second reading (docs/adr/0035).

A locking read gives each row as it is when its lock is taken, and nobody else changes it from then on. What it does not
give is the rows that others have locked, and those that came since: whoever would answer from what is kept first counts
in a later statement what there is by now. Where that is as many, they are the same rows, since those locked are among
them; where it is not, the store is read as if nothing had been kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from itertools import chain

from msgspec import Struct, field

from retention.dataset import Dataset
from retention.record import Key
from retention.rows import Rows
from retention.stores.checks import joinable, wanted
from retention.stores.interface import Below
from retention.stores.sql_read import SqlReader
from retention.stores.sql_sought import Sought

Count = Callable[[Dataset, tuple[str, ...], Sought], int]
"""How many rows there are now of which these columns have one of these values, as the engine compares."""


class _Level(Struct, dict=True):
    """The rows that one locking read gave."""

    rows: Rows
    sought: Sought
    locked: int  # as the engine compares, perhaps more than there are rows
    whole: bool | None = None  # whether they are all there are; None: nobody has looked yet

    @cached_property
    def asked(self) -> frozenset[Key]:
        """What was asked for."""
        return frozenset(self.sought.rows)


class LockedRows(Struct):
    """The rows that one batch has locked, by the columns through which they were reached."""

    count: Count
    _levels: dict[tuple[str, tuple[str, ...]], _Level] = field(default_factory=dict)

    def keep(self, on: tuple[str, ...], sought: Sought, rows: Rows, locked: int) -> None:
        """Keep what a locking read gave, instead of what one through the same columns gave before."""
        self._levels[rows.dataset.id, on] = _Level(rows, sought, locked)

    def forget(self) -> None:
        """Keep nothing any more: the rows are about to change."""
        self._levels.clear()

    def answer(
        self, dataset: Dataset, columns: Sequence[str], on: tuple[str, ...], values: Collection[Key]
    ) -> Rows | None:
        """The records whose columns have one of these values, all of them; None: the store must be asked."""
        level = self._levels.get((dataset.id, on))
        if level is None or level.rows.dataset is not dataset:
            return None
        names = wanted(dataset, (*columns, *on))
        same = values == (level.sought.rows if isinstance(values, list) else level.asked)
        asked = None if same else frozenset(joinable(values))
        known = (asked is None or asked <= level.asked) and {*names} <= {*level.rows.names}
        if not (known and self._is_whole(level, on)):
            return None
        return (level.rows if asked is None else level.rows.among(on, asked)).only(names)

    def _is_whole(self, level: _Level, on: tuple[str, ...]) -> bool:
        """Whether these are all there are by now; to ask also tells that our session, and so our locks, still live."""
        if level.whole is None:
            of = level.rows.dataset
            found = len({*level.rows.keys}) == len(level.sought.rows) if on == of.key else False
            counted = self.count(of, on, next(level.sought.parts(1)) if found else level.sought)
            level.whole = found or counted == level.locked
        return level.whole


class Locking(Struct, frozen=True):
    """Locking records and all below them, level by level."""

    reader: SqlReader
    kept: LockedRows
    below: Sequence[Below]
    reads: Callable[[Dataset], Sequence[str]] | None
    locked: dict[str, set[Key]]  # by dataset id

    def level(self, dataset: Dataset, on: tuple[str, ...], values: Sought, *, wait: bool = False) -> Dataset | None:
        """Lock what has these values, then all below it; where a record refers to it in another spelling, which.

        A record that was reached before is not followed again, so a circle ends.
        """
        links = [join.ours for parent, _, join in self.below if parent is dataset]
        columns = (*(self.reads(dataset) if self.reads else ()), *chain.from_iterable(links))
        rows, count = self.reader.locked(dataset, columns, on, values, wait=wait)
        if self.reads and self.reader.stored(dataset):
            self.kept.keep(on, values, rows, count)
        seen = self.locked.setdefault(dataset.id, set())
        new = rows.where(dataset.key, lambda key: key not in seen) if seen else rows
        seen.update(new.keys)
        stray: Dataset | None = None
        for parent, child, join in self.below if new else ():
            if parent is dataset:
                ours = Sought.of(new.of(join.ours))
                stray = self.level(child, join.theirs, ours) or stray
                stray = child if self.reader.strays(child, join.theirs, ours) else stray
        return stray
