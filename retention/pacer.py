"""The pacer: what a run's time is, who gets how much of it, and when its next batch may begin (ADR 0025).

Between two batches it looks at the clocks, waits, and asks the replicas; never inside one. It decides nothing about
records but the order in which days are taken.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

import structlog
from msgspec import Struct, field

from retention import events, pacing, windows
from retention.installation import Installation
from retention.pacing import Cause, Ease, Pace
from retention.plan import Plan, Slice
from retention.replicas import Replicas
from retention.text import Text

_log = structlog.get_logger()
_NAP: Final = 1.0  # seconds after which somebody who asks to stop is heard


class Pacer(Struct):
    """One run's time. Made when the run begins; closed when it ends."""

    installation: Installation
    pace: Pace
    outside: bool  # whether the run was told to work outside the windows too
    stop: Callable[[], bool]
    ends: float = math.inf  # by the monotonic clock
    closes: datetime | None = None  # when the window closes, in UTC; None: there is none
    seconds: float | None = None  # that a night like this has in all; None: no budget
    behind: dict[str, Text] = field(default_factory=dict)  # store: its replica that did not catch up
    slowed: Counter[Cause] = field(default_factory=Counter)  # how often the sweep eased off
    paused: float = 0.0  # seconds, for the sake of others
    next: float = -math.inf  # before which the rate lets no batch begin
    _replicas: dict[str, Replicas] = field(default_factory=dict)

    def begin(self) -> Pacer:
        """Start the run's time now."""
        pace, now, clock = self.pace, self.pace.monotonic(), self.installation.clock()
        lengths = [] if pace.budget is None else [pace.budget]
        if pace.windows and not self.outside:
            self.closes = windows.closes(pace.windows, clock, self.installation.zone) or clock
            lengths.append((self.closes - clock).total_seconds())
        if lengths:
            self.seconds = min(lengths)
            self.ends = now + self.seconds
        return self

    @property
    def over(self) -> bool:
        """Whether the budget is used up, or the window closed."""
        return self.pace.monotonic() >= self.ends or (
            self.closes is not None and self.installation.clock() >= self.closes
        )

    @property
    def opens(self) -> datetime | None:
        """When the next window opens, in local time, where none is open now; None: one is, or there are none."""
        pace, now, zone = self.pace, self.installation.clock().astimezone(UTC), self.installation.zone
        if not pace.windows or self.outside or windows.closes(pace.windows, now, zone) is not None:
            return None
        return windows.opens(pace.windows, now, zone).astimezone(zone)

    def stint(self, plan: Plan, dataset: str, store: str, remaining: int) -> Stint:
        """A dataset's part of the run."""
        with self.installation.ledger.control.reading() as tx:
            known = tx.pace(dataset)
        return Stint(self, plan, dataset, store, remaining, known)

    def taking_turns(self, stints: Sequence[Stint]) -> Iterator[Stint]:
        """Whose turn it is, each with its share of the time that is left; what one does not use goes on to the others.

        In the order given, and round again for those that had too little as long as there is time.
        """
        waiting = list(stints)
        while waiting:
            walked = sum(one.walked for one in stints)
            for place, one in enumerate(waiting):
                start = max(self.pace.monotonic(), self.next)
                needs, left = [other.need for other in waiting[place:]], max(0.0, self.ends - start)
                one.ends = start + (left if math.isinf(left) else pacing.share(needs, left))
                one.cut = False
                yield one
            waiting = [one for one in waiting if one.cut]
            if self.over or self.stop() or sum(one.walked for one in stints) == walked:
                return

    def wait(self, seconds: float) -> None:
        """Wait so long, or until somebody asks to stop."""
        until = self.pace.monotonic() + seconds
        while (left := until - self.pace.monotonic()) > 0 and not self.stop():
            self.pace.sleep(min(left, _NAP))

    def ease(self, dataset: str, before: Ease, now: Ease) -> None:
        """Say when a sweep eases off, and when it is back at full speed."""
        if now.level > before.level and now.cause is not None:
            self.slowed[now.cause] += 1
            _log.info(events.PACE_SLOWED, dataset=dataset, cause=now.cause.value, level=now.level)
        elif before.level and not now.level:
            _log.info(events.PACE_RECOVERED, dataset=dataset)

    def replicas_keep_up(self, store: str, until: float) -> bool:
        """Wait for the replicas of a store, at most until then; whether they are near enough now."""
        if store in self.behind:
            return False
        if store not in self._replicas:
            self._replicas[store] = Replicas(store, self.installation.opener, self.pace)
        replicas, began = self._replicas[store], self.pace.monotonic()
        kept = replicas.keep_up(lambda: self.over or self.stop() or self.pace.monotonic() >= until)
        self.paused += self.pace.monotonic() - began
        if not kept and replicas.behind is not None:
            self.behind[store] = replicas.behind
        return kept

    def remarks(self) -> Iterator[Text]:
        """What a person should know of the run's pace."""
        if self.outside and self.pace.windows:
            yield Text(
                nl="de run mocht ook buiten het venster werken (--outside-window)",
                en="the run was allowed to work outside the windows (--outside-window)",
            )
        for one in self._replicas.values():
            yield from one.said
        slowed = self.slowed + Counter({Cause.REPLICA: sum(one.waits for one in self._replicas.values())})
        if slowed:
            words = {cause: _WORDS[cause] for cause in Cause if slowed[cause]}
            nl = ", ".join(f"{word.nl} ({slowed[cause]}x)" for cause, word in words.items())
            en = ", ".join(f"{word.en} ({slowed[cause]}x)" for cause, word in words.items())
            yield Text(
                nl=f"de run hield zich in voor anderen, {round(self.paused)} s in totaal: {nl}",
                en=f"the run held back for others, {round(self.paused)} s in all: {en}",
            )

    def close(self) -> None:
        """Let go of the replicas."""
        for one in self._replicas.values():
            one.close()


