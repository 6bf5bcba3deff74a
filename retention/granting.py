"""`retention grants`: what the two accounts of each store need, as a script, and compared with what they have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from sqlalchemy.engine import make_url

from retention.config import Settings
from retention.config.stores import StoreSettings
from retention.errors import RetentionError, UsageError
from retention.grants import needs
from retention.policy import Register
from retention.stores.grants import Held, Purpose, Right, Script
from retention.stores.registry import compared_rights, grant_script

DRY_RUN: Final = "retention_dry_run"
SWEEP: Final = "retention_sweep"


class Compared(Struct, frozen=True, kw_only=True):
    """What an account has now, held to what it needs."""

    missing: tuple[Right, ...]
    surplus: tuple[Held, ...]
    unknown: str | None = None  # why its server could not be asked; None: it was

    @property
    def exact(self) -> bool:
        """Whether it has what it needs and nothing else; what everybody has does not count."""
        return not (self.missing or self.unknown or any(not one.everybodys for one in self.surplus))


class StoreGrants(Struct, frozen=True, kw_only=True):
    """The scripts of one store."""

    store: str
    engine: str
    database: str
    alone: bool  # whether nothing but the sweep's account is configured
    scripts: tuple[Script, ...]


class Accounts(Struct, frozen=True, kw_only=True):
    """What the accounts are called; None: as the configured URLs say, else our own names."""

    dry_run: str | None = None
    sweep: str | None = None


def store_grants(register: Register, settings: Settings, only: str | None, accounts: Accounts) -> list[StoreGrants]:
    """What every store of the register needs, or one of them.

    Raises:
        UsageError: there is no such store, or it would have one account for both.

    """
    held = sorted({dataset.store for dataset in register.all_datasets})
    if only is not None and only not in held:
        raise UsageError(f"--store {only}: the register has no dataset there. Stores: {', '.join(held)}.")
    return [_of(register, settings, name, accounts) for name in held if only in {None, name}]


def compare(settings: Settings, found: StoreGrants) -> Iterator[tuple[Script, Compared | None]]:
    """Each script with what the account that is configured for it has; None: no such account is configured."""
    configured = settings.stores[found.store]
    urls = {Purpose.DRY_RUN: configured.read_url, Purpose.SWEEP: configured.url}
    for script in found.scripts:
        url = urls[script.purpose]
        if url is None or not script.statements:
            yield script, None
            continue
        try:
            missing, surplus = compared_rights(found.store, url, script.statements)
        except RetentionError as error:
            yield script, Compared(missing=(), surplus=(), unknown=str(error))
        else:
            yield script, Compared(missing=missing, surplus=surplus)


def _of(register: Register, settings: Settings, name: str, accounts: Accounts) -> StoreGrants:
    configured = settings.stores.get(name)
    if configured is None:
        raise UsageError(f"{settings.file}: there is no [stores.{name}], and the register has datasets in it. Add it.")
    names = {
        Purpose.DRY_RUN: accounts.dry_run or _user(configured.read_url) or DRY_RUN,
        Purpose.SWEEP: accounts.sweep or _user(configured.url) or SWEEP,
    }
    if not all(map(str.isprintable, names.values())):
        raise UsageError(f"Store {name}: what holds a line or another control is no name of an account. Write another.")
    if names[Purpose.DRY_RUN] == names[Purpose.SWEEP]:
        raise UsageError(
            f"Store {name}: {names[Purpose.SWEEP]} would be the account of dry runs and of sweeps, so that a dry run "
            "could write. Give dry runs one of their own: read_url in the configuration, or --dry-run-account."
        )
    alone = _alone(configured)
    wanted = needs(register, name, alone=alone)
    return StoreGrants(
        store=name,
        engine=configured.engine,
        database=make_url(configured.url).database or "",
        alone=alone,
        scripts=tuple(grant_script(name, configured.url, wanted, purpose, names[purpose]) for purpose in Purpose),
    )


def _alone(configured: StoreSettings) -> bool:
    return configured.read_url is None


def _user(url: str | None) -> str | None:
    return None if url is None else make_url(url).username
