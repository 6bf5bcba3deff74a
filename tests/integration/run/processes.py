"""Sweeps in processes of their own: started, waited for, killed, stopped."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.run.world import World

ROOT = Path(__file__).parents[3]


@contextmanager
def running(world: World, what: str, *points: str) -> Iterator[subprocess.Popen[str]]:
    """A sweeper that stops at these points; killed when left."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.run.sweeper", str(world.root), str(world.size), what, *points],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def heard(child: subprocess.Popen[str]) -> str:
    """The next thing that it tells a test, among whatever it logs; empty when it has ended."""
    assert child.stdout is not None
    return next((line[2:].strip() for line in child.stdout if line.startswith("> ")), "")


def go_on(child: subprocess.Popen[str]) -> None:
    """Let it go on from where it waits."""
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()
