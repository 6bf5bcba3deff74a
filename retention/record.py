"""Records as the core sees them: canonical values, with their children and what related records say.

Stores decode what they hold into these values; the core never sees a text form or a dialect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import chain, product
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from msgspec import Struct, field

if TYPE_CHECKING:
    from retention.dataset import Dataset
    from retention.relation import Join


class Unreadable(Enum):
    """A value that is there but is not what its column is declared to hold: never a reason to destroy."""

    UNREADABLE = "unreadable"


UNREADABLE: Final = Unreadable.UNREADABLE

Value = None | bool | int | float | str | bytes | Decimal | date | datetime | UUID | Unreadable
"""A canonical value: timestamps are aware, numbers that are none (NaN) are None."""

Key = tuple[Value, ...]


class Record(NamedTuple):
    """One record: its key and the columns that were read. A tuple, since millions are made."""

    dataset: Dataset
    key: Key
    values: Mapping[str, Value]

    def at(self, columns: tuple[str, ...]) -> Key | None:
        """Its values of these columns; None when any is missing, since nothing joins a missing value."""
        values = self.values
        if len(columns) == 1:
            value = values[columns[0]]
            return None if value is None or value is UNREADABLE else (value,)
        found = tuple([values[column] for column in columns])
        return None if None in found or UNREADABLE in found else found


RecordId = tuple[str, Key]
"""A record anywhere: its dataset's id and its key."""


class Aggregate(Struct, frozen=True):
    """A record with every declared child below it: the unit that is due, held, destroyed and proven (R11)."""

    record: Record
    children: tuple[Aggregate, ...] = ()
    link: tuple[str, ...] = ()  # the record's columns that refer to the one above it; empty for the topmost
    others: frozenset[RecordId] = frozenset()  # further parents that this record belongs to
    alike: frozenset[RecordId] = frozenset()  # those of them that the very same columns refer to

    @property
    def id(self) -> RecordId:
        """Which record it is of."""
        return self.record.dataset.id, self.record.key

    def __iter__(self) -> Iterator[Aggregate]:
        """Every aggregate in it, itself first."""
        yield self
        for child in self.children:
            if child.children:
                yield from child
            else:
                yield child


Fact = tuple[str, tuple[str, ...]]
"""Which related records: their dataset's id, and their columns that were asked for certain values."""


class Facts(Struct, frozen=True):
    """What was read of related records for one page or batch; asking for what was not read is a fault."""

    known: Mapping[Fact, Mapping[Key, tuple[Record, ...]]] = field(default_factory=dict)

    def related(self, dataset: Dataset, on: Join, record: Record) -> tuple[Record, ...]:
        """The records of `dataset` that `on` joins to the record, its condition not yet applied."""
        ours = record.at(on.ours)
        return () if ours is None else self.known[dataset.id, on.theirs][ours]


def key_order(key: Key) -> tuple[tuple[str, object], ...]:
    """A key as something that sorts, whatever its parts are: kinds apart, values within a kind."""
    return tuple(("", 0) if part is None or part is UNREADABLE else (type(part).__name__, part) for part in key)


EXACT: Final = frozenset[type]({int, str, UUID, bytes, date})  # what most keys are made of: each says which it is


def identified(key: Key) -> bool:
    """Whether a key says which record it is: nothing in it is missing, unreadable, or a number without exact form."""
    return EXACT.issuperset(map(type, key)) or not any(
        part is None
        or part is UNREADABLE
        or isinstance(part, float)
        or (isinstance(part, Decimal) and not part.is_finite())
        for part in key
    )


def identify(keys: Collection[Key]) -> bool:
    """Whether all of some keys do."""
    return EXACT.issuperset(map(type, chain.from_iterable(keys))) or all(map(identified, keys))


def value_text(value: Value) -> str:
    """A value as people and holds write it: 17 however it is stored, 2026-07-01, a lower-case UUID; bytes as hex."""
    if type(value) is int or type(value) is str:  # nearly all are
        return str(value)
    match value:
        case float() if value.is_integer():
            return str(int(value))
        case Decimal() if value.is_finite() and value == value.to_integral_value():
            return str(int(value))
        case bytes():
            return "hex:" + value.hex()
        case datetime():
            return value.isoformat(timespec="microseconds")
        case Unreadable() | None:
            return ""
        case _:
            return str(value)


def key_text(key: Key) -> str:
    """A key as people and holds write it; several parts are joined by commas, a comma in a part is escaped."""
    if len(key) == 1 and type(key[0]) is int:  # most are
        return str(key[0])
    return ",".join(value_text(part).replace("\\", "\\\\").replace(",", "\\,") for part in key)


def values_of(text: str) -> tuple[Value, ...]:
    """Every value that `value_text` writes like this: 17 is a number, and a text too."""
    found: list[Value] = []
    for read in _READ:
        try:
            value = read(text)
        except (ValueError, ArithmeticError):
            continue
        if value_text(value) == text:
            found.append(value)
    return tuple(found)


def keys_of(text: str) -> tuple[Key, ...]:
    """Every key that `key_text` writes like this, whatever the types and number of its parts."""
    parts = [""]
    for piece in _PIECE.findall(text):
        if piece == ",":
            parts.append("")
        else:
            parts[-1] += piece[-1]
    return tuple(product(*(values_of(part) for part in parts)))


_PIECE: Final = re.compile(r"\\.|.", re.DOTALL)  # a character, perhaps escaped

_READ: Final[tuple[Callable[[str], Value], ...]] = (
    str,
    int,
    Decimal,
    float,
    UUID,
    date.fromisoformat,
    datetime.fromisoformat,
    lambda text: bytes.fromhex(text.removeprefix("hex:")),
    lambda text: text == "True",
)
