"""Count for ourselves: the rows that are gone from the databases are the references that the log calls destroyed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Final

from msgspec import Struct

from retention import bootstrap
from retention.audit.keys import read_reference_key
from retention.audit.reference import record_id
from retention.audit.show import read_entries
from retention.demo.place import Place
from retention.demo.steps import PLANNED, settings_of
from retention.errors import RetentionError
from retention.record import Key

_PAGE: Final = 5000
_YEAR: Final = int(PLANNED[:4])

Rows = Mapping[str, frozenset[Key]]
"""Keys of the records that are there, by dataset."""


class Reckoned(Struct, frozen=True):
    """What is gone, and what the log says of it."""

    gone: frozenset[bytes]  # references of the rows that are gone
    logged: frozenset[bytes]  # references with outcome destroyed, of batches that deleted

    @property
    def agrees(self) -> bool:
        """Whether both are the same records, every one."""
        return self.gone == self.logged


def rows(place: Place) -> Rows:
    """Every record of the datasets that are nobody's children: those of children go with records above them."""
    settings = settings_of(place)
    register = bootstrap.open_register(settings)
    stores = bootstrap.Stores(settings, register)
    found = {}
    for dataset in register.all_datasets:
        if register.parents_of(dataset) or not register.rules_for(dataset):
            continue
        with closing(stores.source(dataset.store)) as source:
            pages = source.pages(dataset, dataset.key, size=_PAGE)
            found[dataset.id] = frozenset(record.key for page in pages for record in page)
    return found


def reckon(place: Place, before: Rows) -> Reckoned:
    """Compare what is gone since then with what the log says was deleted."""
    after = rows(place)
    gone = {dataset: keys - after[dataset] for dataset, keys in before.items()}
    return Reckoned(
        frozenset(ref for dataset, keys in gone.items() if keys for ref in _references(place, dataset, keys)),
        frozenset(_logged(place, before)),
    )


def _references(place: Place, dataset: str, keys: frozenset[Key]) -> list[bytes]:
    key = read_reference_key(place.keys, dataset, _YEAR)
    if key is None:
        raise RetentionError(f"Rows of {dataset} are gone, and it has no reference key: no log can name them.")
    return key.refs(record_id(dataset, one) for one in keys)


def _logged(place: Place, datasets: Rows) -> set[bytes]:
    settings = settings_of(place)
    manifests = bootstrap.open_manifests(settings)
    entries = read_entries(place.log, bootstrap.open_trust(settings))
    deleting = {one.index for one in entries if one.kind == "intent" and one.members["action"] == "delete"}
    found: set[bytes] = set()
    for one in entries:
        if one.kind == "outcome" and one.members["intent"] in deleting and one.members["dataset"] in datasets:
            found.update(manifests.read(one.members["destroyed"]["root"]) or () if "destroyed" in one.members else ())
    return found
