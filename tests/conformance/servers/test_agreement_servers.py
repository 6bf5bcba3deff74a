"""Memory judges by definition; each server, in its own types, must say the same of every record, and why."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

import pytest

from tests import mariadb, postgresql
from tests.conformance.agreement import PROCESSES, Place, compare, shortcomings
from tests.servers import need

WORLDS = 500
DATABASES = {
    "postgresql": lambda: postgresql.database(need("postgresql")),
    "mariadb": lambda: need("mariadb") and mariadb.database(),
}


@pytest.mark.timeout(900)
@pytest.mark.soak
@pytest.mark.parametrize("engine", DATABASES)
def test_memory_and_a_server_agree_on_what_is_due_what_is_kept_and_why(seed: int, soak: bool, engine: str):  # noqa: FBT001 - a fixture
    database: Callable[[], AbstractContextManager[str]] = DATABASES[engine]
    wanted = 10 * WORLDS if soak else WORLDS
    with ExitStack() as stack:
        places = [Place(engine, {store: stack.enter_context(database()) for store in "ab"}) for _ in range(PROCESSES)]
        compared = compare(seed, wanted, places)
    assert shortcomings(compared, wanted) == []
