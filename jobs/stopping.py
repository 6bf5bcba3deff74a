"""Signals that ask to stop, heard in a thread of their own: a signal's handler may take no lock, not even to log."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from types import FrameType
from typing import Final

from retention.cli.stop import SIGNALS

_DONE: Final = 0  # no signal has this number


@contextmanager
def heard(stop: Callable[[signal.Signals], None]) -> Iterator[None]:
    """Call `stop` for each SIGTERM, SIGINT and SIGHUP while inside; one that was ignored before stays ignored."""
    reads, writes = os.pipe()

    def write(number: int, _frame: FrameType | None) -> None:
        os.write(writes, bytes([number]))

    def listen() -> None:
        while (number := os.read(reads, 1)[0]) != _DONE:
            stop(signal.Signals(number))

    before = {number: signal.getsignal(number) for number in SIGNALS}
    ours = [number for number in SIGNALS if before[number] not in {signal.SIG_IGN, None}]
    listener = Thread(target=listen, name="signals", daemon=True)
    listener.start()
    try:
        for number in ours:
            signal.signal(number, write)
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
        os.write(writes, bytes([_DONE]))
        listener.join()
        os.close(reads)
        os.close(writes)
