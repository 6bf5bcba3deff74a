"""Ends a server when whoever started it is gone, killed or not: a process of its own that waits for its input to end.

    guardian.py run HOME ACCOUNT SIGNAL SCRIPT   a shell script as that account ("": ours), ended by that signal; then
                                                 HOME is removed. What the script says goes to HOME/log.
    guardian.py then COMMAND...                  a command, run when the input ends.

The other end of the input is held by the test run alone: the kernel closes it, however the run ends.
"""

from __future__ import annotations

import atexit
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

SECONDS = 20  # for a server to end by itself
LOOK = 0.5  # seconds between two looks at whether the server is still there


def guard(*arguments: object) -> subprocess.Popen:
    """Start a guardian; it ends with this process, or when the server does."""
    guardian = subprocess.Popen(
        [sys.executable, "-IS", __file__, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,  # so that Ctrl-C reaches the tests, and not what they still need
    )
    atexit.register(release, guardian)
    return guardian


def release(guardian: subprocess.Popen) -> None:
    """Let a guardian do its work now, and wait until it is done."""
    assert guardian.stdin is not None
    guardian.stdin.close()
    guardian.wait(2 * SECONDS)


def _run(home: Path, account: str, ending: str, script: str) -> None:
    as_account = {"user": account, "group": account, "extra_groups": ()} if account else {}
    try:
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                ["/bin/sh", "-c", script],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home, start_new_session=True, **as_account,
            )  # fmt: skip
        while server.poll() is None and not select.select([sys.stdin], [], [], LOOK)[0]:
            pass
        if server.poll() is None:
            _end(server, signal.Signals[ending])
        else:
            sys.stdin.read()  # it ended by itself: whoever started it still has its log to read
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _end(server: subprocess.Popen, ending: signal.Signals) -> None:
    for how in (ending, signal.SIGKILL):
        os.killpg(server.pid, how)
        try:
            server.wait(SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


def _then(*command: str) -> None:
    sys.stdin.read()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SECONDS)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["run", home, account, ending, script]:
            _run(Path(home), account, ending, script)
        case ["then", *command]:
            _then(*command)
