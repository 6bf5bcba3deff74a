"""Servers of our own from installed packages: in memory where there is room, without durability, ended with the run."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.guardian import guard

SECONDS = 60  # for a server to start
MEMORY = Path("/dev/shm")  # noqa: S108 - nothing here outlives the run
ROOM = 2**30  # bytes


def account_for(*names: str) -> str:
    """What a server runs as when the tests run as root, which it refuses to; "": as ourselves."""
    if os.geteuid() != 0:
        return ""
    known = {one.pw_name for one in pwd.getpwall()}
    return next(name for name in (*names, "nobody") if name in known)


def new_home(prefix: str, account: str) -> Path:
    """A directory for one server."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    home = Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if roomy else None))
    if account:
        owner = pwd.getpwnam(account)
        os.chown(home, owner.pw_uid, owner.pw_gid)
    return home


def start(home: Path, account: str, ending: str, script: str, answers: Callable[[], bool]) -> subprocess.Popen:
    """Run a script that becomes the server, and wait until it answers.

    Raises:
        AssertionError: it ended first, or took too long; with what it said.

    """
    guardian = guard("run", home, account, ending, script)
    for _ in range(SECONDS * 10):
        if answers():
            return guardian
        try:
            said = (home / "log").read_text(errors="replace") if (home / "log").exists() else ""
            guardian.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    message = f"the server did not start:\n{said}"
    raise AssertionError(message)
