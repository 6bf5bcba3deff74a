"""A container engine, when one answers: containers of a test run, removed also when the run is killed."""

from __future__ import annotations

import functools
import os
import secrets
import shutil
import subprocess
from typing import Any

from tests.guardian import guard

LABEL = "retention-test"
SECONDS = 3  # an engine that does not answer in this time is no engine
_END = f'for one in $(docker ps -aq --filter "label={LABEL}=$0"); do docker rm -f -v "$one"; done'


@functools.cache
def answers() -> bool:
    """Whether there is an engine, asked once a run."""
    command = shutil.which("docker")
    try:
        asked = command and subprocess.run([command, "version"], capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return bool(asked) and asked.returncode == 0


def run(container: Any) -> Any:
    """Start one of testcontainers' under our own guard: no second image is needed to end it."""
    from testcontainers.core.config import testcontainers_config  # noqa: PLC0415 - where an engine answers

    testcontainers_config.ryuk_disabled = True
    token = f"{os.getpid()}-{secrets.token_hex(4)}"
    guard("then", "/bin/sh", "-c", _END, token)
    return container.with_kwargs(labels={LABEL: token}).start()
