"""Planned records as the spool keeps them: by reference, their keys encrypted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, islice

from retention.audit.reference import ReferenceKey
from retention.dataset import Dataset
from retention.outlook import first_day
from retention.plan import MOST_TOGETHER, Block, Spooled
from retention.record import Key
from retention.scan import Judged
from retention.seal import Stamp
from retention.vault import Vault, encode


def locked(vault: Vault, dataset: Dataset, key: ReferenceKey, page: Iterable[Judged], start: int) -> list[Spooled]:
    """Those of a judged page that the plan lists, numbered from `start`; `key` is the one of their seals."""
    found, texts = list[Spooled](), list[str | None]()
    days: dict[int, date | None] = {}  # by the judgement's identity: records share theirs
    lock, where = vault.lock, dataset.id
    for judged in page:
        candidate, said = judged.candidate, judged.judgement
        if candidate is None or said.action is None:
            continue
        if id(said) not in days:
            days[id(said)] = first_day(judged)
        whose = lock(_plain(candidate.key), where)
        found.append(
            Spooled(start + len(found), candidate.ref, said.action, said.fields, judged.seal, whose, days[id(said)])
        )
        texts.append(judged.text)
    return [*_together(Stamp(key), found, texts)]


def _together(stamp: Stamp, found: Iterable[Spooled], texts: Iterable[str | None]) -> Iterator[Spooled]:
    """The records in blocks, each with which the same is to be done; in none where some seal's text was not kept."""
    for _, alike in groupby(zip(found, texts, strict=True), lambda one: (one[0].action, one[0].fields)):
        while some := [*islice(alike, MOST_TOGETHER)]:
            known = [text for _, text in some if text is not None]
            block = (
                Block(len(some), stamp.block([one.ref for one, _ in some], known)) if len(known) == len(some) else None
            )
            yield from (one._replace(block=block) for one, _ in some)


def _plain(key: Key) -> bytes:
    """As `vault.encode` writes a key, which of one number is soon written."""
    part = key[0]
    return b"[%d]" % part if type(part) is int and len(key) == 1 else encode(list(key))
