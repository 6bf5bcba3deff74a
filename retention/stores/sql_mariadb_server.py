"""What MariaDB does as a server: whether it is one to work with, its clock, a lock that ends with its connection."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from retention.errors import SweepRunning
from retention.stores.errors import StoreDownError
from retention.stores.sql_mariadb_replica import lag

OLDEST: Final = (10, 11)
SMALLEST_PACKET: Final = 4 << 20  # bytes of max_allowed_packet: 500 long keys in one statement fit several times
_DURABLE: Final = {1, 3}  # of innodb_flush_log_at_trx_commit: a commit is on the disk when it is answered
_HOLDER: Final = """
SELECT ID FROM {}
WHERE ID = IS_USED_LOCK(:name) AND USER = SUBSTRING_INDEX(USER(), '@', 1) AND ID <> CONNECTION_ID()
"""


def refuse(store: str, version: str, packet: int) -> None:
    """Refuse a server that we cannot work with.

    Raises:
        StoreDownError: the message says what to change.

    """
    if "mariadb" not in version.lower():
        raise StoreDownError(f"Store {store}: its server is MySQL. Write mysql:// in its url instead of mariadb://.")
    number = re.match(r"(?:5\.5\.5-)?(\d+)\.(\d+)", version)  # some versions say first what old clients can bear
    if number is None or (int(number[1]), int(number[2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise StoreDownError(
            f"Store {store}: its server is older than MariaDB {oldest}, the oldest that we work on. Have it upgraded."
        )
    if packet < SMALLEST_PACKET:
        raise StoreDownError(
            f"Store {store}: max_allowed_packet of its server is {packet} bytes, too small for our statements. "
            "Have it raised to 16M, MariaDB's default."
        )


def refuse_to_write(store: str, *, read_only: bool, flushed: int) -> None:
    """Refuse a server that we can read from, and cannot dispose in.

    `flushed` is its `innodb_flush_log_at_trx_commit`: no session has one of its own, and with 0 or 2 what was committed
    may be undone by a power cut, so that a record would be there again that the log says is destroyed (P2).

    Raises:
        StoreDownError: the message says what to change.

    """
    if read_only:
        raise StoreDownError(f"Store {store}: it cannot be written: a replica, or set read-only. Sweep the primary.")
    if flushed not in _DURABLE:
        raise StoreDownError(
            f"Store {store}: after a power cut its server may have back what was destroyed, as "
            f"innodb_flush_log_at_trx_commit is {flushed}. Have it set to 1, the default."
        )


class MariadbServer:
    """The server of one database."""

    counts_cascades = False  # a cascade runs none
    _sessions = "information_schema.PROCESSLIST"  # those that this account is shown

    def __init__(self, database: str, timeout: timedelta) -> None:
        # Names of locks are the server's, not the database's, and at most 64 characters.
        self._name = "retention:" + hashlib.sha256(database.encode()).hexdigest()[:32]
        self._timeout = timeout

    def clock(self, connection: Connection) -> datetime:
        """Its clock, in UTC."""
        found = connection.execute(text("SELECT UTC_TIMESTAMP(6)")).scalar_one()
        return datetime.fromisoformat(str(found)).replace(tzinfo=UTC)

    def acted(self, connection: Connection) -> int:
        """How often triggers have run in this session: which there are, an account may not be shown."""
        return int(connection.execute(text("SHOW SESSION STATUS LIKE 'Executed_triggers'")).one()[1])

    def lag(self, connection: Connection, name: str) -> float:
        """How many seconds it is behind, as a replica."""
        return lag(connection, name)

    def hold_session(self, connection: Connection, store: str, number: int) -> None:
        """Take a session lock, for as long as the connection lives; an old session of our own account is ended.

        Raises:
            SweepRunning: a session of another account holds it, or an old one does not end.

        """
        taken = self._take(connection, number, timedelta())
        if not taken:
            asked = {"name": self._lock(number)}
            for holder in connection.execute(text(_HOLDER.format(self._sessions)), asked).scalars().all():
                with suppress(DBAPIError):  # it ended by itself
                    connection.execute(text("KILL :holder"), {"holder": holder})
            taken = self._take(connection, number, self._timeout)
        connection.rollback()  # the lock outlives the transaction in which it was taken
        if not taken:
            raise SweepRunning(
                f"Store {store}: another session holds its session lock, and is not this account's to end. "
                "Let that sweep finish, or end its session on the server."
            )

    def leave_session(self, connection: Connection, number: int) -> None:
        """Give the session lock back."""
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": self._lock(number)}).scalar_one()
        connection.rollback()

    def _lock(self, number: int) -> str:
        return f"{self._name}:{number}" if number else self._name

    def _take(self, connection: Connection, number: int, wait: timedelta) -> bool:
        asked = {"name": self._lock(number), "seconds": wait.total_seconds()}
        return bool(connection.execute(text("SELECT GET_LOCK(:name, :seconds)"), asked).scalar_one())
