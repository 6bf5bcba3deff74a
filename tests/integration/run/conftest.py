"""Every run here is held to the same: what is gone is what the log says, and both verifiers accept the log."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.golog import go_verify  # noqa: F401 - a fixture
from tests.integration.run.evidence import check
from tests.integration.run.world import World
from tests.integration.run.worlds import ENGINES

ROUNDS = "RETENTION_TEST_ROUNDS"
MEMORY = Path("/dev/shm")  # noqa: S108 - a killed process loses nothing there, and a sync costs nothing


@pytest.fixture
def place(tmp_path):
    """A directory of this test, in memory where there is room: what is killed here is never the machine."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < 200 << 20:
        yield tmp_path
        return
    found = Path(tempfile.mkdtemp(prefix="retention-", dir=MEMORY))
    yield found
    shutil.rmtree(found)


@pytest.fixture(params=ENGINES)
def engine(request) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture
def rounds(soak):
    """How many rounds a loop has: a few, or with `make soak` so many, or RETENTION_TEST_ROUNDS of them."""
    return lambda short, long: int(os.environ.get(ROUNDS, long)) if soak else short


@pytest.fixture
def world(place) -> World:
    """Forty dossiers and what belongs to them."""
    return World(place / "org", 40).create()


@pytest.fixture
def estate(world):
    """An installation over them."""
    return world.estate()


@pytest.fixture
def evidence(go_verify):  # noqa: F811 - the fixture
    """Hold an estate's log, spool and data to each other; returns what was destroyed, by dataset."""

    def held_to(world, estate, before, **more):
        return check(world, estate, before, go_verify, **more)

    return held_to
