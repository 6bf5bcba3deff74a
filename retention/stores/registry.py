"""Which kind of store a URL means: a table, and imports only of what is used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from retention.errors import ConfigError
from retention.stores.interface import Replica, Source, Store
from retention.stores.sql_dialect import Dialect

if TYPE_CHECKING:
    from retention.grants import Needs
    from retention.stores.grants import Granter, Held, Purpose, Right, Script, Statement

LOCK_TIMEOUT: Final = timedelta(seconds=10)


def open_source(name: str, url: str, *, zone: ZoneInfo, lock_timeout: timedelta = LOCK_TIMEOUT) -> Source:
    """A store that is only read; connects when first asked for something.

    Raises:
        ConfigError: the URL names no kind of store that there is.

    """
    from retention.stores.sql import SqlSource  # noqa: PLC0415 - imported when used

    return SqlSource(name, _dialect(name, url, lock_timeout), zone=zone)


def open_store(
    name: str,
    url: str,
    *,
    zone: ZoneInfo,
    pseudonym_keys: Mapping[str, bytes] | None = None,
    lock_timeout: timedelta = LOCK_TIMEOUT,
) -> Store:
    """A store whose records can be disposed of; connects when first asked for something.

    Raises:
        ConfigError: the URL names no kind of store that there is.

    """
    from retention.stores.sql import SqlStore  # noqa: PLC0415 - imported when used

    return SqlStore(name, _dialect(name, url, lock_timeout), zone=zone, pseudonym_keys=pseudonym_keys)


def open_replica(name: str, url: str, *, lock_timeout: timedelta = LOCK_TIMEOUT) -> Replica:
    """A replica of a store; connects when first asked.

    Raises:
        ConfigError: the URL names no kind of store that there is, or one that has no replicas.

    """
    from retention.stores.sql_replica import SqlReplica  # noqa: PLC0415 - imported when used

    return SqlReplica(name, _dialect(name, url, lock_timeout))


def grant_script(name: str, url: str, needs: Needs, purpose: Purpose, account: str) -> Script:
    """What an administrator says to give an account what it needs in a store: no server is asked, no driver needed.

    Raises:
        ConfigError: the URL names no kind of store that there is.

    """
    from sqlalchemy import make_url  # noqa: PLC0415 - imported when used

    return _grants(name, url).script(make_url(url), needs, purpose, account)


def compared_rights(
    name: str, url: str, statements: tuple[Statement, ...], *, lock_timeout: timedelta = LOCK_TIMEOUT
) -> tuple[tuple[Right, ...], tuple[Held, ...]]:
    """What the account of a URL lacks of what statements give, and what it has besides; it is asked of the server.

    Raises:
        ConfigError: the URL names no kind of store that there is.
        StoreError: it cannot be reached.

    """
    from retention.stores.grants import missing, surplus  # noqa: PLC0415 - imported when used
    from retention.stores.sql_read import translated  # noqa: PLC0415 - imported when used

    dialect, engine = _dialect(name, url, lock_timeout), _grants(name, url)
    with translated(dialect, name, "asking what the account may do"):
        reader = dialect.reader()
        try:
            with reader.connect() as connection:
                held = engine.held(connection)
        finally:
            reader.dispose()
    return missing(statements, held, engine.wider), surplus(statements, held)


def _grants(name: str, url: str) -> Granter:
    """The module that knows an engine's rights."""
    match urlsplit(url).scheme.partition("+")[0]:
        case "postgresql":
            from retention.stores import sql_postgresql_grants  # noqa: PLC0415 - imported when used

            return sql_postgresql_grants
        case "mysql" | "mariadb":
            from retention.stores import sql_mariadb_grants  # noqa: PLC0415 - imported when used

            return sql_mariadb_grants
        case "sqlite":
            from retention.stores import sql_sqlite_grants  # noqa: PLC0415 - imported when used

            return sql_sqlite_grants
        case scheme:
            raise _unknown(name, scheme)


def _dialect(name: str, url: str, lock_timeout: timedelta) -> Dialect:
    scheme = urlsplit(url).scheme.partition("+")[0]
    match scheme:
        case "sqlite":
            from retention.stores.sql_sqlite import Sqlite  # noqa: PLC0415 - imported when used

            return Sqlite(name, _path(name, url), lock_timeout=lock_timeout)
        case "postgresql":
            return _postgresql(name, url, lock_timeout)
        case "mysql" | "mariadb":
            return _mariadb(name, url, lock_timeout, mysql=scheme == "mysql")
        case _:
            raise _unknown(name, scheme)


def _unknown(name: str, scheme: str) -> ConfigError:
    return ConfigError(
        f"Store {name}: {scheme or 'its url'} is no kind of store. Write sqlite:///path/to/file.db, "
        "postgresql://user@host/database, mariadb://user@host/database or mysql://user@host/database."
    )


def _mariadb(name: str, url: str, lock_timeout: timedelta, *, mysql: bool) -> Dialect:
    from sqlalchemy import make_url  # noqa: PLC0415 - imported when used
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 - imported when used

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or not parsed.database:
        scheme = "mysql" if mysql else "mariadb"
        raise ConfigError(
            f"Store {name}: its url names no database. Write {scheme}://user:password@host:3306/database."
        )
    if mysql:
        from retention.stores.sql_mysql import Mysql  # noqa: PLC0415 - imported when used

        return Mysql(name, parsed, lock_timeout=lock_timeout)
    from retention.stores.sql_mariadb import Mariadb  # noqa: PLC0415 - imported when used

    return Mariadb(name, parsed, lock_timeout=lock_timeout)


def _postgresql(name: str, url: str, lock_timeout: timedelta) -> Dialect:
    try:
        from retention.stores.sql_postgresql import Postgresql  # noqa: PLC0415 - imported when used
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"psycopg", "psycopg_binary", "psycopg_c"}:
            raise
        raise ConfigError(
            f"Store {name}: PostgreSQL needs a driver. Install it: pip install 'retention-sweeper[postgresql]'."
        ) from None
    return Postgresql(name, url, lock_timeout=lock_timeout)


def _path(name: str, url: str) -> Path:
    parts = urlsplit(url)
    path = unquote(parts.path)[1:]
    if parts.netloc or not path or path == ":memory:":
        raise ConfigError(f"Store {name}: its url names no file. Write sqlite:///path/to/file.db.")
    return Path(path)
