"""A replica of a SQL database: asked how far it is behind, on a connection that cannot write."""

from __future__ import annotations

from sqlalchemy import Engine

from retention.errors import ConfigError
from retention.stores.sql_dialect import Dialect
from retention.stores.sql_read import translated


class SqlReplica:
    """One replica; connects when first asked."""

    def __init__(self, store: str, dialect: Dialect) -> None:
        if dialect.server is None:
            raise ConfigError(f"Store {store}: a replica of a file is no server. Take it out of replica_urls.")
        self._store = store
        self._dialect = dialect
        self._server = dialect.server
        self._engine: Engine | None = None

    @property
    def name(self) -> str:
        """Which database it is, without user or password."""
        return self._dialect.identity

    def lag(self) -> float:
        """How many seconds it is behind.

        Raises:
            StoreError: it cannot be asked, is no replica, or does not follow any more.

        """
        with translated(self._dialect, f"{self._store}, replica {self.name}", "asking how far it is behind"):
            self._engine = self._engine or self._dialect.reader()
            with self._engine.connect() as connection:
                return self._server.lag(connection, self.name)

    def close(self) -> None:
        """Let go of the connection."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
