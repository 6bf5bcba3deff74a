"""Asked to stop: a sweep settles the batch under way, publishes, and ends; it never breaks off by itself."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

import structlog

from retention import events


@contextmanager
def stop_asked() -> Generator[Callable[[], bool]]:
    """Whether SIGTERM or SIGINT came since; a second SIGINT interrupts as usual."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        structlog.get_logger().warning(events.RUN_STOPPING, signal=signal.Signals(number).name)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
