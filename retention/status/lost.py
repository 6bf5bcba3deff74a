"""Keys that the next sweep needs and cannot use, asked where this account is the one that sweeps; nothing is written.

That is the account whose file the control store is. Any other is not meant to see keys, and is told nothing of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec.structs import replace

from retention.audit.keys import read_log_key, read_reference_key, read_spool_key, reference_key_id, reference_key_path
from retention.config import Settings
from retention.errors import ConfigError
from retention.status.facts import KeyKind, LostKey, Memory


def lost_keys(settings: Settings, memory: Memory | str) -> tuple[LostKey, ...]:
    """The keys that cannot be used; none for an account that is not the one that sweeps."""
    return tuple(_lost(settings, memory)) if _sweeps(settings) else ()


def _sweeps(settings: Settings) -> bool:
    try:
        return settings.control_file.stat().st_uid == os.geteuid()
    except OSError:
        return False


def _lost(settings: Settings, memory: Memory | str) -> Iterator[LostKey]:
    keys = settings.keys.directory
    if (found := _look(KeyKind.LOG, settings.log_key_file, lambda: _log_key(settings))) is not None:
        yield found
    spool = keys / "refkeys" / "spool.key"
    if (found := _look(KeyKind.SPOOL, spool, lambda: read_spool_key(keys))) is not None:
        yield found
    needed = () if isinstance(memory, str) else memory.reference_keys
    lost = [one for dataset, year in needed if (one := _reference_key(keys, dataset, year)) is not None]
    if lost:  # with their folder they are all away: one line says it
        yield replace(lost[0], more=len(lost) - 1)


def _log_key(settings: Settings) -> None:
    name, _ = read_log_key(settings.log_key_file)
    if name != settings.log.origin:
        raise ConfigError(
            f"{settings.log_key_file} is the key of log {name}, and [log] origin says {settings.log.origin}"
        )


def _reference_key(keys: Path, dataset: str, year: int) -> LostKey | None:
    path = reference_key_path(keys, reference_key_id(dataset, year))
    found = _look(KeyKind.REFERENCE, path, lambda: read_reference_key(keys, dataset, year))
    return None if found is None else replace(found, dataset=dataset)


def _look(kind: KeyKind, path: Path, read: Callable[[], object]) -> LostKey | None:
    """What is the matter with a key file; None: nothing."""
    try:
        path.stat()
        read()
    except (FileNotFoundError, NotADirectoryError):
        return LostKey(kind=kind, path=path, why=None)
    except OSError as error:
        return LostKey(kind=kind, path=path, why=f"{path} cannot be read: {error.strerror}")
    except ConfigError as error:
        return LostKey(kind=kind, path=path, why=str(error))
    return None
