"""How often Python looks for objects that only refer to each other: seldom while records pass by the thousand."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

_SELDOM: Final = (100_000, 50, 100)  # new objects to the first look; looks of one kind to one of the next


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
        gc.unfreeze()
