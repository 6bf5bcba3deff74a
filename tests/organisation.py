"""The demo organisation, tiny, on every engine: its databases, and its rows as a database has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from policies.data_map import STORES
from policies.demo_data import create, create_on
from tests.servers import database

ENGINES = ("sqlite", "postgresql", "mariadb")
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}

Row = Mapping[str, tuple[str, object]]
"""A row as the database has it: column to the kind of its value there, and the value."""


@contextmanager
def organisation(engine: str, folder: Path) -> Iterator[dict[str, str]]:
    """The URLs of its databases, by store."""
    if engine == "sqlite":
        create(folder, size="tiny")
        yield {store: f"sqlite:///{folder}/{store}.db" for store in STORES}
        return
    with ExitStack() as stack:
        urls = {store: stack.enter_context(database(engine)) for store in STORES}
        create_on(engine, {store: _driven(url) for store, url in urls.items()}, size="tiny")  # type: ignore[arg-type]
        yield urls


def rows(url: str, table: str, key: Mapping[str, object]) -> list[Row]:
    """The rows of a key, read without the code under test, and whatever the database takes for equal to it."""
    where = " AND ".join(f"{column} = :{column}" for column in key)
    engine = create_engine(_driven(url), poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table} WHERE {where}"), key).mappings().all()
    engine.dispose()
    return [{name: (type(value).__name__, value) for name, value in one.items()} for one in found]


def _driven(url: str) -> str:
    parsed = make_url(url)
    driver = DRIVERS[parsed.get_backend_name()]
    return parsed.set(drivername=driver).render_as_string(hide_password=False)
