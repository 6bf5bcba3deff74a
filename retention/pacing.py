"""Pacing: which records a night with a budget walks, how datasets share it, and when a sweep eases off (ADR 0025).

Pure: values in, values out. Who waits, and looks at clocks, is `pacer`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from retention.windows import Window

_LEVELS: Final = 6  # the last of them: a 64th of the size
_SMALLEST: Final = 50  # records of a batch that is eased off
_FIRST_PAUSE: Final = 0.25  # seconds between two batches, doubled with every level: at most 8
_SLOWER: Final = 3.0  # times as long a record as it took at its best
_NOTHING: Final = 1e-6  # seconds
_MANY_NIGHTS: Final = 1000  # a backlog of more is not counted on


class Pace(Struct, frozen=True, kw_only=True):
    """When and how fast runs may work, and what they look at time with."""

    windows: tuple[Window, ...] = ()  # empty: any time
    budget: float | None = None  # seconds that one run may take; None: as long as there is work
    rate: int | None = None  # records a second at most; None: as fast as is kind to others
    replica_lag: float = 30.0  # seconds that a replica may be behind
    replica_patience: float = 600.0  # seconds in a row that one is waited for: after that it needs a person
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Cause(StrEnum):
    """Why a sweep eases off."""

    LOCKS = "locks"  # others kept rows locked, or were kept waiting
    LATENCY = "latency"  # our own statements take longer than they did
    REPLICA = "replica"  # a replica is behind


class Ease(Struct, frozen=True):
    """How much a sweep holds back, from what its batches felt."""

    level: int = 0  # 0: not at all
    best: float = math.inf  # seconds a record took in the fastest batch
    cause: Cause | None = None  # why it was raised last; None: never, or all is well again

    @property
    def pause(self) -> float:
        """Seconds between two batches."""
        return _FIRST_PAUSE * 2 ** (self.level - 1) if self.level else 0.0

    def size(self, records: int) -> int:
        """How many records a batch takes that would otherwise take so many."""
        return min(records, max(_SMALLEST, records >> self.level))

    def after(self, records: int, seconds: float, aim: float, *, waited: bool) -> Ease:
        """After a batch that kept its locks so long; `waited` when others' locks were in its way.

        A batch that took no longer than was aimed at is not slow, however little it did.
        """
        each = seconds / max(records, 1)
        if waited:
            return self._raised(Cause.LOCKS)
        if seconds > 2 * aim and each > _SLOWER * self.best:
            return self._raised(Cause.LATENCY)
        level = max(0, self.level - 1)
        return Ease(level, min(self.best, each) if each else self.best, self.cause if level else None)

    def _raised(self, cause: Cause) -> Ease:
        return replace(self, level=min(_LEVELS, self.level + 1), cause=cause)


def cut_off(days: Mapping[date | None, int], room: float) -> date | None:
    """The latest day up to which there is room for every record, the oldest first; None: there is for all of them.

    `days` are counts, by the day on which records were first destructible. The oldest day is never left out: where it
    alone is too much, it is walked in key order as far as time allows.
    """
    ordered = sorted(days, key=lambda day: day or date.min)
    fits, records = 0, 0
    for day in ordered:
        records += days[day]
        if records > room and fits:
            break
        fits += 1
    return None if fits == len(ordered) else ordered[fits - 1] or date.min


def share(needs: Sequence[float | None], seconds: float) -> float:
    """How much of a time the first of the needs may take: all may take as much, and what one does not need is theirs.

    Needs are seconds; None: nobody knows, so as much as it can get. Where there is enough for all, the first may take
    whatever the others leave: a need is a guess.
    """
    known = sorted(math.inf if need is None else need for need in needs)
    left = seconds
    for place, need in enumerate(known):
        if need * (len(known) - place) >= left:
            return left / (len(known) - place)
        left -= need
    return left + (needs[0] or 0.0)


def nights(needs: Mapping[str, float | None], seconds: float | None) -> dict[str, int | None]:
    """About how many more nights of so many seconds each need takes, when they share every night.

    Seconds that are None: nights without end, so one does. None for a need that nobody knows, and one too far away.
    """
    found: dict[str, int | None] = dict.fromkeys(needs)
    left = {name: need for name, need in needs.items() if need is not None}
    unknown = len(needs) - len(left)
    if seconds is None:
        return found | dict.fromkeys(left, 1)
    for night in range(1, _MANY_NIGHTS):
        budget, sharing = seconds, len(left) + unknown
        for name in sorted(left, key=lambda one: (left[one], one)):
            taken = min(left[name], budget / sharing)
            left[name], budget, sharing = left[name] - taken, budget - taken, sharing - 1
        done = [name for name, need in left.items() if need <= _NOTHING]
        for name in done:
            found[name] = night
            del left[name]
        if not left:
            break
    return found
