"""Explain one record: every rule that applies, its dates, what decides, and what holds it (R10)."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from retention.dataset import Dataset
from retention.errors import UsageError
from retention.installation import Installation, reach
from retention.reads import columns_read
from retention.record import Key, key_text, keys_of
from retention.scan import Judged, Scanner
from retention.start import Day
from retention.survey import refuse_errors, survey


class AbsentRecordError(UsageError):
    """A store has no record with the key that was asked for."""


class Explanation(Struct, frozen=True):
    """Why one record is kept or goes, as of one day."""

    dataset: str
    key: str
    reference_date: date
    judged: Judged


def explain(installation: Installation, dataset_id: str, text: str, *, today: date) -> Explanation:
    """Judge one record as a plan would.

    Raises:
        PolicyError: no such dataset.
        AbsentRecordError: no such record.
        UsageError: a key that cannot be one.
        StoreError: a store that judging needs cannot be read.
    """
    register = installation.register
    dataset = register.dataset(dataset_id)
    with installation.ledger.control.reading() as tx:
        holds = tx.holds()
    with reach(installation, {one.store for one in register.all_datasets}) as reached:
        surveyed = survey(installation, reached)
        refuse_errors(one for one in surveyed.findings if one.where.startswith(dataset.id))
        if (unreachable := reached.unreachable.get(dataset.store)) is not None:
            raise unreachable
        source = reached.sources[dataset.store]
        found = source.fetch(dataset, columns_read(register, dataset), _keys(dataset, text))
        if not found:
            raise AbsentRecordError(f"{dataset.id} has no record with this key. Nothing is known of it here.")
        scanner = Scanner(register, Day(today, installation.zone), holds, installation.clock(), {})
        judged = scanner.judge(dataset, found[:1], reached.sources)[0]
    return Explanation(dataset.id, key_text(found[0].key), today, judged)


def _keys(dataset: Dataset, text: str) -> tuple[Key, ...]:
    """Every key that a text may mean; what exists is taken."""
    found = tuple(key for key in keys_of(text) if len(key) == len(dataset.key))
    if not found:
        raise UsageError(
            f"{dataset.id} has a key of {len(dataset.key)} part(s), {', '.join(dataset.key)}. "
            "Write them in that order, with commas between them."
        )
    return found