_WORDS: Final = {
    Cause.LOCKS: Text(nl="vergrendelde rijen", en="locked rows"),
    Cause.LATENCY: Text(nl="een trage database", en="a slow database"),
    Cause.REPLICA: Text(nl="een replica die achterliep", en="a replica that was behind"),
}


class Stint(Struct):
    """One dataset's part of a run: where it is in the spool, for how long it may work, and how fast it goes."""

    pacer: Pacer
    plan: Plan
    dataset: str
    store: str
    remaining: int  # records that wait for an outcome
    known: tuple[int, float] | None  # records and seconds of an earlier run; None: never measured
    ends: float = math.inf  # by the monotonic clock
    cut: bool = False  # whether its time was up before its records were
    walked: int = 0  # records in this run
    worked: float = 0.0  # seconds of work on them, without pauses
    ease: Ease = field(default_factory=Ease)
    after: int = -1  # the last seq of the slice under way
    _slice: Slice | None = None  # under way, or walked last
    _through: bool = True  # whether that was walked to its end
    _began: deque[float] = field(default_factory=deque)  # of the batches under way, the oldest first
    _until: float = -math.inf  # when the last one ended

    @property
    def pace(self) -> float | None:
        """Records a second; None: nobody knows yet."""
        walked, seconds = (self.walked, self.worked) if self.walked else self.known or (0, 0.0)
        measured = walked / seconds if seconds > 0 and walked else None
        rate = self.pacer.pace.rate
        return measured if rate is None else min(measured or math.inf, rate)

    @property
    def need(self) -> float | None:
        """Seconds that what is left takes; None: nobody knows."""
        return None if self.pace is None else (self.remaining - self.walked) / self.pace

    def slices(self) -> Iterator[Slice]:
        """What to walk, one slice after another, the oldest first; without a budget all at once, in key order."""
        while True:
            if self._through:
                found = self._next()
                if found is None:
                    return
                self._slice, self._through, self.after = found, False, -1
            yield self._slice or Slice()
            if self.cut or self.pacer.stop():
                return
            self._through = True

    def _next(self) -> Slice | None:
        """The next slice; None when every day was walked."""
        before = None if self._slice is None else self._slice.until
        if self._slice is not None and before is None:
            return None
        if math.isinf(self.pacer.ends):
            return Slice()
        with self.pacer.installation.ledger.control.reading() as tx:
            days = tx.spooled_days(self.plan.digest, self.dataset)
        left = {day: count for day, count in days.items() if before is None or (day is not None and day > before)}
        if not left:
            return None
        seconds = max(0.0, self.ends - max(self.pacer.pace.monotonic(), self.pacer.next))
        room = self.pacer.installation.batch_records if self.pace is None else self.pace * seconds
        return Slice(before, pacing.cut_off(left, room))

    def size(self, records: int) -> int:
        """How many records the next batch takes that would otherwise take so many."""
        eased, rate = self.ease.size(records), self.pacer.pace.rate
        return eased if rate is None else min(eased, rate)

    @property
    def alone(self) -> bool:
        """Whether its batches go one by one: a rate is set, or others need room."""
        return self.pacer.pace.rate is not None or self.ease.level > 0

    def may_begin(self) -> bool:
        """Wait until the next batch may begin; False: its time is up before that."""
        pacer, clock = self.pacer, self.pacer.pace.monotonic
        now, pause = clock(), self.ease.pause
        begin = max(now + pause, pacer.next)
        if begin < self.ends:
            pacer.paused += pause
            pacer.wait(begin - now)
        self.cut = begin >= self.ends or not pacer.replicas_keep_up(self.store, self.ends) or not self.in_time()
        if not self.cut:
            self._began.append(clock())
        return not self.cut

    def in_time(self) -> bool:
        """Whether there is time left; where there is none, what is left is for another turn or night."""
        self.cut = self.cut or self.pacer.over or self.pacer.pace.monotonic() >= self.ends
        return not self.cut

    def did(self, last: int, records: int, locked: float, aim: float, *, waited: bool) -> None:
        """Note a batch: its last seq, its records, how long it kept locks and was to; whether others kept theirs."""
        pacer, now, self.after = self.pacer, self.pacer.pace.monotonic(), last
        began = self._began.popleft()
        self.walked += records
        self.worked += now - max(began, self._until)  # two at a time take their time once
        self._until = now
        if pacer.pace.rate is not None:
            pacer.next = max(pacer.next, began) + records / pacer.pace.rate
        eased = self.ease.after(records, locked, aim, waited=waited)
        pacer.ease(self.dataset, self.ease, eased)
        self.ease = eased

    def note(self) -> None:
        """Keep how fast it went, for the nights to come."""
        if self.walked and self.worked > 0:
            with self.pacer.installation.ledger.transaction() as tx:
                tx.note_pace(self.dataset, self.walked, self.worked)
