"""What the instruments show: the status, the last runs, and how each job ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from retention.config import Settings
from retention.status.assess import status_of
from retention.status.facts import Facts, Memory, Thresholds, ToldRun
from retention.status.gather import gather
from retention.status.value import Status
from retention.watch.ends import Ended, kept

NIGHT = "night"
SAME_DAY = "same-day"


class Readings(Struct, frozen=True, kw_only=True):
    """Everything that metrics, the health check and the dead man's switch are made of."""

    status: Status
    runs: Mapping[str, ToldRun]  # the newest ended run of a night, and its second one: night, same-day
    jobs: tuple[Ended, ...]


def read(settings: Settings, *, now: datetime, next_night: datetime | None = None) -> Readings:
    """The readings now. Never raises: what keeps us from looking is itself a reading, and proof at risk."""
    jobs = kept(settings.state.directory)
    try:
        facts = gather(settings, now=now, next_night=next_night)
        runs = dict(_newest(facts.memory)) if isinstance(facts.memory, Memory) else {}
        return Readings(status=status_of(facts), runs=runs, jobs=jobs)
    except Exception as error:  # noqa: BLE001 - a monitor that gets no answer must not take it for a good one
        return Readings(status=status_of(_blind(settings, now, type(error).__name__)), runs={}, jobs=jobs)


def _newest(memory: Memory) -> Iterator[tuple[str, ToldRun]]:
    """By kind; the newest comes first in memory, and is said last here, so that it wins."""
    for one in reversed(memory.runs):
        if one.run.ended is not None:
            yield SAME_DAY if one.same_day else NIGHT, one


def _blind(settings: Settings, now: datetime, why: str) -> Facts:
    return Facts(
        now=now,
        today=now.astimezone(settings.zone).date(),
        thresholds=Thresholds(late_after=timedelta(hours=settings.status.late_after_hours), anchor_after=None),
        memory=f"looking at it failed ({why})",
    )
