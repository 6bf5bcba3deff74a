"""How a library is imported that would import another for what nobody here asks of it."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def without(package: str) -> Generator[None]:
    """Let what is imported meanwhile find a package not installed, unless it has been imported already.

    For what a library uses where it is there, and does without where it is not. None in `sys.modules` is Python's own
    word for it; who imports the package afterwards finds it.
    """
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment] # what importing answers to with ModuleNotFoundError
    try:
        yield
    finally:
        del sys.modules[package]
