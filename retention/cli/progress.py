"""Long work says how far it is: a moving line on a terminal, plain log lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import structlog

from retention import events

if TYPE_CHECKING:
    from rich.status import Status

Progress = Callable[[str, int], None]
"""Told which dataset is under way, and how many of its records have been."""

_EVERY_SECONDS: Final = 10.0  # between two log lines about one dataset


@contextmanager
def shown(doing: str) -> Generator[Progress]:
    """A place to report progress to; what it shows is gone when left."""
    if not sys.stderr.isatty():
        yield _Logged()
        return
    from rich.console import Console  # noqa: PLC0415 - no night has a terminal

    with Console(stderr=True, highlight=False, markup=False).status(doing) as status:
        yield _Moving(status, doing)


class _Moving:
    """One line that changes."""

    def __init__(self, status: Status, doing: str) -> None:
        self._status, self._doing = status, doing

    def __call__(self, dataset: str, count: int) -> None:
        self._status.update(f"{self._doing}: {dataset} {count}")


class _Logged:
    """A log line per dataset, and one every ten seconds while it lasts."""

    def __init__(self) -> None:
        self._dataset, self._said = "", 0.0

    def __call__(self, dataset: str, count: int) -> None:
        passed = time.monotonic()
        if dataset != self._dataset or passed - self._said >= _EVERY_SECONDS:
            self._dataset, self._said = dataset, passed
            structlog.get_logger().info(events.DATASET_PROGRESSED, dataset=dataset, records=count)
