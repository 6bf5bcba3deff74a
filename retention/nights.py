"""Nights: which runs make one, and when the last good one ended; the same for the status and for notices (P9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from retention.control.interface import Run, RunStatus
from retention.run_summary import DatasetRun, RunSummary

_GOOD: Final = frozenset({RunStatus.DONE, RunStatus.WAITING})
_SKEW: Final = timedelta(minutes=5)  # as a sweep allows of a server's clock


def had_a_turn(told: DatasetRun) -> bool:
    """Whether there was time for any record of a dataset; what is refused or waits for a person asks for none."""
    return told.planned > told.postponed and not (told.refused or told.waiting)


def had_no_time(told: RunSummary) -> bool:
    """Whether there was time for nothing at all, as in a run that begins while the window is closed."""
    return told.postponed > 0 and not any(map(had_a_turn, told.datasets))


def is_second(told: RunSummary | None) -> bool:
    """Whether a run is a night's second one, of what has a notice of 0 days: alone it makes no night."""
    return told is not None and told.same_day


def ahead(run: Run, now: datetime) -> bool:
    """Whether a run ended after now: the clock was ahead then, or is behind."""
    return run.ended is not None and run.ended > now + _SKEW


def last_good(runs: Iterable[tuple[Run, RunSummary | None]], now: datetime) -> datetime | None:
    """When the last good night ended; None: none has. Runs come with what they told, None where that is not known.

    One that had no time for anything is none, or a window that is never open when runs start would stay unseen for
    ever. Neither is one that ended after now, or a clock that was once a year ahead would say for a year that all is
    well.
    """
    known = [*runs]
    nights = [one for one in known if not is_second(one[1])] or known
    good = (run for run, told in nights if run.status in _GOOD and (told is None or not had_no_time(told)))
    return max((run.ended for run in good if run.ended is not None and not ahead(run, now)), default=None)
