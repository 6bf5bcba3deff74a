"""A database of a stranger on a real server: its owner is an account with a password, and no administrator."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from tests.serve import url as server_url

DRIVER = {"postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql", "sqlite": "sqlite"}


@contextmanager
def connected(engine: str, url: URL) -> Iterator:
    """A connection of another program; each statement is committed."""
    made = create_engine(url.set(drivername=DRIVER[engine]), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with made.connect() as connection:
        yield connection
    made.dispose()


@contextmanager
def fresh(engine: str, name: str, password: str) -> Iterator[URL]:
    """An empty database of that name and a number, as its owner reaches it; gone afterwards, with the owner."""
    server = make_url(server_url(engine))
    unique = f"{name}_{secrets.token_hex(4)}"
    account = unique if engine == "postgresql" else f"{unique}@'%%'"
    if engine == "postgresql":
        making = [f"CREATE ROLE {account} LOGIN PASSWORD '{password}'", f"CREATE DATABASE {unique} TEMPLATE template0",
                  f"ALTER DATABASE {unique} OWNER TO {account}"]  # fmt: skip
        ending = [f"DROP DATABASE {unique} WITH (FORCE)", f"DROP ROLE {account}"]
    else:
        making = [f"CREATE DATABASE {unique}", f"CREATE USER {account} IDENTIFIED BY '{password}'",
                  f"GRANT ALL ON {unique}.* TO {account}"]  # fmt: skip
        ending = [f"DROP DATABASE {unique}", f"DROP USER {account}"]
    with connected(engine, server) as administrator:
        for statement in making:
            administrator.exec_driver_sql(statement)
        try:
            yield server.set(drivername=engine, database=unique, username=unique, password=password)
        finally:
            for statement in ending:
                administrator.exec_driver_sql(statement)
