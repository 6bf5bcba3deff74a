"""[sweep]: how a sweep paces itself, and when it may work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings:
    """How a sweep paces itself."""

    batch_milliseconds: int = 200  # a batch is sized to take about this long
    batch_records: int = 1000  # records of the first one
    lock_seconds: int = 30  # how long to wait for a lock that another writer holds
