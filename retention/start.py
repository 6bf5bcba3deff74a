"""When a period starts: a trigger read from a record (design.md R4, R5, R6).

Missing is not expired: whatever cannot be read plainly never starts a clock. Timestamps become local dates before
anything else is done with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date, datetime
from enum import IntEnum
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from msgspec import Struct

from retention.answer import holds_of, joined
from retention.dataset import DateKind, Timestamp
from retention.period import ended
from retention.record import Facts, Record, Value
from retention.relation import Join
from retention.trigger import (
    Birth,
    Column,
    Earliest,
    EndOfYear,
    Ends,
    FollowedBy,
    Latest,
    LatestOf,
    OpenWhileEmpty,
    Trigger,
    Year,
    chains,
)

SENTINELS: Final = frozenset({date(1900, 1, 1), date(1970, 1, 1), date(1, 1, 1), date(9999, 12, 31)})


class Clock(IntEnum):
    """How a trigger reads; of several that all count, the highest is the whole's."""

    STARTED = 0
    RUNNING = 1  # an end date that is empty or lies ahead
    OPEN = 2  # a closing date that is rightly empty
    MISSING = 3
    FUTURE = 4  # an event after today
    IMPLAUSIBLE = 5  # a sentinel, before anything plausible, or not a date at all


class Start(Struct, frozen=True):
    """What a trigger says of one record."""

    clock: Clock
    day: date | None = None  # the local date it started on; None unless started


class Day(Struct, frozen=True):
    """The one "today" of a run, and the zone in which a day is a day (R9)."""

    today: date
    zone: ZoneInfo


def read_start(trigger: Trigger, record: Record, facts: Facts, day: Day) -> Start:
    """What a trigger says of a record."""
    match trigger:
        case Column():
            return _event(trigger.name, record, day)
        case Ends():
            return _end(trigger.name, record, day)
        case Birth():
            return _birth(trigger.name, record, day)
        case Year():
            return _year(record.values[trigger.name], record, day)
        case Latest():
            return latest_start(read_start(part, record, facts, day) for part in trigger.parts)
        case Earliest():
            return _earliest([read_start(part, record, facts, day) for part in trigger.parts])
        case EndOfYear():
            start = read_start(trigger.of, record, facts, day)
            return Start(Clock.STARTED, date(start.day.year, 12, 31)) if start.day else start
        case LatestOf():
            return _latest_of(trigger, record, facts, day)
        case FollowedBy():
            return _followed_by(trigger, record, facts, day)
        case OpenWhileEmpty():
            return _open_while_empty(trigger, record, facts, day)
        case _:
            assert_never(trigger)


def latest_start(starts: Iterable[Start]) -> Start:
    """The latest of several; one that has not plainly started makes the whole like it."""
    return max(starts, key=lambda start: (start.clock, start.day or date.min))


def local_day(value: Value, zone: ZoneInfo) -> date | None:
    """The local date of a date or timestamp; None for anything else."""
    if isinstance(value, datetime):
        try:
            return value.astimezone(zone).date() if value.tzinfo is not None else None
        except (OverflowError, ValueError):
            return None
    return value if isinstance(value, date) else None


def days_of(value: Value, kind: DateKind | None, zone: ZoneInfo) -> Value | tuple[date | None, ...]:
    """All that a date column is read for: of a timestamp its days, of anything else the value itself."""
    return (local_day(value, zone), *_as_written(value, kind)) if isinstance(value, datetime) else value


def _plausible(name: str, record: Record, day: Day, seen: tuple[str, ...] = ()) -> Start:
    """A date column as a day, before the question whether it may lie ahead."""
    value = record.values[name]
    if value is None:
        return Start(Clock.MISSING)
    local = local_day(value, day.zone)
    written = _as_written(value, record.dataset.dates.get(name))
    if local is None or local < record.dataset.plausible_from or not SENTINELS.isdisjoint((local, *written)):
        return Start(Clock.IMPLAUSIBLE)
    bound = record.dataset.dates[name].not_before if name in record.dataset.dates else None
    if bound is not None and bound not in seen:
        # A bound that cannot be read is no bound that was kept: missing data makes nothing due.
        earliest = _plausible(bound, record, day, (*seen, name))
        if earliest.day is None or local < earliest.day:
            return Start(Clock.IMPLAUSIBLE)
    return Start(Clock.STARTED, local)


def _as_written(value: Value, kind: DateKind | None) -> tuple[date, ...]:
    """The dates that stand for a timestamp where it was written: in UTC, and in the zone of its column."""
    if not isinstance(value, datetime):
        return ()
    zone = kind.zone if isinstance(kind, Timestamp) else None
    there = None if zone is None else local_day(value, ZoneInfo(zone))
    return (value.date(),) if there is None else (value.date(), there)


