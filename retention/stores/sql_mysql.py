"""MySQL, as far as it is not MariaDB: what its sessions are told, what it shows of triggers, whom it refuses.

It has no time-out for a statement that changes something, nor for a transaction that nobody continues: the driver's own
time-out ends the former, and the next run ends the session of the latter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from retention.stores.schema import Schema
from retention.stores.sql_mariadb import STATEMENT_SECONDS, Mariadb
from retention.stores.sql_mariadb_schema import schema
from retention.stores.sql_mysql_server import COUNTED, MysqlServer, refuse

if TYPE_CHECKING:
    import pymysql

_HELD: Final = timedelta(days=1)  # for a session that waits while other stores are swept: its lock goes with it


class Mysql(Mariadb):
    """One database on one server."""

    _kind = "mysql"
    _read_only = "SELECT @@read_only OR @@super_read_only OR @@transaction_read_only"

    def schema(self, connection: Connection, named: Collection[str] = ()) -> Schema:
        """The schema of the database, and of what is named of others on its server."""
        return schema(connection, named, counted=True)

    @property
    def server(self) -> MysqlServer:
        """Its clock, and its session lock."""
        return MysqlServer(str(self._url.database), self._timeout)

    def _refuse(self, cursor: pymysql.cursors.Cursor, version: str, packet: int) -> None:
        cursor.execute(COUNTED)
        found: tuple[Any, ...] = cursor.fetchall()
        refuse(self._store, version, packet, len(found))

    def _own_settings(self) -> Mapping[str, int]:
        return {"max_execution_time": STATEMENT_SECONDS * 1000, "wait_timeout": round(_HELD.total_seconds())}
