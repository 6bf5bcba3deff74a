"""[sweep]: how a sweep paces itself, and when it may work."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from retention import windows
from retention.pacing import Pace


class SweepSettings(Struct, frozen=True, kw_only=True):
    """How a sweep paces itself."""

    batch_milliseconds: int | None = None  # a batch is sized to take about this long; None: 200, on a SQLite file 500
    batch_records: int = 2000  # records of the first one
    lock_seconds: int = 30  # how long to wait for a lock that another writer holds
    windows: tuple[str, ...] = ()  # when it may work, such as "22:00-06:00" or "sat-sun 00:00-24:00"; empty: any time
    budget_minutes: int | None = None  # how long one run may take; None: as long as there is work
    rate: int | None = None  # records a second at most; None: as fast as is kind to others
    replica_lag_seconds: int = 30  # a replica that is further behind is waited for

    @property
    def batch_seconds(self) -> float | None:
        """How long a batch may take; None: as long as its store thinks fit."""
        return None if self.batch_milliseconds is None else self.batch_milliseconds / 1000

    @property
    def pace(self) -> Pace:
        """When and how fast runs may work."""
        return Pace(
            windows=tuple(windows.parse(text) for text in self.windows),
            budget=None if self.budget_minutes is None else self.budget_minutes * 60.0,
            rate=self.rate,
            replica_lag=self.replica_lag_seconds,
        )


def wrong(sweep: SweepSettings) -> Iterator[tuple[str, str]]:
    """What the section cannot mean: where, and what to write."""
    for number, text in enumerate(sweep.windows, start=1):
        try:
            windows.parse(text)
        except ValueError as error:
            yield f"sweep.windows[{number}]", str(error)
    if sweep.batch_milliseconds is not None and sweep.batch_milliseconds < 1:
        yield "sweep.batch_milliseconds", "is too small; write at least 1, or leave it out"
    if sweep.budget_minutes is not None and sweep.budget_minutes < 1:
        yield "sweep.budget_minutes", "is too small; write at least 1, or leave it out for no budget"
    if sweep.rate is not None and sweep.rate < 1:
        yield "sweep.rate", "is too small; write at least 1 record a second, or leave it out for no rate"
    if sweep.replica_lag_seconds < 1:
        yield "sweep.replica_lag_seconds", "is too small; write at least 1"
