"""Our own clock as others see it: /metrics and /healthz, where [metrics] says so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from retention import opening
from retention.config import Settings
from retention.watch.readings import Readings, read


def watched(
    settings: Settings, lives: Callable[[], bool], next_night: Callable[[], datetime | None]
) -> AbstractContextManager[object]:
    """Answer while inside, if anybody is to be answered.

    Raises:
        ConfigError: nobody can listen where [metrics] says.

    """
    if settings.metrics.address is None:
        return nullcontext()
    from retention.watch.server import serving  # noqa: PLC0415 - the library is loaded when it is used

    def look() -> Readings:
        return read(settings, now=opening.now(), next_night=next_night())

    return serving(settings.metrics.address, look, lives)
