"""Where the demonstration's databases are: files in its directory, or databases of its own on a server that is named.

On a server each place of the demonstration has a database for each store, under a name that says whose they are, with
a comment that says who made them. Only what carries that comment is ever dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final, Protocol
from urllib.parse import quote

from msgspec import Struct
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from retention.demo.organisation import Engine, Organisation, Size
from retention.demo.place import Place
from retention.errors import StoreError, UsageError

PASSWORD: Final = "RETENTION_DEMO_PASSWORD"  # noqa: S105 - the variable that holds it
"""The environment variable by which the configuration on a server names the password."""

URL_VARIABLE: Final = "RETENTION_DEMO_URL"
_MARK: Final = "Made by `retention demo`, which drops it when it runs again."
_DRIVER: Final = {"postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}
_KNOWN: Final[Mapping[str, Engine]] = {
    "postgresql": "postgresql",
    "mariadb": "mariadb",
    "mysql": "mariadb",
}
_EXTRA: Final = "Install its driver: pip install 'retention-sweeper[{engine}]'."


class Databases(Protocol):
    """How the demonstration comes by its databases."""

    @property
    def organisation(self) -> Organisation:
        """Whose they are."""
        ...

    def urls(self, place: Place) -> Mapping[str, str]:
        """What the configuration of a place says, by store; never with a password."""
        ...

    def create(self, place: Place, size: Size) -> int:
        """Make and fill the databases of a place; the number of rows."""
        ...

    def copy(self, place: Place, name: str, size: Size) -> Place:
        """A place beside it with everything that it has, the databases too, as they were created."""
        ...

    def drop(self, place: Place) -> None:
        """Take away the databases of a place and of its copies, where they do not lie in its directory."""
        ...

    @property
    def secrets(self) -> Mapping[str, str]:
        """What commands must find in their environment."""
        ...


class Files(Struct, frozen=True):
    """SQLite databases in the demonstration's own directory."""

    organisation: Organisation

    def urls(self, place: Place) -> Mapping[str, str]:
        """Files, as the configuration beside them names them."""
        folder = place.data.relative_to(place.root).as_posix()
        return {store: f"sqlite:///{folder}/{store}.db" for store in self.organisation.stores}

    def create(self, place: Place, size: Size) -> int:
        """Write the files."""
        return self.organisation.create(place.data, size)

    def copy(self, place: Place, name: str, size: Size) -> Place:  # noqa: ARG002 - the seam has it
        """Everything in the directory."""
        return place.copy(name)

    def drop(self, place: Place) -> None:
        """Nothing: they go with the directory."""

    @property
    def secrets(self) -> Mapping[str, str]:
        """None."""
        return {}


