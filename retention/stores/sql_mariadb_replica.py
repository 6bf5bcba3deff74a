"""How far a MariaDB replica is behind, asked at the replica; it needs REPLICA MONITOR there."""

from __future__ import annotations

from sqlalchemy import Connection, text

from retention.errors import StoreError


def lag(
    connection: Connection, name: str, *, asked: str = "SHOW ALL REPLICAS STATUS", behind: str = "Seconds_Behind_Master"
) -> float:
    """How many seconds it is behind the furthest of those that it follows.

    Raises:
        StoreError: it is no replica, or does not follow any more.

    """
    connections = connection.execute(text(asked)).mappings().all()
    if not connections:
        raise StoreError(f"{name} is no replica: it follows nobody. Correct replica_urls.")
    lags = [one[behind] for one in connections]
    if None in lags:
        raise StoreError(f"{name} does not follow its primary any more. See SHOW REPLICA STATUS there.")
    return float(max(lags))
