"""Blocks: planned records as they rest in the spool, some hundreds to a row (docs/adr/0040).

A row for each record cost more to write, to read and to erase than all else that a sweep asks of this store.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache, partial
from itertools import groupby, islice, repeat
from struct import unpack
from typing import Any, Final, NamedTuple

from retention.control import wire
from retention.disposition import Action
from retention.encoding import decode_keys, encode_keys
from retention.errors import ControlError
from retention.plan import MOST_TOGETHER, Block, Spooled

_DIGEST: Final = 32  # bytes, of a reference and of a seal
_REMEMBERED: Final = 65_536  # days: records share their few thousand


class Row(NamedTuple):
    """Records of consecutive seqs, with which the same is to be done."""

    seq: int  # the first
    records: int
    action: str
    fields: str  # JSON
    refs: bytes  # one after another
    seals: bytes  # likewise
    keys: bytes  # encrypted together
    dues: str | None  # days, parted by commas, with nothing for no day; None: none has a day
    seal: bytes | None  # of the block; None: not all of it is left, or it never had one


Crypt = Callable[[bytes], bytes]
"""Locks what stands in one place, or opens it."""


def rows_of(records: Iterable[Spooled], lock: Crypt) -> Iterator[Row]:
    """Planned records as rows, in their order."""
    for _, alike in groupby(enumerate(records), _together):
        ones = (one for _, one in alike)
        while some := [*islice(ones, MOST_TOGETHER)]:
            yield _row(some, lock)


def records_of(row: Row, unlock: Crypt) -> list[Spooled]:
    """The planned records of a row: column by column, since millions are read.

    Raises:
        ControlError: the keys do not open, or references or seals are cut short.
    """
    count = row.records
    columns = zip(
        range(row.seq, row.seq + count),
        digests_of(row.refs),
        repeat(Action(row.action), count),
        repeat(_names(row.fields), count),
        digests_of(row.seals),
        decode_keys(unlock(row.keys)),
        repeat(None, count) if row.dues is None else map(_day, row.dues.split(",")),
        repeat(None if row.seal is None else Block(count, row.seal), count),
        strict=True,
    )
    return [*map(_record, columns)]


def days_of(row: Row) -> set[date | None]:
    """The days of a row's records, which nothing needs to be opened for."""
    return {None} if row.dues is None else {*map(_day, row.dues.split(","))}


def digests_of(joined: bytes) -> Sequence[bytes]:
    """References or seals, one by one.

    Raises:
        ControlError: there is more or less than whole ones.
    """
    if len(joined) % _DIGEST:
        raise ControlError("References or seals of planned records are cut short; make a new plan.")
    return unpack(f"{_DIGEST}s" * (len(joined) // _DIGEST), joined)


def _together(numbered: tuple[int, Spooled]) -> tuple[int, Action, tuple[str, ...], Block | None]:
    place, one = numbered
    return one.seq - place, one.action, one.fields, one.block


def _row(some: Sequence[Spooled], lock: Crypt) -> Row:
    first = some[0]
    dues = [wire.day_text(one.due) or "" for one in some]
    return Row(
        seq=first.seq,
        records=len(some),
        action=first.action.value,
        fields=json.dumps(first.fields, ensure_ascii=False, separators=(",", ":")),
        refs=b"".join([one.ref for one in some]),
        seals=b"".join([one.seal for one in some]),
        keys=lock(encode_keys([one.key for one in some])),
        dues=",".join(dues) if any(dues) else None,
        seal=first.block.seal if first.block is not None and first.block.records == len(some) else None,
    )


@lru_cache(_REMEMBERED)
def _names(fields: str) -> tuple[str, ...]:
    return tuple(json.loads(fields))


@lru_cache(_REMEMBERED)
def _day(text: str) -> Any:
    return wire.day(text or None)


_record: Final[Callable[[tuple[Any, ...]], Spooled]] = partial(tuple.__new__, Spooled)
"""A planned record of its members, without a call of our own for each."""