class OnServer(Struct, frozen=True):
    """Databases of the demonstration's own on a server."""

    organisation: Organisation
    engine: Engine
    server: URL  # its own repr hides the password

    def urls(self, place: Place) -> Mapping[str, str]:
        """Its databases; a password as the name of the variable that holds it."""
        reference = "" if self.server.password is None else f":${{{PASSWORD}}}"
        plain = self.server._replace(drivername=self.engine, password=None)  # `set` leaves what is None as it is
        found = {}
        for store in self.organisation.stores:
            url = plain.set(database=self._database(place, store)).render_as_string(hide_password=False)
            found[store] = url.replace("@", f"{reference}@", 1)
        return found

    def create(self, place: Place, size: Size) -> int:
        """Make the databases, after dropping those that an earlier run made."""
        self.drop(place)
        return self._fill(place, size)

    def copy(self, place: Place, name: str, size: Size) -> Place:
        """The same rows, generated once more, and everything in the directory beside them."""
        copied = place.copy(name)
        self._fill(copied, size)
        written = copied.configuration.read_text(encoding="utf-8")
        for before, after in zip(self.urls(place).values(), self.urls(copied).values(), strict=True):
            written = written.replace(f'"{before}"', f'"{after}"')
        copied.configuration.write_text(written, encoding="utf-8")
        return copied

    def drop(self, place: Place) -> None:
        """Drop every database under the place's name.

        Raises:
            UsageError: one of that name is somebody else's; nothing was dropped.

        """
        with self._connected() as connection:
            found = self._there(connection, self._database(place, ""))
            if strange := sorted(name for name, comment in found.items() if comment != _MARK):
                raise UsageError(
                    f"Database {strange[0]} is there already, and `retention demo` did not make it; no "
                    "database was touched. Work in another directory (--dir DIR): its databases have other names."
                )
            for name in found:
                connection.exec_driver_sql(f"DROP DATABASE {name}" + self._forced)

    @property
    def secrets(self) -> Mapping[str, str]:
        """The password, as a URL has it."""
        password = self.server.password
        return {} if password is None else {PASSWORD: quote(str(password), safe="")}

    @property
    def _forced(self) -> str:
        """How PostgreSQL is told to end what is still connected."""
        return " WITH (FORCE)" if self.engine == "postgresql" else ""

    def _database(self, place: Place, store: str) -> str:
        """Such as retention_demo_3f2a9c_cvs; of a copy retention_demo_3f2a9c_killed_cvs."""
        root, name = (place.root, "") if not place.is_copy else (place.root.parents[1], f"{place.root.name}_")
        return f"retention_demo_{hashlib.sha256(str(root).encode()).hexdigest()[:6]}_{name}{store}"

    def _fill(self, place: Place, size: Size) -> int:
        names = {store: self._database(place, store) for store in self.organisation.stores}
        with self._connected() as connection:
            for name in names.values():
                self._make(connection, name)
        driven = self.server.set(drivername=_DRIVER[self.engine])
        urls = {store: driven.set(database=name).render_as_string(hide_password=False) for store, name in names.items()}
        try:
            return self.organisation.create_on(self.engine, urls, size)
        except SQLAlchemyError as error:
            raise _refused(error) from None

    def _make(self, connection: Connection, name: str) -> None:
        if self.engine == "mariadb":
            connection.exec_driver_sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COMMENT '{_MARK}'")
        else:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
            connection.exec_driver_sql(f"COMMENT ON DATABASE {name} IS '{_MARK}'")

    def _there(self, connection: Connection, prefix: str) -> Mapping[str, str | None]:
        """The databases whose names begin so, with their comments."""
        asked = _COMMENTS[self.engine]
        return {row[0]: row[1] for row in connection.execute(text(asked), {"prefix": prefix})}

    @contextmanager
    def _connected(self) -> Generator[Connection]:
        url = self.server.set(drivername=_DRIVER[self.engine])
        if self.engine == "postgresql" and not url.database:
            url = url.set(database="postgres")
        try:
            engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
            with engine.connect() as connection:
                yield connection
        except ModuleNotFoundError:
            raise UsageError(
                f"There is no driver for {self.engine} here. {_EXTRA.format(engine=self.engine)}"
            ) from None
        except SQLAlchemyError as error:
            raise _refused(error) from None


_COMMENTS: Final = {
    "postgresql": "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database "
    "WHERE starts_with(datname, :prefix)",
    "mariadb": "SELECT SCHEMA_NAME, SCHEMA_COMMENT FROM information_schema.SCHEMATA "
    "WHERE LEFT(SCHEMA_NAME, CHAR_LENGTH(:prefix)) = :prefix",
}


def _refused(error: SQLAlchemyError) -> StoreError:
    """What went wrong on the server, without its words: they may hold a password or a value."""
    cause = type(getattr(error, "orig", None) or error).__name__
    return StoreError(
        f"The demonstration's server refuses ({cause}). Name one that can be reached, as an account that may create "
        f"databases: --url postgresql://user:password@host/ or {URL_VARIABLE}."
    )


def databases(organisation: Organisation, engine: str | None, url: str | None) -> Databases:
    """Where to put them: in files unless a server is named.

    Raises:
        UsageError: a server is wanted and none is named, or what is named is not of that engine.

    """
    if engine == "sqlite" or (engine is None and url is None):
        return Files(organisation)
    if url is None:
        raise UsageError(
            f"--engine {engine} needs a server: --url {engine}://user:password@host/ or {URL_VARIABLE}, as an account "
            f"that may create databases. In a clone, `make demo ENGINE={engine}` starts one."
        )
    try:
        server = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError("--url is not a URL. Write postgresql://user:password@host/ or mariadb://….") from None
    found = _KNOWN.get(server.get_backend_name())
    if found is None or engine not in (None, found):
        raise UsageError(f"--url is no server of {engine or 'a known engine'}. Write postgresql:// or mariadb://.")
    return OnServer(organisation, found, server)
