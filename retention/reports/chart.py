"""Charts as values: bars with their labels and numbers, which a template draws and a table repeats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from retention.reports.words import Words

_LONGEST: Final = 70.0  # per cent of the picture: the number behind it fits on a phone, the label is above it
_ROW: Final = 36  # pixels


class Bar(Struct, frozen=True, kw_only=True):
    """One bar."""

    label: str
    count: int
    said: str  # the count as the reader writes it
    width: float  # per cent of the picture


class Chart(Struct, frozen=True, kw_only=True):
    """Bars that answer the question in their title."""

    id: str
    title: str  # the question
    said: str  # the answer in a sentence
    kind: str  # goes or stays: the colour
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """Of the picture, in pixels."""
        return _ROW * len(self.bars)

    @property
    def rows(self) -> list[tuple[int, Bar]]:
        """Each bar with the pixels above it."""
        return [(_ROW * place, bar) for place, bar in enumerate(self.bars)]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(bar.count for bar in self.bars)


def bars(counts: Iterable[tuple[str, int]], words: Words) -> tuple[Bar, ...]:
    """Bars as long as their numbers."""
    given = list(counts)
    most = max((count for _, count in given), default=0) or 1
    return tuple(
        Bar(
            label=label,
            count=count,
            said=words.count(count),
            width=round(max(0.6, _LONGEST * count / most), 2) if count else 0,
        )
        for label, count in given
    )
