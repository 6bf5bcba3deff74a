"""Kill a sweep with a batch in flight, let the next one settle it, and count for ourselves what is gone."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.context import ForkServerProcess
from typing import Final

from msgspec import Struct

from retention import bootstrap
from retention.control.interface import ControlStore
from retention.demo.place import Place
from retention.demo.reckoning import Reckoned, reckon, rows
from retention.demo.shell import Ran, Shell, ended
from retention.demo.steps import approve_all, last_run, plan, settings_of, sweep_arguments
from retention.errors import ControlError

_STEP_SECONDS: Final = 0.002
_LONGEST_SECONDS: Final = 60  # for a process that was killed to be gone
_TRIES: Final = 5  # a sweep may get a step further while it is stopped


class Killed(Struct, frozen=True, kw_only=True):
    """What was left of a sweep that was killed, and what the next one made of it."""

    prepared: bool  # the plan was made and approved
    open: int  # batches in flight when it was killed: signed, and without an outcome
    settled: int  # batches that the next sweep looked up and signed for
    sweep: Ran
    verify: Ran
    reckoned: Reckoned


def kill_and_settle(shell: Shell, place: Place) -> Killed:
    """Plan, approve, sweep, kill; then sweep again and verify.

    A copy is another database, whose plan is approved for itself: an approval covers no other (P5).
    """
    before = rows(place)
    planned, report = plan(shell, place)
    report.sign()
    approved = approve_all(shell, report)
    left = _killed(shell, place, sweep_arguments(report))
    again = shell.run(place, *sweep_arguments(report))
    return Killed(
        prepared=(planned.status, approved.status) == (0, 0),
        open=left,
        settled=int(last_run(place).get("recovered", 0)),
        sweep=again,
        verify=shell.run(place, "audit", "verify"),
        reckoned=reckon(place, before),
    )


def _killed(shell: Shell, place: Place, arguments: tuple[str, ...]) -> int:
    """Kill a sweep between a signed intent and its outcome; how many batches that left. 0: it was too quick for us."""
    with bootstrap.open_control(settings_of(place)) as control:
        for _ in range(_TRIES):
            with _started(shell, place, arguments) as process:
                _wait_for_a_batch(control, process)
            if left := _in_flight(control):
                return left
    return 0


def _wait_for_a_batch(control: ControlStore, process: ForkServerProcess) -> None:
    """Return while a batch is in flight and the sweep stands still, so that it dies there; or when it has ended."""
    while ended(process, 0) is None and process.pid is not None:
        os.kill(process.pid, signal.SIGSTOP)
        with suppress(ControlError):  # it may stand still while it holds what every reader waits for
            if _in_flight(control):
                return
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(_STEP_SECONDS)


@contextmanager
def _started(shell: Shell, place: Place, arguments: tuple[str, ...]) -> Iterator[ForkServerProcess]:
    """A process that nobody listens to; killed when left, if it still lives."""
    process = shell.start(place, *arguments)
    try:
        yield process
    finally:
        process.kill()
        ended(process, _LONGEST_SECONDS)


def _in_flight(control: ControlStore) -> int:
    with control.reading() as view:
        return len(view.flights())
