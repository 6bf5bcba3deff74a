"""Real replicas, started by a test and ended with it: a PostgreSQL standby, and a MariaDB pair."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy.engine import make_url

from tests import mariadb, postgresql
from tests.integration.run.world import World
from tests.integration.run.worlds import opened
from tests.servers import need

SECONDS = 30


@dataclass(frozen=True)
class Followed:
    """A world whose data store has a replica that can be kept from following."""

    world: World
    replica: str  # its URL
    halt: Callable[[], None]  # it falls behind, by over half a second when this returns
    go_on: Callable[[], None]  # it has caught up when this returns


@contextmanager
def followed(engine: str, place) -> Iterator[Followed]:
    """A world of forty dossiers on a server of this kind, with a replica."""
    need(engine)
    with (_postgresql if engine == "postgresql" else _mariadb)(place) as found:
        yield found


class Standby(postgresql.Own):
    """A standby of another server of ours."""

    def __init__(self, primary: postgresql.Own) -> None:
        super().__init__(primary._binaries, postgresql.HASTY)
        self._primary = primary

    def begin(self) -> Standby:
        """Copy the primary and follow it."""
        if self._account:
            self._home.chmod(0o700)
            postgresql.os.chown(self._home, self._account.pw_uid, self._account.pw_gid)
        copy = self._binaries / "pg_basebackup"
        self._run(copy, "-d", self._primary.url, "-D", self._data, "-R", "-X", "stream", "-c", "fast")
        self.start()
        postgresql.atexit.register(self._end)
        return self


@contextmanager
def _postgresql(place) -> Iterator[Followed]:
    way = need("postgresql")
    primary = postgresql.durable(way)  # type: ignore[arg-type]
    if not isinstance(primary, postgresql.Own):
        pytest.skip("a standby is made of a server from packages")
    with postgresql.database(way, primary) as cvs, postgresql.database(way, primary) as crm:  # type: ignore[arg-type]
        spec = {"engine": "postgresql", "root": str(place / "org"), "size": "40", "cvs": cvs, "crm": crm}
        world = opened(spec).create()
        standby = Standby(primary).begin()
        replica = make_url(standby.url).set(database=make_url(cvs).database).render_as_string(hide_password=False)

        def behind() -> bool:
            return postgresql.execute(
                replica,
                "SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn() "
                "AND clock_timestamp() - pg_last_xact_replay_timestamp() > interval '0.5 s'",
            ) == [(True,)]

        def halt() -> None:
            world.sql("cvs", "UPDATE dossier SET regime = regime")
            until(lambda: postgresql.execute(replica, "SELECT pg_last_xact_replay_timestamp()") != [(None,)])
            postgresql.execute(replica, "SELECT pg_wal_replay_pause()")
            world.sql("cvs", "UPDATE dossier SET regime = regime")
            until(behind)

        def go_on() -> None:
            postgresql.execute(replica, "SELECT pg_wal_replay_resume()")
            until(lambda: not behind())

        try:
            yield Followed(world, replica, halt, go_on)
        finally:
            standby.kill()


@contextmanager
def _mariadb(place) -> Iterator[Followed]:
    if not mariadb.packaged():
        pytest.skip("a replica is made of servers from packages")
    primary = mariadb.Own((*mariadb.HASTY, "--log-bin=log", "--server-id=1")).begin()
    follower = mariadb.Own((*mariadb.HASTY, "--server-id=2")).begin()
    try:
        with mariadb.database(primary) as cvs, mariadb.database(primary) as crm:
            spec = {"engine": "mariadb", "root": str(place / "org"), "size": "40", "cvs": cvs, "crm": crm}
            world, name = opened(spec).create(), make_url(cvs).database
            mariadb.sql(
                follower.url,
                f"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={primary.url.port}, MASTER_USER='proef', "
                f"MASTER_PASSWORD='{primary.url.password}', MASTER_USE_GTID=slave_pos",
                "START REPLICA",
            )
            until(lambda: _behind(follower) == 0 and (name,) in mariadb.rows(follower.url, "SHOW DATABASES"))
            until(lambda: ("aanmelding",) in mariadb.rows(follower.url, f"SHOW TABLES IN {make_url(crm).database}"))
            with closing(mariadb.connect(follower.url)) as keeper, keeper.cursor() as cursor:

                def halt() -> None:
                    cursor.execute(f"LOCK TABLES {name}.dossier READ")
                    world.sql("cvs", "UPDATE dossier SET samenvatting = 'anders'")
                    until(lambda: (_behind(follower) or 0) >= 1)

                def go_on() -> None:
                    cursor.execute("UNLOCK TABLES")
                    until(lambda: _behind(follower) == 0)

                url = follower.url.set(drivername="mariadb", database=name)
                yield Followed(world, url.render_as_string(hide_password=False), halt, go_on)
    finally:
        follower.kill()
        primary.kill()


def _behind(follower: mariadb.Own) -> int | None:
    """Seconds, as the server says them; None: it does not follow."""
    with closing(mariadb.connect(follower.url)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW REPLICA STATUS")
        names = [one[0] for one in cursor.description]
        row = cursor.fetchone()
    found = None if row is None else dict(zip(names, row, strict=True))["Seconds_Behind_Master"]
    return None if found is None else int(found)


def until(true: Callable[[], bool]) -> None:
    """Wait until it is, as a person would."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "a replica does not do what it was told to"
        time.sleep(0.02)
