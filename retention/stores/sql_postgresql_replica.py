"""How far a PostgreSQL standby is behind, asked at the standby; no account needs a privilege for it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from retention.errors import StoreError

# Everything that was received and replayed: as near as can be, however long ago its primary last wrote something. One
# that is fed from an archive receives nothing, and is as far behind as what it replayed last is old.
_ASKED: Final = """
SELECT pg_is_in_recovery() AS follows,
       pg_last_wal_receive_lsn() IS NULL OR EXISTS (SELECT FROM pg_stat_wal_receiver) AS receives,
       CASE WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END AS seconds
"""


def lag(connection: Connection, name: str) -> float:
    """How many seconds it is behind.

    Raises:
        StoreError: it is no standby, does not hear of its primary, or has not replayed anything yet.

    """
    follows, receives, seconds = connection.execute(text(_ASKED)).one()
    if not follows:
        raise StoreError(f"{name} is no replica: it is written to itself. Correct replica_urls.")
    if not receives:
        raise StoreError(f"{name} does not hear of its primary: nobody sends it anything. Look at its log.")
    if seconds is None:
        raise StoreError(f"{name} has not replayed anything since it began. See whether it follows its primary.")
    return max(0.0, float(seconds))
