"""A clock for tests of pace: its hands move when somebody sleeps, and otherwise stand still."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from retention.pacing import Pace


class Hands:
    """Both clocks of a run: the one on the wall, and the one that only counts."""

    def __init__(self, wall: datetime) -> None:
        self.slept = 0.0  # seconds
        self.set(wall)
        self.each: Callable[[], None] = lambda: None  # done by others while somebody sleeps

    def set(self, wall: datetime) -> None:
        """Another night."""
        self._wall = wall.astimezone(UTC) - timedelta(seconds=self.slept)

    def now(self) -> datetime:
        return self._wall + timedelta(seconds=self.slept)

    def pace(self, **changes: object) -> Pace:
        return Pace(monotonic=lambda: self.slept, sleep=self._sleep, **changes)  # type: ignore[arg-type]

    def _sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.each()
