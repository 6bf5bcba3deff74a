"""Replicas: how far those of a store are behind, asked at each of them between batches, and waited for (ADR 0025).

One that cannot be asked is said, and stops nothing: it may be down for a reason of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from msgspec import Struct, field

from retention import events
from retention.errors import RetentionError
from retention.installation import Opener
from retention.pacing import Pace
from retention.stores.interface import Replica
from retention.text import Text

_log = structlog.get_logger()
_ASK_AGAIN: Final = 1.0  # seconds between two questions


class Replicas(Struct):
    """The replicas of one store, during one run."""

    store: str
    opener: Opener
    pace: Pace
    waits: int = 0  # how often they were waited for
    said: list[Text] = field(default_factory=list)  # what a person should know of them
    behind: Text | None = None  # of one that did not catch up; None: all did
    _opened: Sequence[Replica] | None = None
    _unknown: set[str] = field(default_factory=set)  # that could not be asked, and were said
    _asked: float = -math.inf
    _since: float | None = None  # when one was found behind that has not caught up; None: none was

    def keep_up(self, over: Callable[[], bool]) -> bool:
        """Wait until each is near enough, or it is over; whether they are.

        How long one is behind is counted over the turns of all datasets: shares of a night are shorter than patience.
        """
        now = self.pace.monotonic()
        if self._since is None and now - self._asked < _ASK_AGAIN:
            return True
        if (behind := self._behind()) is None:
            self._since = None
            return True
        self._since = now if self._since is None else self._since
        self.waits += 1
        _log.info(events.REPLICA_LAGS, store=self.store, replica=behind[0], seconds=round(behind[1]))
        while behind is not None:
            if over():
                return False
            if self.pace.monotonic() - self._since > self.pace.replica_patience:
                self.behind = self._never(*behind)
                return False
            self.pace.sleep(_ASK_AGAIN)
            behind = self._behind()
        self._since = None
        _log.info(events.REPLICA_CAUGHT_UP, store=self.store)
        return True

    def close(self) -> None:
        """Let go of them."""
        for one in self._opened or ():
            one.close()

    def _behind(self) -> tuple[str, float] | None:
        """The one that is furthest behind, and how many seconds; None: none is too far, as far as they can be asked."""
        lags = [(one.name, lag) for one in self._open() if (lag := self._lag(one)) is not None]
        self._asked = self.pace.monotonic()
        furthest = max(lags, key=lambda one: one[1], default=None)
        return furthest if furthest is not None and furthest[1] > self.pace.replica_lag else None

    def _lag(self, replica: Replica) -> float | None:
        try:
            lag = replica.lag()
        except RetentionError as error:
            if replica.name not in self._unknown:
                self._unknown.add(replica.name)
                self._cannot_be_asked(replica.name, error)
            return None
        self._unknown.discard(replica.name)
        return lag

    def _open(self) -> Sequence[Replica]:
        if self._opened is None:
            try:
                self._opened = self.opener.replicas(self.store)
            except RetentionError as error:
                self._opened = ()
                self._cannot_be_asked("", error)
        return self._opened

    def _cannot_be_asked(self, name: str, error: RetentionError) -> None:
        _log.warning(events.REPLICA_UNKNOWN, store=self.store, replica=name)
        self.said.append(
            Text(
                nl=f"hoe ver een replica achterloopt is niet bekend, en daar is niet op gewacht: {error}",
                en=f"how far a replica is behind is not known, and it was not waited for: {error}",
            )
        )

    def _never(self, replica: str, seconds: float) -> Text:
        minutes = round(self.pace.replica_patience / 60)
        return Text(
            nl=f"{self.store}: de replica {replica} loopt {round(seconds)} s achter en haalde in {minutes} minuten "
            "niet in; wat nog niet aan de beurt was, is uitgesteld. Kijk wat haar ophoudt, of haal haar weg uit "
            "replica_urls",
            en=f"{self.store}: the replica {replica} is {round(seconds)} s behind and did not catch up in {minutes} "
            "minutes; what had not had its turn is postponed. See what keeps it, or take it out of replica_urls",
        )
