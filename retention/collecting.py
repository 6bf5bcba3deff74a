"""How often Python looks for objects that only refer to each other: never at imports, seldom while records pass by."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

_SELDOM: Final = (100_000, 50, 100)  # new objects to the first look; looks of one kind to one of the next


@contextmanager
def imported_for_good() -> Generator[None]:
    """Look through nothing that is imported meanwhile, now or later: a tenth of what it takes to start."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was:
            gc.enable()


@contextmanager
def seldom() -> Generator[None]:
    """Look seldom: the tuples of a batch are in no circle and go with it, and to look through them took half the time.

    What is there by then, such as every import, is not looked through at all.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.collect()  # what is new alone, which is little: a process that plans again and again keeps no circles
        gc.unfreeze()


def not_at_the_end() -> None:
    """Look through nothing when the process ends: all its memory goes at once, and the look took a tenth of a second.

    What must be written or closed is so by whoever opened it, never by the collector.
    """
    atexit.unregister(gc.freeze)  # so that it is told once, however often this is called
    atexit.register(gc.freeze)
