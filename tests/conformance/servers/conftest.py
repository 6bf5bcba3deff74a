"""Every test of a server's store runs on every version of it that can be had."""

import re
from collections.abc import Iterator

import pytest

from tests import mariadb, postgresql
from tests.servers import OTHER_MARIADB, OTHER_POSTGRESQL, need

MARIADB_ALONE = re.compile(r"\bUUID\b|\bINET6\b|a history")  # what MySQL has not, as parameters begin


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """No test of MySQL is about what only MariaDB has."""
    absent = [item for item in items if _absent(item)]
    if absent:
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]


def _absent(item: pytest.Item) -> bool:
    params = getattr(getattr(item, "callspec", None), "params", {})
    return params.get("mariadb_url") == mariadb.MYSQL and any(
        isinstance(value, str) and MARIADB_ALONE.search(value) for value in params.values()
    )


@pytest.fixture(params=[postgresql.DEFAULT, *OTHER_POSTGRESQL])
def postgresql_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the test's own, on one version after the other."""
    way = need(request.param)
    if request.param != postgresql.DEFAULT and way == need(postgresql.DEFAULT):
        pytest.skip(f"{postgresql.DEFAULT} is this server already")
    with postgresql.database(way) as url:
        yield url


@pytest.fixture(params=[mariadb.DEFAULT, *OTHER_MARIADB, mariadb.MYSQL])
def mariadb_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """As above, of MariaDB, and of MySQL."""
    need(request.param)
    with mariadb.database(of=request.param) as url:
        yield url
