"""A test run that is killed leaves no server behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 20
RUN = """
import subprocess, sys
from tests.guardian import guard
guard("clear", sys.argv[1])
server = subprocess.Popen(["/bin/sh", "-c", "sleep 600; :", sys.argv[1]])
print(server.pid, flush=True)
sys.stdin.read()
"""


def test_what_a_killed_run_had_started_ends_with_it(tmp_path: Path):
    home = tmp_path / "retention-a-server"
    home.mkdir()
    bystander = subprocess.Popen(["sleep", "600"])
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(home)], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        server = int(run.stdout.readline())
        assert alive(server)
        run.send_signal(signal.SIGKILL)
    try:
        wait_until(lambda: not alive(server) and not home.exists())
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def wait_until(so) -> None:
    end = time.monotonic() + SECONDS
    while not so():
        assert time.monotonic() < end
        os.sched_yield()
