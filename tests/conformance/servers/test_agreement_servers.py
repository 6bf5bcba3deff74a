"""Memory judges by definition; each server, in its own types, must say the same of every record, and why."""

from contextlib import ExitStack

import pytest

from tests.conformance.agreement import PROCESSES, Compared, Place, compare, shortcomings
from tests.servers import database
from tests.tiers import ENGINES

WORLDS = 500
WORLDS_OF_MYSQL = 4  # its tables take long to make


@pytest.mark.timeout(900)
@pytest.mark.soak
@pytest.mark.parametrize("engine", ENGINES)
def test_memory_and_a_server_agree_on_what_is_due_what_is_kept_and_why(seed: int, soak: bool, engine: str):  # noqa: FBT001 - a fixture
    wanted = 10 * WORLDS if soak else WORLDS
    assert shortcomings(_compared(engine, seed, wanted), wanted) == []


def test_memory_and_mysql_agree(seed: int, soak: bool):  # noqa: FBT001 - a fixture
    compared = _compared("mysql", seed, WORLDS if soak else WORLDS_OF_MYSQL)
    assert compared.worlds == (WORLDS if soak else WORLDS_OF_MYSQL)
    assert compared.differing == []


def _compared(engine: str, seed: int, wanted: int) -> Compared:
    with ExitStack() as stack:
        places = [
            Place(engine, {store: stack.enter_context(database(engine)) for store in "ab"}) for _ in range(PROCESSES)
        ]
        return compare(seed, wanted, places)
