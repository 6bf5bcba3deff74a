"""Ends what a test run started when that run is gone, killed or not: a process that waits for its input to end.

    guardian.py clear HOME       SIGKILL for whatever runs with that directory in its command line; then HOME is removed
    guardian.py then COMMAND...  a command

The other end of the input is held by the test run alone: the kernel closes it, however the run ends.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

SECONDS = 20  # for what it does at the end


def guard(*arguments: object) -> None:
    """Start a guardian; it does its work when this process ends."""
    guardian = subprocess.Popen(
        [sys.executable, "-IS", __file__, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,  # so that Ctrl-C reaches the tests, and not what they still need
    )
    atexit.register(_release, guardian)


def _release(guardian: subprocess.Popen) -> None:
    """Let a guardian do its work now, and wait until it is done."""
    assert guardian.stdin is not None
    guardian.stdin.close()
    guardian.wait(2 * SECONDS)


def _clear(home: str) -> None:
    listed = subprocess.run(["ps", "-axwwo", "pid=,command="], capture_output=True, check=False, timeout=SECONDS).stdout
    for line in listed.decode(errors="replace").splitlines():
        pid, _, command = line.strip().partition(" ")
        if home in command and int(pid) != os.getpid():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.read()
    match sys.argv[1:]:
        case ["clear", home]:
            _clear(home)
        case ["then", *command]:
            subprocess.run(command, check=False, timeout=SECONDS)
