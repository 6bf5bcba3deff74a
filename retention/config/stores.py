"""Where each store is, and how its secrets reach us: never in a repr, a digest, or an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from retention.config.reader import Reader
from retention.discreet import Discreet

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")  # as dataset ids begin
_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET_OPTION: Final = re.compile("pass|secret|token|key|pwd", re.IGNORECASE)
_KEYS: Final = ("url", "read_url")
_REPLICAS: Final = "replica_urls"


class StoreSettings(Discreet, frozen=True, kw_only=True):
    """One store: how to reach it."""

    url: str  # whole, with its password
    read_url: str | None = None  # with read-only credentials; None: `url` serves
    backup_days: int | None = None  # how long its back-ups are kept, as declarations say it; None: nobody said
    replica_urls: tuple[str, ...] = ()  # replicas that a sweep must not leave behind

    seen = ("backup_days",)

    @property
    def source_url(self) -> str:
        """What a dry run reads with."""
        return self.read_url or self.url

    def shown(self) -> dict[str, str | int | list[str] | None]:
        """The same without secrets."""
        return {
            "url": _shown(self.url),
            "read_url": None if self.read_url is None else _shown(self.read_url),
            "backup_days": self.backup_days,
            "replica_urls": [_shown(url) for url in self.replica_urls],
        }

    @property
    def engine(self) -> str:
        """What kind of store it is: sqlite, postgresql, mariadb, mysql."""
        return make_url(self.url).get_backend_name()


def read_stores(raw: object, reader: Reader) -> Mapping[str, StoreSettings]:
    """Every [stores.NAME], its URLs completed from the environment."""
    if not isinstance(raw, Mapping):
        reader.wrong("stores", "is no table; write [stores.NAME] with a url")
        return {}
    return {name: _store(name, table, reader) for name, table in raw.items()}


def _store(name: str, table: object, reader: Reader) -> StoreSettings:
    where = f"stores.{name}"
    if not _NAME.fullmatch(name):
        reader.wrong(where, "is no store's name; write lower-case letters, digits and _, as in the dataset ids")
    said = dict(table) if isinstance(table, Mapping) else table
    if isinstance(said, dict):
        for key in _KEYS:
            secret = reader.secret(_variable(name, key)) or said.get(key)
            if isinstance(secret, str):
                password = reader.secret(_password(name, key))
                said[key] = _completed(secret, f"{where}.{key}", password, reader)
        said[_REPLICAS] = _replicas(name, said.get(_REPLICAS, []), f"{where}.{_REPLICAS}", reader)
        if "url" not in said:
            reader.wrong(
                f"{where}.url", f'is missing; write url = "sqlite:///data.db", or set {_variable(name, "url")}'
            )
            said["url"] = ""
    return reader.section(StoreSettings, said, where)


def _replicas(store: str, said: object, where: str, reader: Reader) -> object:
    """Their URLs, from the environment one after another with spaces between them; one password is for all of them."""
    given = reader.secret(_variable(store, _REPLICAS))
    urls = said if given is None else given.split()
    if not isinstance(urls, list):
        return urls  # whoever reads the section says what it should have been
    password = reader.secret(_variable(store, "replica_password"))
    found = [
        _completed(url, f"{where}[{number}]", password, reader) if isinstance(url, str) else url
        for number, url in enumerate(urls, start=1)
    ]
    for number, url in enumerate(found, start=1):
        if isinstance(url, str) and url.startswith("sqlite"):
            reader.wrong(f"{where}[{number}]", "is an SQLite file, which has no replicas; leave it out")
    return found


def _variable(store: str, key: str) -> str:
    return f"RETENTION_STORE_{store.upper()}_{key.upper()}"


def _password(store: str, key: str) -> str:
    return _variable(store, "password" if key == "url" else "read_password")


def _completed(text: str, where: str, password: str | None, reader: Reader) -> str:
    """A URL with its ${VARIABLES} and password filled in, and a relative file path begun at the file's folder."""
    for name in sorted(set(_VARIABLE.findall(text)) - set(reader.environ)):
        reader.wrong(where, f"needs the environment variable {name}; set it")
    try:
        url = make_url(_VARIABLE.sub(lambda found: reader.environ.get(found[1], ""), text))
    except (ArgumentError, ValueError):  # its own message repeats the URL
        reader.wrong(where, "is not a URL; write dialect://user@host/database, or sqlite:///file.db")
        return ""
    if password is not None:
        url = url.set(password=password)
    return _absolute(url, reader.file.parent).render_as_string(hide_password=False)


def _absolute(url: URL, folder: Path) -> URL:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return url
    return url.set(database=str(folder / str(url.database)))


def _shown(text: str) -> str:
    url = make_url(text)
    hidden = {name: "***" for name in url.query if _SECRET_OPTION.search(name)}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)
