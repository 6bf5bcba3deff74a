"""Candidates that stand alone, as columns: set by set, without an object for each record.

The rows of a batch are levels: the records themselves, then every dataset below them. What holds, manifests and stores
ask of all of them at once comes from the columns; a candidate, a family or a member is made for whoever asks for one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import accumulate, pairwise, repeat
from operator import is_
from typing import Final, TypeVar, overload

from msgspec import Struct

from retention.batching import Confirmed, Sorted
from retention.candidate import Candidate, Several, Take, Unlink, deepest_first
from retention.dataset import Dataset
from retention.holds import Family, Member, Subject
from retention.judge import Judge, starts_by_purpose
from retention.record import Facts, Key, key_text
from retention.rows import Rows
from retention.stores.interface import Locked

NOBODY: Final[frozenset[Subject]] = frozenset()
_NOTHING: Final = Facts()
T = TypeVar("T")

Known = frozenset[Subject] | None
"""Whom a record is about; None: an id is there and cannot be read, or its key does not say which record it is."""


class Level(Struct, frozen=True, kw_only=True):
    """The rows of one dataset, in the order of the records they belong to: those of one record are a slice.

    A level of the records themselves has one row for each.
    """

    rows: Rows
    depth: int  # below the records, which are 0
    keys: Sequence[Key]
    whom: Sequence[Known]  # whom each row is about
    tops: Sequence[int]  # the place of the record that each belongs to, never falling

    @property
    def dataset(self) -> Dataset:
        """Whose rows these are."""
        return self.rows.dataset

    @property
    def texts(self) -> Sequence[str]:
        """The keys as holds write them: made for whoever asks."""
        if len(key := self.dataset.key) == 1 and self.rows.kinds(key[0]) == {int}:  # as most are
            return [*map(str, *self.rows.columns(key))]
        return [*map(key_text, self.keys)]

    def bounds(self, records: int) -> Iterator[tuple[int, int]]:
        """Where the rows of each record begin and end."""
        counts = Counter(self.tops)
        return pairwise([0, *accumulate(map(counts.get, range(records), repeat(0)))])

    def between(self, start: int, stop: int) -> Level:
        """The rows of consecutive records, by the place of the first and of the one behind the last."""
        here = slice(bisect_left(self.tops, start), bisect_left(self.tops, stop))
        return Level(
            rows=self.rows.between(here.start, here.stop),
            depth=self.depth,
            keys=self.keys[here],
            whom=self.whom[here],
            tops=[top - start for top in self.tops[here]],
        )

    def of(self, places: Mapping[int, int]) -> Level:
        """The rows of some records, by their places, which have others now."""
        mine = [at for at, top in enumerate(self.tops) if top in places]
        return Level(
            rows=self.rows.at(mine),
            depth=self.depth,
            keys=[self.keys[at] for at in mine],
            whom=[self.whom[at] for at in mine],
            tops=[places[self.tops[at]] for at in mine],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Alone(Several):
    """Candidates that stand alone, as the levels of their batch."""

    judge: Judge
    levels: Sequence[Level]  # the records themselves, then all that is below them
    references: Sequence[bytes]
    whom: Sequence[Known]  # whom each with all below it is about
    whole: bool  # whether what is below goes along

    @property
    def refs(self) -> Sequence[bytes]:
        """As planned."""
        return self.references

    @property
    def keys(self) -> Sequence[Key]:
        """Of the first level."""
        return self.levels[0].keys

    @property
    def takes(self) -> tuple[Take, ...]:
        """The further levels."""
        below = self.levels[1:] if self.whole else ()
        return deepest_first(Take(one.depth, one.dataset, tuple(one.keys)) for one in below if one.keys)

    @property
    def unlinks(self) -> tuple[Unlink, ...]:
        """None has another parent."""
        return ()

    def names(self) -> Mapping[str, Sequence[str]]:
        """Every level's."""
        return {one.dataset.id: one.texts for one in self.levels if one.keys}

    def subjects(self) -> frozenset[Subject]:
        """Whom each is about."""
        return NOBODY.union(*(whom for whom in self.whom if whom))

    def families(self) -> Sequence[Family]:
        """Each record with all below it."""
        names = _gathered(self.levels, lambda one: [*zip(repeat(one.dataset.id), one.texts)])
        whom = (one or NOBODY for one in self.whom)
        members = (partial(self._members, place) for place in range(len(self)))
        return [*map(Family, names, whom, members)]

    def each(self) -> list[Candidate]:
        """All of them, one by one."""
        takes = self._takes_of_each() if self.whole else [()] * len(self)
        return [*map(Candidate, self.keys, self.refs, takes, repeat(()), self.families())]

    def _takes_of_each(self) -> list[tuple[Take, ...]]:
        found: list[tuple[Take, ...]] = [()] * len(self)
        for level in self.levels[1:]:
            for place, (start, stop) in enumerate(level.bounds(len(self))):
                if start != stop:
                    found[place] += (Take(level.depth, level.dataset, tuple(level.keys[start:stop])),)
        return found

    def only(self, places: Sequence[int]) -> Alone:
        """Those of some places, in their order."""
        now = {place: at for at, place in enumerate(places)}
        if len(now) == len(self):
            return self
        refs, whom = [self.references[place] for place in places], [self.whom[place] for place in places]
        return Alone(self.judge, [one.of(now) for one in self.levels], refs, whom, self.whole)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.keys)

    @overload
    def __getitem__(self, place: int) -> Candidate: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Candidate]: ...
    def __getitem__(self, place: int | slice) -> Candidate | Sequence[Candidate]:
        """A candidate, or some of them, made for whoever asks."""
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        alone = self.only([range(len(self))[place]])
        [family] = alone.families()
        return Candidate(alone.keys[0], alone.refs[0], alone.takes, (), family)

    def _members(self, place: int) -> tuple[Member, ...]:
        """What holds can see of each record of a family."""
        return tuple(
            [
                Member(
                    one.dataset.id, key_text(one.keys[at]), one.whom[at] or NOBODY, partial(self._starts, one.rows, at)
                )
                for one in self.levels
                for at in range(bisect_left(one.tops, place), bisect_right(one.tops, place))
            ]
        )

    def _starts(self, rows: Rows, place: int) -> Mapping[str, Sequence[date | None]]:
        return starts_by_purpose(self.judge.read_rules(rows.one(place), _NOTHING))


