"""Every run here is held to the same: what is gone is what the log says, and both verifiers accept the log."""

import pytest

from tests.golog import go_verify  # noqa: F401 - a fixture
from tests.integration.run.evidence import check
from tests.integration.run.world import World


@pytest.fixture
def world(tmp_path) -> World:
    """Forty dossiers and what belongs to them."""
    return World(tmp_path / "org", 40).create()


@pytest.fixture
def evidence(go_verify):  # noqa: F811 - the fixture
    """Hold an estate's log, spool and data to each other; returns what was destroyed, by dataset."""

    def held_to(world, estate, before, **more):
        return check(world, estate, before, go_verify, **more)

    return held_to
