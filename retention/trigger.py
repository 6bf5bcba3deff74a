"""Triggers: what starts a retention period (design.md R4 to R6).

Closed on purpose. A trigger is a value; `retention.judge` reads it from a record. Missing never means expired.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from retention.relation import Join, On, join

if TYPE_CHECKING:
    from retention.dataset import Dataset
    from retention.period import Period


class Column(Struct, frozen=True):
    """The local date of a date or timestamp column, of an event: after today it is not believed."""

    name: str


class Ends(Struct, frozen=True):
    """An end date: empty or in the future means that it still runs."""

    name: str


class Year(Struct, frozen=True):
    """31 December of a year held as an integer."""

    name: str


class Birth(Struct, frozen=True):
    """A date of birth: the usual sentinels may be somebody's real birthday, and are believed."""

    name: str


class Latest(Struct, frozen=True):
    """The latest of its parts; any part missing or implausible: so is the whole."""

    parts: tuple[Trigger, ...]


class Earliest(Struct, frozen=True):
    """The earliest part that can be read; parts that cannot are ignored, since the true one is no later."""

    parts: tuple[Trigger, ...]


class EndOfYear(Struct, frozen=True):
    """31 December of the local year in which another trigger falls."""

    of: Trigger


class LatestOf(Struct, frozen=True):
    """The latest of a trigger over related records.

    A related record without the date makes the whole missing. `if_none` is read where there is no related record at
    all; without it that is missing too.
    """

    dataset: Dataset
    of: Trigger
    on: Join
    if_none: Trigger | None = None


class FollowedBy(Struct, frozen=True):
    """The trigger of a record's last successors, as in a reopened case: chains are followed to their ends.

    `on` finds the records that follow this one, in its own dataset. Several ends: the latest counts. A chain longer
    than `at_most` steps, or one that bites its tail, is implausible.
    """

    of: Trigger
    on: Join
    at_most: int = 20  # steps


class OpenWhileEmpty(Struct, frozen=True):
    """A closing date that is rightly empty while something still happens: open until `stale_after` the activity."""

    of: Trigger
    activity: Trigger
    stale_after: Period


Trigger = Column | Ends | Year | Birth | Latest | Earliest | EndOfYear | LatestOf | FollowedBy | OpenWhileEmpty
StartsOn = str | Trigger


def trigger(starts_on: StartsOn) -> Trigger:
    """The trigger that a declaration means: a bare name is a column."""
    return Column(starts_on) if isinstance(starts_on, str) else starts_on


def ends(name: str) -> Ends:
    """An end date column: while it is empty or in the future, the record is kept."""
    return Ends(name)


def year(name: str) -> Year:
    """A column that holds a year."""
    return Year(name)


def birth(name: str) -> Birth:
    """A column that holds a date of birth."""
    return Birth(name)


def latest(*parts: StartsOn) -> Latest:
    """The latest of several triggers."""
    return Latest(tuple(trigger(part) for part in parts))


def earliest(*parts: StartsOn) -> Earliest:
    """The earliest of several triggers."""
    return Earliest(tuple(trigger(part) for part in parts))


def end_of_year(of: StartsOn) -> EndOfYear:
    """31 December of a trigger's local year."""
    return EndOfYear(trigger(of))


def latest_of(dataset: Dataset, of: StartsOn, on: On, *, if_none: StartsOn | None = None) -> LatestOf:
    """The latest of a trigger over the related records of a dataset."""
    return LatestOf(dataset, trigger(of), join(on), None if if_none is None else trigger(if_none))


def followed_by(of: StartsOn, on: On, *, at_most: int = 20) -> FollowedBy:
    """A trigger read at the end of a chain of successors."""
    return FollowedBy(trigger(of), join(on), at_most)


def open_while_empty(of: StartsOn, *, activity: StartsOn, stale_after: Period) -> OpenWhileEmpty:
    """A closing date that may be empty while there is activity."""
    return OpenWhileEmpty(trigger(of), trigger(activity), stale_after)


def chains(of: Trigger) -> tuple[FollowedBy, ...]:
    """The chains whose links go by their own rule's period: elsewhere in a trigger, the check lets none go first."""
    match of:
        case FollowedBy():
            return (of,)
        case Latest():
            return tuple(chain for part in of.parts for chain in chains(part))
        case EndOfYear() | OpenWhileEmpty():
            return chains(of.of)
        case _:
            return ()