def _event(name: str, record: Record, day: Day) -> Start:
    start = _plausible(name, record, day)
    return Start(Clock.FUTURE) if start.day is not None and start.day > day.today else start


def _end(name: str, record: Record, day: Day) -> Start:
    start = _plausible(name, record, day)
    if start.clock is Clock.MISSING or (start.day is not None and start.day > day.today):
        return Start(Clock.RUNNING)
    return start


def _birth(name: str, record: Record, day: Day) -> Start:
    value = record.values[name]
    local = local_day(value, day.zone)
    if value is None:
        return Start(Clock.MISSING)
    if local is None or local in {date.min, date.max}:
        return Start(Clock.IMPLAUSIBLE)
    return Start(Clock.FUTURE) if local > day.today else Start(Clock.STARTED, local)


def _year(value: Value, record: Record, day: Day) -> Start:
    if value is None:
        return Start(Clock.MISSING)
    if not isinstance(value, int) or isinstance(value, bool) or not MINYEAR < value < MAXYEAR:
        return Start(Clock.IMPLAUSIBLE)
    if value < record.dataset.plausible_from.year:
        return Start(Clock.IMPLAUSIBLE)
    return Start(Clock.FUTURE) if value > day.today.year else Start(Clock.STARTED, date(value, 12, 31))


def _earliest(starts: list[Start]) -> Start:
    readable = [start for start in starts if start.day is not None]
    if readable:
        return min(readable, key=lambda start: start.day or date.max)
    return max(starts, key=lambda start: start.clock)


def _latest_of(trigger: LatestOf, record: Record, facts: Facts, day: Day) -> Start:
    related = joined(facts, trigger.dataset, trigger.on, record)
    if related is None:
        return Start(Clock.IMPLAUSIBLE)
    if not related:
        return Start(Clock.MISSING) if trigger.if_none is None else read_start(trigger.if_none, record, facts, day)
    return latest_start(read_start(trigger.of, one, facts, day) for one in related)


def _followed_by(trigger: FollowedBy, record: Record, facts: Facts, day: Day) -> Start:
    last, links = [], [record]
    for _ in range(trigger.at_most + 1):
        following: list[Record] = []
        for link in links:
            after = joined(facts, record.dataset, trigger.on, link)
            if after is None:
                return Start(Clock.IMPLAUSIBLE)
            following += after
            if not after:
                last.append(link)
        if not following:
            return latest_start(read_start(trigger.of, one, facts, day) for one in last)
        links = _each_once(following)
    return Start(Clock.IMPLAUSIBLE)


def is_chained(trigger: Trigger) -> bool:
    """Whether a trigger follows a chain, of which its records may be links: then `links_broken_chain` may be true."""
    match trigger:
        case FollowedBy():
            return True
        case Latest():
            return any(is_chained(part) for part in trigger.parts)
        case EndOfYear() | OpenWhileEmpty():
            return is_chained(trigger.of)
        case _:
            return False


def links_broken_chain(trigger: Trigger, record: Record, facts: Facts) -> bool:
    """Whether a record is part of a chain that no earlier link can read: too long, or biting its tail.

    It is then as implausible for every link: were one to go, the chain would read otherwise than before (P12).
    """
    return any(
        _ahead(one.on, record, facts, one.at_most + 1) + _behind(one.on, record, facts, one.at_most + 1) > one.at_most
        for one in chains(trigger)
    )


def _ahead(on: Join, record: Record, facts: Facts, at_most: int) -> int:
    """The most steps to a record after this one, up to a bound."""
    links = [record]
    for steps in range(at_most):
        links = _each_once(one for link in links for one in joined(facts, record.dataset, on, link) or ())
        if not links:
            return steps
    return at_most


def _behind(on: Join, record: Record, facts: Facts, at_most: int) -> int:
    """The most steps from a record before this one, up to a bound."""
    before = Join(tuple((ours, theirs) for theirs, ours in on.pairs))
    links = [record]
    for steps in range(at_most):
        follow = (one for one in links if on.where is None or holds_of(on.where, one, facts) is not False)
        links = _each_once(one for link in follow for one in facts.related(record.dataset, before, link))
        if not links:
            return steps
    return at_most


def _each_once(records: Iterable[Record]) -> list[Record]:
    return list({record.key: record for record in records}.values())


def _open_while_empty(trigger: OpenWhileEmpty, record: Record, facts: Facts, day: Day) -> Start:
    start = read_start(trigger.of, record, facts, day)
    if start.clock is not Clock.MISSING:
        return start
    active = read_start(trigger.activity, record, facts, day)
    stale = active.day is None or ended(trigger.stale_after.after(active.day), day.today)
    return start if stale else Start(Clock.OPEN)
