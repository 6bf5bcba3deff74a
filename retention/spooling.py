"""Planned records as the spool keeps them: by reference, their keys encrypted."""

from __future__ import annotations

from collections.abc import Iterable

from retention.dataset import Dataset
from retention.installation import Keyring
from retention.outlook import first_day
from retention.plan import Spooled
from retention.scan import Judged
from retention.vault import encode


def locked(keyring: Keyring, dataset: Dataset, page: Iterable[Judged], start: int) -> list[Spooled]:
    """Those of a judged page that the plan lists, numbered from `start`."""
    found: list[Spooled] = []
    for judged in page:
        if judged.candidate is None or judged.judgement.action is None:
            continue
        key = keyring.vault.lock(encode(list(judged.record.key)), dataset.id)
        act, fields = judged.judgement.action, judged.judgement.fields
        seq, due = start + len(found), first_day(judged)
        found.append(Spooled(seq, judged.candidate.ref, act, fields, judged.seal, key, due))
    return found
