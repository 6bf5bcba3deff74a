"""The keys of pseudonyms: which a register names, and where they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from retention.errors import ConfigError
from retention.policy import Register
from retention.technique import Pseudonymise


def pseudonym_names(register: Register, store: str | None = None) -> tuple[str, ...]:
    """The keys that the register's pseudonyms name, in one store or (None) in all."""
    techniques = (
        technique
        for dataset in register.all_datasets
        if store in (None, dataset.store)
        for technique in dataset.fields.values()
    )
    return tuple(sorted({technique.key for technique in techniques if isinstance(technique, Pseudonymise)}))


def pseudonym_keys(register: Register, store: str, keys: Path) -> Mapping[str, bytes]:
    """The pseudonym keys that one store needs, by name.

    Raises:
        ConfigError: one is missing; `retention init` makes those that the register names.

    """
    names = pseudonym_names(register, store)
    if not names:
        return {}
    from retention.audit.keys import pseudonym_key_path, read_pseudonym_key  # noqa: PLC0415 - a store may need none

    for name in names:
        path = pseudonym_key_path(keys, name)
        if not path.exists():
            raise ConfigError(
                f"{path}: there is no such key, and a pseudonym in store {store} needs it. Restore it; or, if there "
                "never was one, run `retention init`, which makes the keys that are missing."
            )
    return {name: read_pseudonym_key(keys, name) for name in names}
