"""What of a hold's records was destroyed before it was placed, as far as the log can tell (design.md P1).

By record: its reference is computed under every reference key of its dataset that this account can read, and looked
for in what the outcomes name. The log knows references only: without the keys, or for a person, nobody can tell.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from retention.audit.authority import Authority
from retention.audit.find import Found, destroyed_refs
from retention.audit.keys import read_reference_key
from retention.audit.manifests import Manifests
from retention.audit.reference import ReferenceKey, record_id
from retention.errors import PolicyError
from retention.record import keys_of

RecordName = tuple[str, str]
"""A record as a hold names it: dataset id and key text."""


class Gone(Struct, frozen=True, kw_only=True):
    """What the log says of the records that a hold names."""

    destroyed: tuple[tuple[RecordName, Found], ...]
    unknown: tuple[str, ...]  # datasets whose reference keys this account cannot read, so that nobody can tell


def gone_before(tx: Authority, manifests: Manifests, keys: Path, records: Collection[RecordName]) -> Gone:
    """Which of these records an outcome calls destroyed.

    Raises:
        AuditError: a list of references that the log names is missing.

    """
    meant: dict[bytes, RecordName] = {}
    unknown: set[str] = set()
    for dataset in sorted({dataset for dataset, _ in records}):
        found = _reference_keys(keys, dataset)
        if found is None:
            unknown.add(dataset)
        for key in found or ():
            meant |= {ref: name for name in records if name[0] == dataset for ref in _references(key, name)}
    places = destroyed_refs(tx, manifests, meant.keys())
    return Gone(
        destroyed=tuple((meant[ref], found) for ref, outcomes in places.items() for found in outcomes),
        unknown=tuple(sorted(unknown)),
    )


def _reference_keys(keys: Path, dataset: str) -> list[ReferenceKey] | None:
    """The dataset's reference keys of every year; None when this account may not read them."""
    folder = keys / "refkeys"
    if not os.access(folder, os.R_OK | os.X_OK):
        return None
    years = [path.stem.removeprefix(f"{dataset}-") for path in folder.glob(f"{dataset}-*.key")]
    found = [read_reference_key(keys, dataset, int(year)) for year in years if year.isdigit()]
    return [key for key in found if key is not None]


def _references(key: ReferenceKey, name: RecordName) -> Iterator[bytes]:
    """The references that a key text may mean: a number and the text of it are different keys."""
    dataset, text = name
    for meant in keys_of(text):
        with suppress(PolicyError):  # a reading that no key of a record can have, such as a fraction
            yield key.ref(record_id(dataset, meant))
