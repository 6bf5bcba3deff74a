"""The composition root: from settings to the things that do the work. Nothing here is global, nothing is opened twice.

Each `open_…` makes one part; whoever asked for it closes it. Parts that need keys fail for accounts that cannot read
them: only the sweep account holds the log's key. What `opening` opens can be had here too.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

from msgspec import Struct

from retention import __version__, logconfig
from retention.audit.keys import read_spool_key
from retention.audit.log import Log
from retention.audit.note import KEPT, Signer, VerifierKey
from retention.audit.signer import from_uri
from retention.config import Settings
from retention.errors import ConfigError
from retention.failing import Patience
from retention.installation import Installation, Keyring
from retention.ledger import Ledger
from retention.opening import (
    Stores,
    account,
    now,
    open_actor,
    open_control,
    open_journal,
    open_manifests,
    open_other_register,
    open_people,
    open_register,
    open_trust,
)
from retention.service import Retention
from retention.vault import Vault

__all__ = [
    "TOOL",
    "ReadOnly",
    "Stores",
    "account",
    "now",
    "open_actor",
    "open_control",
    "open_journal",
    "open_log",
    "open_manifests",
    "open_other_register",
    "open_people",
    "open_register",
    "open_retention",
    "open_trust",
    "open_vault",
]

TOOL: Final = f"retention/{__version__}"


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


class ReadOnly(Struct, frozen=True):
    """What stands for the log's key where an account may not read it: it signs nothing."""

    vkey: VerifierKey

    def sign(self, message: bytes) -> NoReturn:  # noqa: ARG002 - the signer's own signature
        """Refuse."""
        raise ConfigError("This account cannot read the log's key. Run this under the sweep account; see [keys].")


def _signer(settings: Settings) -> Signer:
    path = settings.log_key_file
    if _kept_from_us(path):
        known = [key for key in open_trust(settings).logs if key.name == settings.log.origin]
        if known:
            return ReadOnly(known[-1])
    return from_uri(f"file:{path}")


def _kept_from_us(path: Path) -> bool:
    """Whether a file is there, or may be, and this account may not read it."""
    try:
        path.stat()
    except PermissionError:  # of the folder it lies in
        return True
    except OSError:
        return False
    return not os.access(path, os.R_OK)


def open_vault(settings: Settings) -> Vault | None:
    """The key of the spool; None for an account that has no keys, which can only report.

    Raises:
        ConfigError: the key is there, and malformed or readable by others.

    """
    path = settings.keys.directory / "refkeys" / "spool.key"
    if not os.access(path, os.R_OK):
        return None
    return Vault(read_spool_key(settings.keys.directory))


@contextmanager
def open_retention(settings: Settings) -> Generator[Retention]:
    """Everything put together for the account that runs this, which logs as configured; let go of when left.

    Raises:
        UsageError: the account is nobody's.
        PolicyError, ConfigError, ControlError: a part cannot be opened.

    """
    logconfig.configure(settings.logging.format)
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
                batch_seconds=settings.sweep.batch_seconds,
                batch_records=settings.sweep.batch_records,
                patience=Patience(seconds=settings.sweep.lock_seconds),
                pace=settings.sweep.pace,
                kept=settings.log.trust.parent / KEPT,
            ),
            open_people(settings),
        )
