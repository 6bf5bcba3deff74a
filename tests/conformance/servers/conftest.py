"""Every test of a server's store runs on every version of it that can be had."""

from collections.abc import Iterator

import pytest

from tests import mariadb, postgresql
from tests.servers import OTHER_MARIADB, OTHER_POSTGRESQL, need


@pytest.fixture(params=[postgresql.DEFAULT, *OTHER_POSTGRESQL])
def postgresql_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the test's own, on one version after the other."""
    way = need(request.param)
    if request.param != postgresql.DEFAULT and way == need(postgresql.DEFAULT):
        pytest.skip(f"{postgresql.DEFAULT} is this server already")
    with postgresql.database(way) as url:
        yield url


@pytest.fixture(params=[mariadb.DEFAULT, *OTHER_MARIADB])
def mariadb_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """As above, of MariaDB."""
    need(request.param)
    with mariadb.database(of=request.param) as url:
        yield url
