"""What MySQL does otherwise as a server: whether it is one to work with, what its sessions count, its own threads."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Connection, text

from retention.stores.errors import StoreDownError
from retention.stores.sql_mariadb_replica import lag
from retention.stores.sql_mariadb_server import SMALLEST_PACKET, MariadbServer

OLDEST: Final = (9, 7)
# Tables with triggers that were opened to be written: whether one of these ran, MySQL does not count.
_COUNTERS: Final = ("Table_open_cache_triggers_hits", "Table_open_cache_triggers_misses")
COUNTED: Final = f"SHOW SESSION STATUS WHERE Variable_name IN {_COUNTERS}"


def refuse(store: str, version: str, packet: int, counters: int) -> None:
    """Refuse a server that we cannot work with; `counters` is how many of those it has that show a trigger.

    Raises:
        StoreDownError: the message says what to change.

    """
    oldest = ".".join(map(str, OLDEST))
    if "mariadb" in version.lower():
        raise StoreDownError(f"Store {store}: its server is MariaDB. Write mariadb:// in its url instead of mysql://.")
    number = re.match(r"(\d+)\.(\d+)", version)
    if number is None or (int(number[1]), int(number[2])) < OLDEST or counters != len(_COUNTERS):
        raise StoreDownError(
            f"Store {store}: its server is older than MySQL {oldest}, or not MySQL itself. Nothing was proven there: "
            "it does not tell that a trigger may have run. Have it upgraded, or use MariaDB or PostgreSQL."
        )
    if packet < SMALLEST_PACKET:
        raise StoreDownError(
            f"Store {store}: max_allowed_packet of its server is {packet} bytes, too small for our statements. "
            "Have it raised to 64M, MySQL's default."
        )


class MysqlServer(MariadbServer):
    """The server of one database."""

    counts_cascades = True
    # Its own table shows an account its own sessions; where the server keeps none, no session is ended.
    _sessions = "performance_schema.processlist"

    def acted(self, connection: Connection) -> int:
        """How often a table that has triggers, of whatever kind, took part in a change of this session."""
        return sum(int(row[1]) for row in connection.execute(text(COUNTED)).fetchall())

    def lag(self, connection: Connection, name: str) -> float:
        """How many seconds it is behind the furthest of those that it follows; needs REPLICATION CLIENT there."""
        return lag(connection, name, asked="SHOW REPLICA STATUS", behind="Seconds_Behind_Source")
