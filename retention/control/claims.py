"""What the schedule asks of our own memory: who does which day's work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from msgspec import Struct


class Claim(Struct, frozen=True, kw_only=True):
    """A job's work of one day, and who began it when; only the schedule claims."""

    job: str
    day: date  # local
    claimed: datetime  # aware, UTC: when it was begun, the last time if its first process died
    ended: datetime | None = None  # aware, UTC; None: under way, or its process died
    exit_status: int | None = None  # None: as above


class Claims(Protocol):
    """One transaction's claims."""

    def claim(self, job: str, day: date, now: datetime) -> Claim | None:
        """Take a day's work of a job on, unless it has ended; the claim there was, None when nobody had begun it."""
        ...

    def end_claim(self, job: str, day: date, now: datetime, exit_status: int) -> None:
        """Note that a day's work is done; it is never begun again."""
        ...

    def last_claim(self, job: str) -> Claim | None:
        """The newest day that somebody began."""
        ...
