"""Whether what was planned is still to be done, asked of records that are locked (docs/protocol.md, step 2; P5).

Where a seal holds all that a record is judged by, the same seal means the same judgement: the plan's. Elsewhere the
record is judged again in full. Seals are made of columns where records stand alone, of objects elsewhere: the same
seals, and the same candidates. Holds are asked afterwards, in every case.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from retention.batching import Confirmed, EachConfirmed
from retention.candidate import Candidate
from retention.columns import Columns, Unordered, stands_alone
from retention.dataset import Dataset
from retention.disposition import Action
from retention.plan import Spooled
from retention.record import Key
from retention.rows import Rows
from retention.scan import Judged, Scanner
from retention.seal import Stamp, seals_all
from retention.stores.interface import Reader


def confirm(
    scanner: Scanner,
    dataset: Dataset,
    records: Rows,
    readers: Mapping[str, Reader],
    planned: Mapping[Key, Spooled],
) -> Confirmed:
    """What is still to be done to these records, as it was planned; None: the record has changed."""
    if not seals_all(scanner.register, dataset):
        judged = scanner.judge(dataset, records, readers)
        return EachConfirmed(dataset, {one.record.key: _as_planned(one, planned[one.record.key]) for one in judged})
    if stands_alone(scanner.register, dataset):
        with suppress(Unordered):
            return by_columns(scanner, records, readers, planned)
    return by_objects(scanner, records, readers, planned)


def by_columns(
    scanner: Scanner, records: Rows, readers: Mapping[str, Reader], planned: Mapping[Key, Spooled]
) -> Confirmed:
    """The records that still have their seal, of a dataset whose records stand alone.

    Raises:
        Unordered: they must be looked at one by one.
    """
    stamp = Stamp(scanner.keys[records.dataset.id])
    return Columns(scanner.judging, readers, stamp, records).confirmed(planned)


def by_objects(
    scanner: Scanner, records: Rows, readers: Mapping[str, Reader], planned: Mapping[Key, Spooled]
) -> Confirmed:
    """The records that still have their seal, of any dataset."""
    dataset = records.dataset
    page = scanner.page(dataset, records, readers)
    page.gatherer.know(dataset, records)
    found: dict[Key, Candidate | None] = {}
    for case in page.gatherer.cases(dataset, records):
        key = case.aggregate.record.key
        listed = planned[key]
        whole = listed.action is not Action.ERASE_FIELDS
        found[key] = page.sealed(case, listed.ref, listed.seal, whole=whole)
    return EachConfirmed(dataset, found)


def _as_planned(judged: Judged, planned: Spooled) -> Candidate | None:
    """The candidate when what was planned is still to be done, on the same values; None: it has changed.

    Where more has become due since, what was planned is done, and no more.
    """
    said, candidate = judged.judgement, judged.candidate
    if candidate is None or judged.seal != planned.seal:
        return None
    if planned.action is Action.ERASE_FIELDS:
        fits = said.due or set(planned.fields) <= set(said.fields)
        return candidate._replace(takes=(), unlinks=()) if fits else None
    return candidate if (said.action, said.fields) == (planned.action, planned.fields) else None
