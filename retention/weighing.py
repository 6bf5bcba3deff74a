"""Judge by columns: records of which a dataset's rules read the same are judged once.

No second judge: for each thing that rules can read there is asked what the judge says of a record that has just that,
and nothing else, so that a judge who came to read more would fail here, never say something else. Where rules look into
other records nothing is weighed (`weighs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache, partial
from itertools import repeat
from types import NoneType
from typing import Any, Final
from uuid import UUID

from retention.dataset import Dataset
from retention.disposition import Anonymise
from retention.erase import done
from retention.judge import Judge, Judgement
from retention.policy import Register
from retention.reads import columns_weighed
from retention.record import Facts, Record, Unreadable, Value
from retention.rows import Rows
from retention.start import days_of

_REMEMBERED: Final = 1024  # answers: a register never changes, and every page asks
_MOST: Final = 20_000  # judgements that are kept: records share their few thousand days
_NOTHING: Final = Facts()
_TELLING: Final = frozenset({date, int, str, bool, UUID, bytes, tuple})  # of one of these, equal values are the same
_ABSENT: Final = frozenset({NoneType, Unreadable})

Input = tuple[Any, ...]


class Weighing:
    """The judgements of one dataset's records, as if they had no children; those of the same input are one object."""

    def __init__(self, judge: Judge, dataset: Dataset) -> None:
        """Take a dataset that can be weighed."""
        weighed = columns_weighed(judge.register, dataset)
        if weighed is None:
            raise AssertionError(f"{dataset.id}: some rule looks into other records")
        self._judge = judge
        self._dataset = dataset
        self._weighed = weighed
        self._fields = tuple(sorted(dataset.fields)) if _asks_fields(judge.register, dataset) else ()
        self._known: dict[tuple[type, ...], dict[Input, Judgement]] = {}  # by the kinds that the values are of

    def of(self, rows: Rows) -> list[Judgement]:
        """What the judge says of each row."""
        kinds, inputs = self._inputs(rows)
        known = self._known.setdefault(kinds, {})
        asked = {one: place for place, one in enumerate(inputs) if one not in known}
        if sum(map(len, self._known.values())) + len(asked) > _MOST:
            self._known = {kinds: (known := {})}
            asked = {one: place for place, one in enumerate(inputs)}
        for one, record in zip(asked, self._records(rows, asked.values()), strict=True):
            known[one] = self._judge.judge_record(record, _NOTHING)
        return [*map(known.__getitem__, inputs)]

    def _inputs(self, rows: Rows) -> tuple[tuple[type, ...], Sequence[Input]]:
        """Of what kinds the values are; and of each row what it is judged by."""
        exact = [_told(column) for column in rows.columns(self._weighed.exact)]
        days = [_told(self._days(name, *rows.columns((name,)))) for name in self._weighed.dated]
        flags = [
            [done(self._dataset.fields[name], value) for value in column]
            for name, column in zip(self._fields, rows.columns(self._fields), strict=True)
        ]
        parts = [part for _, part in (*exact, *days)]
        inputs = [*zip(*parts, *flags, strict=True)] if parts or flags else [*repeat((), len(rows))]
        return tuple([kind for kind, _ in (*exact, *days)]), inputs

    def _days(self, name: str, column: Sequence[Value]) -> Sequence[Any]:
        """A column as dates are read from it."""
        if datetime not in set(map(type, column)):
            return column
        return [*map(partial(days_of, kind=self._dataset.dates.get(name), zone=self._judge.day.zone), column)]

    def _records(self, rows: Rows, places: Iterable[int]) -> Iterator[Record]:
        """Records with the columns of some rows that are weighed, and no others."""
        names = (*self._weighed.exact, *self._weighed.dated, *self._fields)
        some = rows.at([*places])
        for values in zip(*some.columns(names), strict=True) if names else repeat((), len(some)):
            yield Record(self._dataset, (), dict(zip(names, values, strict=True)))


def weighs(register: Register, dataset: Dataset) -> bool:
    """Whether a dataset's rules read nothing but the record itself."""
    return columns_weighed(register, dataset) is not None


@lru_cache(_REMEMBERED)
def _asks_fields(register: Register, dataset: Dataset) -> bool:
    """Whether it can matter to a judgement which personal fields are erased already."""
    rules = [rule for _, rule in register.rules_for(dataset)]
    return any(isinstance(rule.then or dataset.then, Anonymise) or rule.needs is not None for rule in rules)


def _told(column: Sequence[Any]) -> tuple[type, Iterable[Any]]:
    """A column of which equal values are the same value: of one kind that has no two ways to write one, or in words."""
    kinds = set(map(type, column)) - _ABSENT
    if len(kinds) <= 1 and kinds <= _TELLING:
        return (kinds.pop() if kinds else NoneType), column
    return object, map(ascii, column)
