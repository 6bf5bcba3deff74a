"""Whether a PostgreSQL server is one to work with, and keeps what it commits, which no session decides for itself."""

from __future__ import annotations

from typing import Any, Final

from psycopg import Connection

from retention.stores.errors import StoreDownError

OLDEST: Final = 15


def refuse(store: str, driver: Connection[Any]) -> None:
    """Refuse a server that we cannot work with.

    Raises:
        StoreDownError: the message says what to change.

    """
    if driver.info.server_version < OLDEST * 10_000:
        raise StoreDownError(
            f"Store {store}: its server is older than PostgreSQL {OLDEST}, the oldest that this works on. "
            "Have it upgraded."
        )
    if driver.info.parameter_status("server_encoding") == "SQL_ASCII":
        raise StoreDownError(
            f"Store {store}: its database is SQL_ASCII, so nobody knows what its text says. Have it converted to UTF8."
        )


def refuse_to_write(store: str, driver: Connection[Any]) -> None:
    """Refuse a server that we can read from, and cannot dispose in.

    With `fsync` off, what was committed may be undone by a power cut, whatever `synchronous_commit` says, so that a
    record would be there again that the log says is destroyed (P2).

    Raises:
        StoreDownError: the message says what to change.

    """
    synced = driver.execute("SHOW fsync").fetchone()
    driver.commit()
    if synced != ("on",):
        raise StoreDownError(
            f"Store {store}: after a power cut its server may have back what was destroyed, as fsync is off. Have it "
            "set to on, the default, and the server reloaded."
        )
