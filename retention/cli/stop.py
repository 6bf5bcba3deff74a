"""Asked to stop: a sweep settles the batch under way, publishes, and ends; it never breaks off by itself.

SIGTERM, SIGINT and SIGHUP ask alike. One that was ignored when we were started stays ignored: `nohup` means it. Where
one asks within another, as a command within a job, both hear of it.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import click
import structlog

from retention import events

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_FAILED: Final = 1  # exit status


@contextmanager
def stop_asked(*, tell: bool = True) -> Generator[Callable[[], bool]]:
    """Whether a signal asked to stop since; a second SIGINT interrupts as usual.

    `tell` says it in a log line, once, when it is asked for: a handler may not log, since the signal may have come in
    the middle of another line, whose lock it would wait for.
    """
    asked: list[int] = []
    told: list[int] = []
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def note(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        outer = before[signal.Signals(number)]
        if callable(outer) and outer is not signal.default_int_handler:
            outer(number, frame)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def stop() -> bool:
        if asked and tell and not told:
            told.extend(asked)
            structlog.get_logger().warning(events.RUN_STOPPING, signal=signal.Signals(asked[0]).name)
        return bool(asked)

    ours = [number for number in SIGNALS if before[number] not in {signal.SIG_IGN, None}]
    for number in ours:
        signal.signal(number, note)
    try:
        yield stop
    finally:
        for number in ours:
            signal.signal(number, before[number])
        stop()


def stopping(progress: Callable[[str, int], None], stop: Callable[[], bool]) -> Callable[[str, int], None]:
    """Progress of work that may be left off anywhere, as reading may: once asked to stop it ends the command."""

    def report(name: str, count: int) -> None:
        progress(name, count)
        if stop():
            click.echo("Error: asked to stop before all was read; there is no plan of this. Run it again.", err=True)
            raise click.exceptions.Exit(_FAILED)

    return report
