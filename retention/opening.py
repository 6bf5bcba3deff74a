"""Open one part of an installation, with nothing of a run or a report: to place a hold, to look, to complete a word.

Each `open_…` makes one part; whoever asked for it closes it. What needs a key of the log is opened by `bootstrap`.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from retention.config import Settings
from retention.config.register import find_register, load_register
from retention.config.stores import StoreSettings
from retention.control.interface import ControlStore
from retention.control.journal import Journal
from retention.control.sqlite import LOCK_WAIT, SqliteControlStore
from retention.errors import ConfigError
from retention.people import People, Person
from retention.policy import Register
from retention.pseudonyms import pseudonym_keys
from retention.stores.interface import Replica, Source, Store
from retention.stores.registry import open_replica, open_source, open_store

if TYPE_CHECKING:
    from retention.audit.manifests import Manifests
    from retention.audit.trust import Trust


def now() -> datetime:
    """The clock, aware: asked at the edge, passed on as a value."""
    return datetime.now(UTC)


def account() -> str:
    """The operating-system account that runs this, as the kernel knows it: no variable can say otherwise.

    A number that has no name, as containers may be given, is its own.
    """
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def open_register(settings: Settings) -> Register:
    """The organisation's policies and data map.

    Raises:
        PolicyError: there are none, or they declare something they cannot mean.

    """
    return load_register(settings.policies.register, settings.file.parent)


def open_other_register(settings: Settings, said: str) -> Register:
    """Another register than the configured one, as `policies diff` is asked for it.

    Raises:
        PolicyError: there is none, or it declares something it cannot mean.

    """
    return find_register(said, settings.policies.register, Path.cwd())


def open_people(settings: Settings) -> People:
    """Everybody who is configured."""
    return People(settings.people)


def open_actor(settings: Settings) -> Person:
    """Who runs this command.

    Raises:
        UsageError: the account is nobody's; the message says what to configure.

    """
    return open_people(settings).by_account(account())


@contextmanager
def open_control(settings: Settings, *, lock_wait: float = LOCK_WAIT) -> Generator[ControlStore]:
    """Our own memory; closed when left. `lock_wait`: seconds to wait for whoever has it locked.

    Raises:
        ControlError: it is missing, unreadable, or open to others.

    """
    store = SqliteControlStore.open(settings.control_file, lock_wait=lock_wait)
    try:
        yield store
    finally:
        store.close()


def open_journal(settings: Settings) -> Journal:
    """The journal of holds, which survives a restored control store."""
    return Journal(settings.journal_file)


def open_manifests(settings: Settings) -> Manifests:
    """The lists of references that the log names; reading them needs no key."""
    from retention.audit.manifests import Manifests  # noqa: PLC0415 - to look records up in the log

    scratch = settings.scratch_directory
    return Manifests(published=settings.log_directory / "manifest", staged=scratch / "manifest", scratch=scratch)


def open_trust(settings: Settings) -> Trust:
    """Whom a verifier trusts.

    Raises:
        ConfigError: the trust file is missing or malformed.

    """
    from retention.audit.trust import parse_trust  # noqa: PLC0415 - a hold needs no signature

    try:
        return parse_trust(settings.log.trust.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{settings.log.trust}: the trust file cannot be read. `retention init` writes one; [log] trust names it."
        ) from error


class Stores(Struct, frozen=True):
    """How stores are opened: to read with the least rights, or to dispose in."""

    settings: Settings
    register: Register

    def source(self, name: str) -> Source:
        """A store to read: it cannot dispose, and uses read-only credentials where there are any.

        Raises:
            ConfigError: it is not configured.
            StoreError: it cannot be reached.

        """
        return open_source(name, self._configured(name).source_url, zone=self.settings.zone, lock_timeout=self._wait)

    def store(self, name: str) -> Store:
        """A store to dispose in.

        Raises:
            ConfigError: it is not configured, or the key of a pseudonym is missing.
            StoreError: it cannot be reached.

        """
        return open_store(
            name,
            self._configured(name).url,
            zone=self.settings.zone,
            pseudonym_keys=pseudonym_keys(self.register, name, self.settings.keys.directory),
            lock_timeout=self._wait,
        )

    def replicas(self, name: str) -> tuple[Replica, ...]:
        """The replicas of a store; they connect when first asked.

        Raises:
            ConfigError: the store is not configured.

        """
        urls = self._configured(name).replica_urls
        return tuple(open_replica(name, url, lock_timeout=self._wait) for url in urls)

    @property
    def _wait(self) -> timedelta:
        return timedelta(seconds=self.settings.sweep.lock_seconds)

    def _configured(self, name: str) -> StoreSettings:
        found = self.settings.stores.get(name)
        if found is None:
            known = ", ".join(sorted(self.settings.stores)) or "none"
            raise ConfigError(
                f"{self.settings.file}: there is no [stores.{name}], and the register has datasets in it. "
                f"Configured: {known}. Add [stores.{name}] with its url."
            )
        return found
