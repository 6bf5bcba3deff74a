"""What MariaDB does as a server: its clock, and a lock that ends with the connection that holds it."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, text

from retention.errors import StoreError, SweepRunning

OLDEST: Final = (10, 11)


def known_server(store: str, version: str) -> None:
    """Refuse a server on which nothing of what we promise was tried.

    Raises:
        StoreError: it is MySQL, or a MariaDB that is too old.

    """
    if "mariadb" not in version.lower():
        raise StoreError(
            f"Store {store}: its server is MySQL ({version}), on which no promise was proven; MariaDB's words for "
            "time-outs, histories and triggers are not its own. Use MariaDB, or wait for MySQL to be supported."
        )
    found = re.search(r"(\d+)\.(\d+)", version.removeprefix("5.5.5-"))  # how replicas of old say it
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise StoreError(f"Store {store}: its MariaDB ({version}) is older than {oldest}. Use {oldest} or later.")


class MariadbServer:
    """The server of one database."""

    def __init__(self, database: str) -> None:
        # Names of locks are the server's, not the database's, and at most 64 characters.
        self._name = "retention:" + hashlib.sha256(database.encode()).hexdigest()[:32]

    def clock(self, connection: Connection) -> datetime:
        """Its clock, in UTC."""
        found = connection.execute(text("SELECT UTC_TIMESTAMP(6)")).scalar_one()
        return datetime.fromisoformat(str(found)).replace(tzinfo=UTC)

    def acted(self, connection: Connection) -> int:
        """How often triggers have run in this session: which there are, an account may not be shown."""
        return int(connection.execute(text("SHOW SESSION STATUS LIKE 'Executed_triggers'")).one()[1])

    def hold_session(self, connection: Connection, store: str) -> None:
        """Take the session lock, for as long as the connection lives.

        Raises:
            SweepRunning: another session holds it.

        """
        taken = connection.execute(text("SELECT GET_LOCK(:name, 0)"), {"name": self._name}).scalar_one()
        connection.rollback()  # the lock outlives the transaction in which it was taken
        if taken != 1:
            raise SweepRunning(f"Store {store}: another sweep works on this database. Run again when it has ended.")

    def leave_session(self, connection: Connection) -> None:
        """Give the session lock back."""
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": self._name}).scalar_one()
        connection.rollback()
