"""The same organisation on every engine, for tests that run on each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests import mariadb, postgresql
from tests.integration.run.world import World
from tests.servers import need

SERVERS = ("postgresql", "mariadb")
ENGINES = ("sqlite", *SERVERS)


def killable(engine: str) -> postgresql.Killable | mariadb.Killable:
    """The server of an engine that these tests run on: durable, one a run; skipped where there is none."""
    way = need(engine)
    if engine == "postgresql":
        assert isinstance(way, postgresql.Way)
        return postgresql.durable(way)
    return mariadb.durable()


@contextmanager
def on_engine(engine: str, root: Path, size: int) -> Iterator[World]:
    """A world of that many dossiers, freshly made."""
    if engine == "sqlite":
        yield World(root, size).create()
        return
    with database(engine) as cvs, database(engine) as crm:
        yield opened({"engine": engine, "root": str(root), "size": str(size), "cvs": cvs, "crm": crm}).create()


@contextmanager
def database(engine: str) -> Iterator[str]:
    """The URL of an empty database on the durable server."""
    server = killable(engine)
    if engine == "postgresql":
        with postgresql.database(postgresql.Way(), server) as url:  # type: ignore[arg-type]
            yield url
    else:
        with mariadb.database(server) as url:  # type: ignore[arg-type]
            yield url


def opened(spec: Mapping[str, str]) -> World:
    """A world that is there already, as another process opens it."""
    root, size = Path(spec["root"]), int(spec["size"])
    match spec["engine"]:
        case "postgresql":
            from tests.integration.run.postgresql_world import PostgresqlWorld  # noqa: PLC0415 - needs its driver

            return PostgresqlWorld(root, size, spec["cvs"], spec["crm"])
        case "mariadb":
            from tests.integration.run.mariadb_world import MariadbWorld  # noqa: PLC0415 - needs its driver

            return MariadbWorld(root, size, spec["cvs"], spec["crm"])
        case _:
            return World(root, size)
