"""What is in force, in the log: the text of every policy and dataset that differs from the one recorded last (P5).

A plan and a sweep both begin with it. The texts themselves lie beside the log under their hash; they name nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from retention.audit.entry import DatasetText, Entry, PolicyText
from retention.control.interface import Control
from retention.dataset import Dataset
from retention.fingerprint import dataset_text, policy_text, sha256
from retention.installation import Installation, Reached
from retention.ledger import Ledger
from retention.policy import Register


def texts_in_force(installation: Installation, reached: Reached) -> Mapping[Dataset, bytes]:
    """The canonical text of every dataset whose store can be read."""
    register, zone = installation.register, installation.zone.key
    stores = {name: source.identity for name, source in reached.sources.items()}
    return {
        dataset: dataset_text(register, dataset, store=stores[dataset.store], zone=zone, elsewhere=stores)
        for dataset in register.all_datasets
        if dataset.store in stores
    }


def changed_policies(tx: Control, ledger: Ledger, register: Register) -> Iterator[PolicyText]:
    """Entries for the policies that are not in force as the log has them; noted as recorded in the same transaction."""
    for policy in register:
        digest = _changed(tx, ledger, "policy", policy.purpose, policy_text(policy))
        if digest is not None:
            yield PolicyText(id=policy.purpose, version=policy.version, sha256=digest)


def changed_datasets(tx: Control, ledger: Ledger, texts: Mapping[Dataset, bytes]) -> Iterator[DatasetText]:
    """The same for datasets."""
    for dataset, text in texts.items():
        digest = _changed(tx, ledger, "dataset", dataset.id, text)
        if digest is not None:
            yield DatasetText(id=dataset.id, sha256=digest)


def record_what_is_in_force(
    installation: Installation, reached: Reached, refused: Collection[str]
) -> Mapping[Dataset, bytes]:
    """Let the log say what has changed before it says that nothing was done because of it; the texts in force."""
    register, ledger = installation.register, installation.ledger
    texts = texts_in_force(installation, reached)
    governed = {
        dataset: text for dataset, text in texts.items() if dataset.id not in refused and register.rules_for(dataset)
    }
    with ledger.transaction() as tx:
        entries: list[Entry] = [*changed_policies(tx, ledger, register), *changed_datasets(tx, ledger, governed)]
        if entries:
            ledger.append(tx, entries, now=installation.clock())
    return texts


def _changed(tx: Control, ledger: Ledger, kind: str, name: str, text: bytes) -> str | None:
    """The hash of a text that differs from the one recorded last; it is kept, and recorded now."""
    digest = sha256(text)
    if tx.recorded(kind, name) == digest:
        return None
    ledger.log.write_text(text)
    tx.record(kind, name, digest)
    return digest
