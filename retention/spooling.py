"""Planned records as the spool keeps them: by reference, their keys encrypted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from retention.dataset import Dataset
from retention.outlook import first_day
from retention.plan import Spooled
from retention.record import Key
from retention.scan import Judged
from retention.vault import Vault, encode


def locked(vault: Vault, dataset: Dataset, page: Iterable[Judged], start: int) -> list[Spooled]:
    """Those of a judged page that the plan lists, numbered from `start`."""
    found: list[Spooled] = []
    days: dict[int, date | None] = {}  # by the judgement's identity: records share theirs
    for judged in page:
        candidate, said = judged.candidate, judged.judgement
        if candidate is None or said.action is None:
            continue
        if id(said) not in days:
            days[id(said)] = first_day(judged)
        seq, key, due = start + len(found), vault.lock(_plain(candidate.key), dataset.id), days[id(said)]
        found.append(Spooled(seq, candidate.ref, said.action, said.fields, judged.seal, key, due, judged.block))
    return found


def _plain(key: Key) -> bytes:
    """As `vault.encode` writes a key, which of one number is soon written."""
    part = key[0]
    return b"[%d]" % part if type(part) is int and len(key) == 1 else encode(list(key))
