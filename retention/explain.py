"""Explain one record: every rule that applies, its dates, what decides, and what holds it (R10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from retention.errors import UsageError
from retention.installation import Installation, reach
from retention.keys_as_text import possible_keys
from retention.reads import columns_read
from retention.record import key_text
from retention.scan import Judged, Scanner
from retention.start import Day
from retention.stores.check_tools import table_of
from retention.survey import refuse_errors, survey


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one record is kept or goes, as of one day."""

    dataset: str
    key: str
    reference_date: date
    judged: Judged


def explain(installation: Installation, dataset_id: str, text: str, *, today: date) -> Explanation:
    """Judge one record as a plan would.

    Raises:
        PolicyError: no such dataset.
        UsageError: no such record, or a key that cannot be one.
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
        table = table_of(dataset, source.schema())
        keys = possible_keys(dataset, text, {} if table is None else dict(table.columns))
        found = source.fetch(dataset, columns_read(register, dataset), keys)
        if not found:
            raise UsageError(f"{dataset.id} has no record with this key. Nothing is known of it here.")
        scanner = Scanner(register, Day(today, installation.zone), holds, installation.clock(), {})
        judged = scanner.judge(dataset, found[:1], reached.sources)[0]
    return Explanation(dataset.id, key_text(found[0].key), today, judged)
