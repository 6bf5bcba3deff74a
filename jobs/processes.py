"""A job as a process of its own, that ends by itself or is asked to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from retention import config
from retention.config import Settings

JOBS: Final[Mapping[str, str]] = {"sweep": "nightly_sweep", "plan": "dry_run_report", "verify": "verify_audit"}
"""The module of each job, by the name that [schedule] has for it."""

Start = Callable[[str, int], int | None]
"""Runs a job to its end, with a lock's descriptor to inherit; its exit status, or None when a signal cut it off."""

_PACKAGE: Final = __name__.rpartition(".")[0]  # jobs in a clone, retention_jobs where it is installed


@dataclass(slots=True)
class Processes:
    """The jobs under way."""

    settings: Settings
    _under_way: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _stopping: bool = False

    def start(self, job: str, lock: int) -> int | None:
        """Run a job to its end; it says itself how it ended."""
        environment = os.environ | {config.VARIABLE: str(self.settings.file)}
        command = [sys.executable, "-m", f"{_PACKAGE}.{JOBS[job]}"]
        process = subprocess.Popen(command, env=environment, pass_fds=(lock,))  # noqa: S603 - our own module, no words of anybody's
        self._under_way.append(process)
        if self._stopping:  # asked while it started
            process.terminate()
        try:
            status = process.wait()
        finally:
            self._under_way.remove(process)
        return None if status < 0 else status

    def stop(self) -> None:
        """Ask every job under way to end after its batch."""
        self._stopping = True
        for process in list(self._under_way):
            process.terminate()
