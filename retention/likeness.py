"""How alike anonymised records are: the smallest group that the columns that remain of them form.

Counted while the plan is made, over what is anonymised already and what this plan anonymises: records that still stay
as they are hide nobody. Only hashes are held, and no more than `MOST` of them, for one dataset at a time. Where it
cannot be known it is not known, and that is no "anonymous".
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from msgspec import Struct, field

from retention.dataset import Dataset
from retention.details import SINGLED_OUT, Remains
from retention.disposition import Action
from retention.erase import apply
from retention.errors import StoreError
from retention.reason import Reason
from retention.record import UNREADABLE, Record, Value
from retention.scan import Judged
from retention.sifting import Sifted
from retention.stores.interface import Reader
from retention.stores.schema import SchemaTable
from retention.technique import FixedText, Nullify, Pseudonymise, Technique

MOST: Final = 200_000  # groups
_LESS: Final = f"<{SINGLED_OUT}"


class Likeness(Struct):
    """The records of one dataset by what remains of them."""

    dataset: Dataset
    columns: tuple[str, ...]  # that remain, without the key
    most: int = MOST
    records: int = 0
    _groups: Counter[int] = field(default_factory=Counter)
    _crowded: bool = False  # there were more groups than are held
    _unread: bool = False  # a value, or a column, could not be read

    @classmethod
    def of(cls, dataset: Dataset, table: SchemaTable) -> Likeness:
        """For a dataset as its table is live."""
        return cls(dataset, remaining(dataset, table))

    def add(self, page: Sifted, reader: Reader) -> None:
        """Count those of a page that are anonymised already, or will be."""
        keys = [one.record.key for one in page.each if _anonymous(one)]
        keys += [key for said, keys in page.alike if _anonymous(said) for key in keys]
        self.records += len(keys)
        if not keys or self._unread:
            return
        try:
            records = reader.fetch(self.dataset, self.columns, keys)
        except StoreError:  # columns that this account may not read: what cannot be looked at is not called anonymous
            self._unread = True
            return
        for record in records:
            self._count(record)

    def _count(self, record: Record) -> None:
        left = [_left(self.dataset.fields.get(name), record.values[name]) for name in self.columns]
        if any(value is UNREADABLE for value in left):
            self._unread = True
            return
        group = hash(tuple(left))
        if group in self._groups or len(self._groups) < self.most:
            self._groups[group] += 1
        else:
            self._crowded = True

    def remains(self) -> Remains:
        """What is left of them."""
        return Remains(
            columns=self.columns, key=tuple(self.dataset.key), records=self.records, smallest=self._smallest()
        )

    def _smallest(self) -> int | str | None:
        if self._crowded:  # with so many groups some must be small, unless there are very many records
            return _LESS if self.records < SINGLED_OUT * self.most else None
        if self._unread or not self.records:
            return None
        smallest = min(self._groups.values(), default=0)
        return smallest if smallest >= SINGLED_OUT else _LESS


def remaining(dataset: Dataset, table: SchemaTable) -> tuple[str, ...]:
    """The columns that still say something of an anonymised record; its key apart, and what the database computes."""
    gone = {name for name, how in dataset.fields.items() if isinstance(how, Nullify | FixedText)}
    return tuple(
        name for name, column in table.columns.items() if not (name in gone or name in dataset.key or column.generated)
    )


def _anonymous(one: Judged) -> bool:
    if one.gate is not None:
        return False
    return one.judgement.action is Action.ANONYMISE or one.reason is Reason.SETTLED


def _left(technique: Technique | None, value: Value) -> Value:
    """A value as it will be; a pseudonym tells its people apart just as the value behind it does."""
    if technique is None or isinstance(technique, Pseudonymise):
        return value
    return apply(technique, value, keys={})
