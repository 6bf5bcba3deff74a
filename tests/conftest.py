"""Every run says what it takes to believe it: its seed, its seconds per tier, and what was missing."""

import compileall
import os
import random
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import postgresql, servers
from tests.tiers import Stopwatch, soaking

SEED_VARIABLE = "RETENTION_TEST_SEED"
SEED = pytest.StashKey[int]()
STOPWATCH = pytest.StashKey[Stopwatch]()

# No deadline: how long one example takes says more about the machine than about the code.
CALM = {"deadline": None, "print_blob": True, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("make test", **CALM)
hypothesis.settings.register_profile("make soak", **CALM, max_examples=2_000)


def compiled() -> None:
    """Compile the library once: hundreds of processes start, and where none may write bytecode each would do it."""
    for folder in ("retention", "jobs", "policies"):
        compileall.compile_dir(Path(__file__).parents[1] / folder, quiet=2)


def pytest_configure(config: pytest.Config) -> None:
    """Fix the run's one seed, hypothesis's too, and start the stopwatch."""
    seed = int(os.environ.setdefault(SEED_VARIABLE, "") or random.SystemRandom().randrange(2**32))
    os.environ[SEED_VARIABLE] = str(seed)  # the processes that share the tests draw from the same
    if not hasattr(config, "workerinput"):
        compiled()
    config.stash[SEED] = seed
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(seed)
    hypothesis.settings.load_profile("make soak" if soaking() else "make test")
    config.stash[STOPWATCH] = Stopwatch(getattr(config.option, "numprocesses", None) or 1)
    config.pluginmanager.register(config.stash[STOPWATCH], "stopwatch")
    servers.required()


def pytest_report_header(config: pytest.Config) -> str:
    """Print the seed before anything can go wrong."""
    return f"seed: {config.stash[SEED]} ({SEED_VARIABLE}={config.stash[SEED]} repeats this run)"


def lacking() -> list[str]:
    """What is missing although this run may not do without it."""
    return sorted(servers.missing().keys() & servers.required())


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that took too long, or lacked what it was told to have."""
    if hasattr(session.config, "workerinput"):
        return  # one of several: whoever started them sees all tests
    too_slow = session.config.stash[STOPWATCH].over()
    if session.exitstatus == pytest.ExitCode.OK and (too_slow or lacking()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what the run took, and what it could not try."""
    terminalreporter.section("seconds per tier")
    for line in config.stash[STOPWATCH].lines():
        terminalreporter.line(line)
    terminalreporter.section("missing")
    for name, remedy in servers.missing().items():
        verdict = "REQUIRED, the run fails" if name in lacking() else "what needs it was skipped"
        terminalreporter.line(f"{name}: {verdict}; {remedy}")
    if not servers.missing():
        terminalreporter.line("nothing: every server and tool that tests know is here")
    terminalreporter.line(pytest_report_header(config))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The run's seed, printed with a test that fails; RETENTION_TEST_SEED repeats it."""
    number = request.config.stash[SEED]
    print(f"seed {number}")  # noqa: T201 - pytest shows it when the test fails
    return number


@pytest.fixture(scope="session")
def soak() -> bool:
    """Whether the long form is asked for (`make soak`): `rounds = 200 if soak else 10`."""
    return soaking()


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """An empty PostgreSQL database of the test's own; skipped, or failed where required, without a server."""
    with postgresql.database(servers.need("postgresql")) as url:
        yield url


@pytest.fixture(scope="session")
def tlverify() -> Path:
    """The independent verifier, built from tests/verifier; skipped, or failed where required, without go."""
    return servers.build_go("verifier")
