"""What a batch that fails means: for which records, whether trying again may help, and how long to wait for that.

What another program keeps locked, a deadlock, a serialisation failure and a time-out pass by themselves (ADR 0016).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from retention.errors import RetentionError, StoreError
from retention.reason import Reason
from retention.stores.errors import LinkedDataError, LockedError, SlowError, StoreDownError

_ROUNDS: Final = (1 / 7, 2 / 7, 4 / 7)  # of the whole wait, before what others kept locked is tried again
_SPLIT: Final = 0.25  # seconds at most before a batch that gave way is tried in halves
_STUBBORN: Final = 20  # failures of this kind in a row; a locked record among 50,000 is alone after 16 halvings
_GRAVE: Final = 5  # as many of them one counts for that smaller batches will hardly help


class Patience(Struct, frozen=True, kw_only=True):
    """How long one dataset waits for what others keep locked, each wait cut at random so that two do not meet again."""

    seconds: float = 10.0  # in all the rounds together, at most
    uniform: Callable[[float, float], float] = random.uniform
    sleep: Callable[[float], None] = time.sleep

    def rounds(self, needed: Callable[[], bool]) -> Iterator[None]:
        """Each time that what was locked may be tried again, after a wait, as long as there is need."""
        for share in _ROUNDS:
            if not needed():
                return
            self._wait(share * self.seconds)
            yield

    def give_way(self) -> None:
        """A short wait, before halves of a batch are tried that others were in the way of."""
        self._wait(min(_SPLIT, self.seconds))

    def _wait(self, longest: float) -> None:
        self.sleep(self.uniform(longest / 2, longest))


def passes(failure: RetentionError | None) -> bool:
    """Whether it goes by itself: the same may succeed a little later."""
    return isinstance(failure, LockedError)


def stubborn(failures: int) -> bool:
    """Whether so many failures that pass, and no batch that went through, are reason to give the dataset up."""
    return failures >= _STUBBORN


def weight(failure: RetentionError | None, *, signed: bool) -> int:
    """For how many failures one counts.

    Before the intent is signed rows in use are left out, so what was in the way is a whole table; and a statement that
    ran into its time-out took minutes.
    """
    return _GRAVE if isinstance(failure, SlowError) or not signed else 1


def by_record(failure: RetentionError) -> bool:
    """Whether single records may be the culprits; a store that is down, or a key that is missing, fails them all."""
    return isinstance(failure, StoreError) and not isinstance(failure, StoreDownError)


def reason_of(failure: RetentionError | None) -> Reason:
    """The code of a record that was not disposed of because of it."""
    match failure:
        case LinkedDataError():
            return Reason.FAIL_FK
        case LockedError():
            return Reason.FAIL_LOCKED
        case _:
            return Reason.FAIL_STORE
