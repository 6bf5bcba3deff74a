"""What a batch is made of: planned records by what is to be done to them, and whether that still is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from retention.candidate import Candidate
from retention.disposition import Action
from retention.plan import Spooled
from retention.record import Key, Record, RecordId
from retention.scan import Judged
from retention.stores.interface import Locked


def alike(spooled: Iterable[Spooled]) -> list[list[Spooled]]:
    """The records by what is to be done to them, each group in the plan's order: as few batches as there can be."""
    groups: dict[tuple[Action, tuple[str, ...]], list[Spooled]] = {}
    for one in spooled:
        groups.setdefault((one.action, one.fields), []).append(one)
    return list(groups.values())


def in_order(records: Iterable[Record], keys: Mapping[Key, Spooled]) -> list[Record]:
    """The plan's own order; the store may answer in any."""
    by_key = {record.key: record for record in records}
    return [by_key[key] for key in keys if key in by_key]


def as_planned(judged: Judged, planned: Spooled) -> Candidate | None:
    """The candidate when what was planned is still to be done, on the same values; None: it has changed.

    Where more has become due since, what was planned is done, and no more.
    """
    said, candidate = judged.judgement, judged.candidate
    if candidate is None or judged.seal != planned.seal:
        return None
    if planned.action is Action.ERASE_FIELDS:
        fits = said.due or set(planned.fields) <= set(said.fields)
        return replace(candidate, takes=(), unlinks=()) if fits else None
    return candidate if (said.action, said.fields) == (planned.action, planned.fields) else None


def unlinked(candidate: Candidate) -> frozenset[RecordId]:
    """The children that stay with another parent when this record goes."""
    return frozenset((unlink.dataset.id, key) for unlink in candidate.unlinks for key in unlink.keys)


def is_ours(locked: Locked, judged: Judged) -> bool:
    """Whether a record is locked, with every child that it takes along or leaves behind."""
    if not locked.has(judged.record.dataset, [judged.record.key]):
        return False
    candidate = judged.candidate
    return candidate is None or (
        all(locked.has(take.dataset, take.keys) for take in candidate.takes)
        and all(locked.has(unlink.dataset, unlink.keys) for unlink in candidate.unlinks)
    )
