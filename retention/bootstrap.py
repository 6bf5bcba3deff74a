"""The composition root: from settings to the things that do the work. Nothing here is global, nothing is opened twice.

Each `open_…` makes one part; whoever asked for it closes it. Parts that need keys fail for accounts that cannot read
them: only the sweep account holds the log's key.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NoReturn

from retention import __version__
from retention.audit.keys import read_spool_key
from retention.audit.log import Log
from retention.audit.manifests import Manifests
from retention.audit.note import Signer, VerifierKey
from retention.audit.signer import from_uri
from retention.audit.trust import Trust, parse_trust
from retention.comparing import Named
from retention.config import Settings
from retention.config.register import find_register, load_register
from retention.config.stores import StoreSettings
from retention.control.interface import ControlStore
from retention.control.journal import Journal
from retention.control.sqlite import SqliteControlStore
from retention.errors import ConfigError
from retention.failing import Patience
from retention.installation import Installation, Keyring
from retention.ledger import Ledger
from retention.people import People, Person
from retention.policy import Register
from retention.pseudonyms import pseudonym_keys
from retention.reports.destruction import StoreFacts
from retention.service import Retention
from retention.stores.interface import Replica, Source, Store
from retention.stores.registry import open_replica, open_source, open_store
from retention.vault import Vault

TOOL: Final = f"retention/{__version__}"


def now() -> datetime:
    """The clock, aware: asked at the edge, passed on as a value."""
    return datetime.now(UTC)


def account() -> str:
    """The operating-system account that runs this, as the kernel knows it: no variable can say otherwise."""
    return pwd.getpwuid(os.geteuid()).pw_name


def open_register(settings: Settings) -> Register:
    """The organisation's policies and data map.

    Raises:
        PolicyError: there are none, or they declare something they cannot mean.

    """
    return load_register(settings.policies.register, settings.file.parent)


def open_other_register(settings: Settings, said: str) -> Named:
    """Another register than the configured one, as `policies diff` is asked for it.

    Raises:
        PolicyError: there is none, or it declares something it cannot mean.

    """
    return Named(said, find_register(said, settings.policies.register, Path.cwd()))


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
def open_control(settings: Settings) -> Generator[ControlStore]:
    """Our own memory; closed when left.

    Raises:
        ControlError: it is missing, unreadable, or open to others.

    """
    store = SqliteControlStore.open(settings.control_file)
    try:
        yield store
    finally:
        store.close()


def open_journal(settings: Settings) -> Journal:
    """The journal of holds, which survives a restored control store."""
    return Journal(settings.journal_file)


def open_log(settings: Settings) -> Log:
    """The log; only an account that can read its key can write it.

    Raises:
        ConfigError: its key is missing, readable by others, or another log's.

    """
    signer = _signer(settings)
    if signer.vkey.name != settings.log.origin:
        raise ConfigError(
            f"{settings.log_key_file}: is the key of log {signer.vkey.name}, and [log] origin says "
            f"{settings.log.origin}. Correct the origin, or put the right key there."
        )
    return Log(signer=signer, directory=settings.log_directory, scratch=settings.scratch_directory)


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """What stands for the log's key where an account may not read it: it signs nothing."""

    vkey: VerifierKey

    def sign(self, message: bytes) -> NoReturn:  # noqa: ARG002 - the signer's own signature
        """Refuse."""
        raise ConfigError("This account cannot read the log's key. Run this under the sweep account; see [keys].")


def _signer(settings: Settings) -> Signer:
    path = settings.log_key_file
    if path.exists() and not os.access(path, os.R_OK):
        known = [key for key in open_trust(settings).logs if key.name == settings.log.origin]
        if known:
            return ReadOnly(known[-1])
    return from_uri(f"file:{path}")


def open_manifests(settings: Settings) -> Manifests:
    """The lists of references that the log names; reading them needs no key."""
    scratch = settings.scratch_directory
    return Manifests(published=settings.log_directory / "manifest", staged=scratch / "manifest", scratch=scratch)


def open_vault(settings: Settings) -> Vault | None:
    """The key of the spool; None for an account that has no keys, which can only report.

    Raises:
        ConfigError: the key is there, and malformed or readable by others.

    """
    path = settings.keys.directory / "refkeys" / "spool.key"
    if not os.access(path, os.R_OK):
        return None
    return Vault(read_spool_key(settings.keys.directory))


def open_trust(settings: Settings) -> Trust:
    """Whom a verifier trusts.

    Raises:
        ConfigError: the trust file is missing or malformed.

    """
    try:
        return parse_trust(settings.log.trust.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{settings.log.trust}: the trust file cannot be read. `retention init` writes one; [log] trust names it."
        ) from error


def store_facts(settings: Settings) -> Mapping[str, StoreFacts]:
    """What a declaration says of each store, without its address."""
    return {name: StoreFacts(engine=one.engine, backup_days=one.backup_days) for name, one in settings.stores.items()}


@contextmanager
def open_retention(settings: Settings) -> Generator[Retention]:
    """Everything put together for the account that runs this; let go of when left.

    Raises:
        UsageError: the account is nobody's.
        PolicyError, ConfigError, ControlError: a part cannot be opened.

    """
    register, vault = open_register(settings), open_vault(settings)
    with open_control(settings) as control:
        yield Retention(
            Installation(
                register=register,
                zone=settings.zone,
                organisation=settings.organisation.name,
                tool=TOOL,
                config=settings.digest(),
                actor=open_actor(settings).id,
                limits=settings.limits,
                opener=Stores(settings, register),
                clock=now,
                state=settings.state.directory,
                ledger=Ledger(control, open_log(settings)),
                keyring=None if vault is None else Keyring(settings.keys.directory, vault),
                batch_seconds=settings.sweep.batch_milliseconds / 1000,
                batch_records=settings.sweep.batch_records,
                patience=Patience(seconds=settings.sweep.lock_seconds),
                pace=settings.sweep.pace,
            ),
            open_people(settings),
        )


@dataclass(frozen=True, slots=True)
class Stores:
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
