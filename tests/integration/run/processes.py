"""Sweeps in processes of their own: started, waited for, killed, stopped.

They are forked from a process that has imported everything and opened nothing: each begins at once, and clean.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.integration.run import sweeper
from tests.integration.run.world import World

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload([sweeper.__name__])
ROOT = Path(__file__).parents[3]
SECONDS = 60  # after which what a test waits for will not come


@dataclass(frozen=True)
class Child:
    """Another process, and the line to it."""

    process: ForkServerProcess
    line: Connection

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def running(self) -> bool:
        return self.process.is_alive()

    def stop(self) -> None:
        """SIGSTOP: it stands still, and does not know it."""
        os.kill(self.pid, signal.SIGSTOP)

    def awake(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.join(SECONDS)


@contextmanager
def running(world: World, what: str, *points: str) -> Iterator[Child]:
    """A sweeper that stops at these points; killed when left."""
    with started(sweeper.main, world, what, *points) as child:
        yield child


@contextmanager
def started(target: Callable[..., object], world: World, *more: str) -> Iterator[Child]:
    """A process that runs a function on the world and the line to us; killed when left."""
    ours, theirs = _FORKING.Pipe()
    process = _FORKING.Process(target=target, args=(theirs, world.spec, *more))
    process.start()
    theirs.close()
    child = Child(process, ours)
    try:
        yield child
    finally:
        child.kill()
        ours.close()


def heard(child: Child) -> str:
    """The next thing that it tells a test; empty when it has ended."""
    try:
        assert child.line.poll(SECONDS), "it says nothing any more"
        return str(child.line.recv())
    except (EOFError, ConnectionResetError):
        return ""


def go_on(child: Child, what: str = "") -> None:
    """Let it go on from where it waits."""
    child.line.send(what)
