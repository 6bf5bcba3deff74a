"""Seconds per tier, held to a budget: a slow test is found on the day it is written.

A tier is a folder under tests/, and a test counts for the longest name that fits; one that names a server, in its file
or among its parameters, counts for the servers' part of its tier. A tier, or the whole, at twice its budget fails the
run. Set-up and clearing away count too, since a person waits for them as well; where processes share the tests, what
each took counts in part, and the whole is what the clock says.
"""

import os
import time
from collections import defaultdict
from collections.abc import Container, Iterator
from pathlib import PurePosixPath

import pytest

SOAK = "RETENTION_TEST_SOAK"
WHOLE = "make test"
BUDGETS = {  # seconds on two cores, without a container engine
    "unit/core": 5.5,  # pure functions
    "unit": 12.0,  # with the property tests
    "model": 9.0,
    "policies": 4.0,
    "typing": 12.0,  # mypy starts cold
    "conformance": 62.0,
    "integration": 90.0,
    "acceptance": 165.0,  # every page of every report in a real browser, and a year of nights
    WHOLE: 360.0,
}
SERVERS = {  # besides, where PostgreSQL and MariaDB can be had: 12 minutes in all
    "conformance/servers": 165.0,
    "integration/servers": 140.0,
    "acceptance/servers": 50.0,
    "policies/servers": 5.0,
}
OWN_IMAGE = {"container": 60.0}  # besides, where our own image was built
BUDGETS |= SERVERS | OWN_IMAGE
ENGINES = ("postgresql", "mariadb")
SLOWEST = 10


def soaking() -> bool:
    """Whether the long forms run: no budget is held then."""
    return os.environ.get(SOAK, "") not in {"", "0"}


def budget(tier: str, ran: Container[str]) -> float:
    """What a tier may take, in seconds; the whole takes longer by what ran besides."""
    besides = SERVERS | OWN_IMAGE
    return BUDGETS[tier] + (sum(besides[one] for one in besides if one in ran) if tier == WHOLE else 0)


def tier_of(nodeid: str) -> str:
    """The tier of a test, by its folder."""
    folder = PurePosixPath(nodeid.split("::", 1)[0]).parent
    names = [str(path) for path in (folder, *folder.parents)]
    for name in names:
        if (tier := name.removeprefix("tests/")) in BUDGETS:
            on_server = f"{tier}/servers"
            return on_server if on_server in BUDGETS and any(engine in nodeid for engine in ENGINES) else tier
    message = f"{nodeid}: {folder} is no tier; tests/tiers.py lists them with their budgets"
    raise pytest.UsageError(message)


class Stopwatch:
    """A pytest plugin: what each tier took, and what was over."""

    def __init__(self, processes: int = 1) -> None:
        self.processes = processes  # that share the tests: what they take side by side a person waits for once
        self.begun = time.monotonic()
        self.tests: defaultdict[str, float] = defaultdict(float)

    def tiers(self) -> dict[str, float]:
        """Seconds per tier that ran, the whole last."""
        seconds: defaultdict[str, float] = defaultdict(float)
        for nodeid, taken in self.tests.items():
            seconds[tier_of(nodeid)] += taken / self.processes
        return {**{tier: seconds[tier] for tier in BUDGETS if tier in seconds}, WHOLE: time.monotonic() - self.begun}

    def over(self) -> list[str]:
        """The tiers at twice their budget."""
        ran = self.tiers()
        return [] if soaking() else [tier for tier, taken in ran.items() if taken >= 2 * budget(tier, ran)]

    def lines(self) -> Iterator[str]:
        """What the run prints at its end."""
        ran = self.tiers()
        for tier, taken in ran.items():
            verdict = "  AT TWICE ITS BUDGET: the run fails" if tier in self.over() else ""
            yield f"{taken:8.1f} s of {budget(tier, ran):5.0f} s  {tier}{verdict}"
        yield f"the {SLOWEST} slowest:"
        for nodeid in sorted(self.tests, key=lambda nodeid: -self.tests[nodeid])[:SLOWEST]:
            yield f"{self.tests[nodeid]:8.2f} s  {nodeid}"

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Refuse a test that stands in no tier."""
        for item in items:
            tier_of(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up what each phase of a test took."""
        self.tests[report.nodeid] += report.duration
