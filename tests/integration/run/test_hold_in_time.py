"""`retention hold place` as somebody types it, while a sweep is at work on very many rows: seconds, no minutes (P1)."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.estate import ORIGIN
from tests.integration.run import placer
from tests.integration.run.acts import planned
from tests.integration.run.processes import ROOT, go_on, heard, running
from tests.integration.run.worlds import on_engine

SOON = 5.0  # seconds, of the whole command
MILLION, SOME = 160_000, 800  # dossiers, with over six times as many rows
CONFIG = """
[organisation]
name = "Test"
zone = "Europe/Amsterdam"
[policies]
register = "policies:REGISTER"
[log]
origin = "{origin}"
trust = "trust"
[state]
directory = "state"
[keys]
directory = "keys"
[stores.cvs]
url = "{cvs}"
[stores.crm]
url = "{crm}"
[[people]]
id = "jurist"
name = "Jurist"
roles = ["legal"]
account = "{account}"
"""


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_a_hold_is_placed_within_seconds_while_a_sweep_is_at_work(engine, place, soak, seed):
    dice = random.Random(seed)
    with on_engine(engine, place / "org", MILLION if soak else SOME) as world:
        rows = world.look().rows
        assert rows > (1_000_000 if soak else 0)
        planned(world.estate())
        home = installed(world)
        idle = seconds_to_hold(home, MILLION)  # somebody who has nothing, before the sweep
        took, returned = [], {}
        with running(world, "sweep", "before") as sweeper:
            assert [heard(sweeper), heard(sweeper)] == ["ready", "before"]
            go_on(sweeper)
            while sweeper.running() and len(took) < (20 if soak else 2):
                client = dice.randrange(world.size // 4)
                took.append(seconds_to_hold(home, client))
                returned[client] = placer.of(world, client)
        print(f"{rows} rows, {len(took)} holds, {min(took):.2f} to {max(took):.2f} s; idle {idle:.2f} s")  # noqa: T201 - docs/soak.md has it
        # Where much else runs beside it, a command crawls: what it takes then is compared with what it took before.
        assert max(took) < SOON if soak else min(took) < idle + SOON
        for client, there in returned.items():
            assert placer.of(world, client) == there, f"something of client {client} changed after its hold returned"


def seconds_to_hold(home: Path, client: int) -> float:
    """What the whole command takes, from its start to its end."""
    command = [sys.executable, "-m", "retention", "hold", "place", "--kind", "legal-hold", "--matter", "zaak", "--json"]
    begun = time.monotonic()
    done = subprocess.run(
        [*command, "--subject", f"client=C{client}", "--yes"],
        cwd=home,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    seconds = time.monotonic() - begun
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) == 1
    return seconds


def installed(world) -> Path:
    """The world's installation as the command finds it."""
    home = world.root / "home"
    account = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    (home / "retention.toml").write_text(CONFIG.format(origin=ORIGIN, account=account, **world.urls))
    (home / "policies.py").write_text(
        "from tests.integration.run.world import declare\n\nREGISTER = declare().register\n"
    )
    return home