@dataclass(frozen=True, slots=True, eq=False)
class Sealed(Confirmed):
    """What was found of records that stand alone, held to their seals."""

    found: Alone  # all that are there, those that have changed too
    same: Sequence[bool]  # of each whether it has its seal

    def sort(self, locked: Locked) -> Sorted:
        """By columns: mostly all are ours and unchanged, and that is one look for each dataset."""
        busy = self._busy(locked)
        still = [at for at, same in enumerate(self.same) if same and at not in busy]
        return Sorted(
            self.found.only(still),
            busy=[self.found.keys[at] for at in sorted(busy)],
            changed=len(self.found) - len(busy) - len(still),
        )

    def _busy(self, locked: Locked) -> set[int]:
        """Records that are not locked with all that goes with them: of what has changed nothing does."""
        busy = set[int]()
        for level in self.found.levels if self.found.whole else self.found.levels[:1]:
            if not locked.has(level.dataset, level.keys):
                ours = (locked.has(level.dataset, [key]) for key in level.keys)
                theirs = (top for top, is_ours in zip(level.tops, ours, strict=True) if not is_ours)
                busy.update(top for top in theirs if level.depth == 0 or self.same[top])
        return busy

    def __getitem__(self, key: Key) -> Candidate | None:
        """A record's candidate; None: it has changed."""
        place = self.found.keys.index(key)
        return self.found[place] if self.same[place] else None

    def __iter__(self) -> Iterator[Key]:
        """The keys of those that are there."""
        return iter(self.found.keys)

    def __len__(self) -> int:
        """How many are there."""
        return len(self.found)


def together(levels: Sequence[Level]) -> Sequence[Known]:
    """Whom each record and all below it are about."""
    found, own = levels[0].whom, levels[0].whom
    for level in levels[1:]:
        if all(map(is_, level.whom, map(own.__getitem__, level.tops))):  # most are about whom their record is
            continue
        found = [*found]
        for top, whom in zip(level.tops, level.whom, strict=True):
            found[top] = both(found[top], whom)
    return found


def _gathered(levels: Sequence[Level], column: Callable[[Level], Sequence[T]]) -> list[list[T]]:
    """For each record what a column has of it and of all below it."""
    found = [[one] for one in column(levels[0])]
    for level in levels[1:]:
        values = column(level)
        for mine, (start, stop) in zip(found, level.bounds(len(found)), strict=True):
            mine.extend(values[start:stop])
    return found


def both(one: Known, other: Known) -> Known:
    """Whom two are about."""
    if one is other or one is None or other is None:
        return one if one is other else None
    return one if other <= one else one | other
