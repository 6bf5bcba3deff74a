"""What a statement looks for, prepared once: a batch asks for the same values again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import filterfalse
from typing import Any, Final, Self

from msgspec import Struct

from retention.record import Key
from retention.stores.checks import joinable

_INT64: Final = 2**63
_NUMBERS: Final = frozenset({int})
_FEWEST: Final = 64  # numbers: for fewer a range gains nothing
_GAPS: Final = 8  # a range is walked where for each number that is not sought there are so many that are


class Span(Struct, frozen=True, kw_only=True):
    """Whole numbers that follow each other, but for some."""

    first: int
    last: int
    gaps: Sequence[int]  # between these, and not meant


class Sought(Struct, frozen=True, eq=False, dict=True):
    """Rows of values, each once; of one column that holds nothing but whole numbers also as these."""

    rows: Sequence[tuple[Any, ...]]
    numbers: Sequence[int] | None = None  # of 64 bits; None: they are others, or may meet others in the database

    @classmethod
    def of(cls, values: Iterable[Key] | Sought) -> Sought:
        """The values that can equal anything; prepared before, they stay as they are."""
        if isinstance(values, Sought):
            return values
        rows = [*values]
        numbers: list[Any] = [row[0] for row in rows if len(row) == 1]
        if not rows or len(numbers) != len(rows) or not _NUMBERS.issuperset(map(type, numbers)):
            return cls(joinable(rows))
        if len({*numbers}) != len(rows):
            return cls.of(dict.fromkeys(rows))
        return cls(rows, numbers if min(numbers) >= -_INT64 and max(numbers) < _INT64 else None)

    def parts(self, size: int) -> Iterator[Self]:
        """The same, at most so many at once."""
        if len(self.rows) <= size:
            yield self
            return
        for start in range(0, len(self.rows), size):
            numbers = None if self.numbers is None else self.numbers[start : start + size]
            yield type(self)(self.rows[start : start + size], numbers)

    @cached_property
    def span(self) -> Span | None:
        """The range that they are, which a server walks in half the time that it takes to look each up; None: none."""
        if self.numbers is None or len(self.numbers) < _FEWEST:
            return None
        first, last = min(self.numbers), max(self.numbers)
        missing = last - first + 1 - len(self.numbers)
        if missing * _GAPS > len(self.numbers):
            return None
        gaps = filterfalse({*self.numbers}.__contains__, range(first, last + 1)) if missing else ()
        return Span(first=first, last=last, gaps=[*gaps])
