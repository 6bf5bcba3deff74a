"""Columns of a chart, as places in an SVG: the macro `chart` draws them, and a table behind each says the numbers.

Everything is in the units of the view box, so that a chart is as wide as the page lets it be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

HEIGHT: Final = 40.0  # of the view box
_WIDTH: Final = 100.0
_GAP: Final = 0.2  # of a column's place
_LEAST: Final = 0.6  # a number that is no 0 can be seen


@dataclass(frozen=True, slots=True)
class Column:
    """One column, with what stands under it and what it says."""

    label: str
    value: int | None  # None: not known, which is no 0
    said: str  # the value as the reader writes it
    x: float
    width: float
    height: float  # 0 for none

    @property
    def y(self) -> float:
        """Where it begins, from the top."""
        return round(HEIGHT - self.height, 2)


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns next to each other, each as high as its value is of the highest."""

    title: str  # the question that it answers
    columns: tuple[Column, ...]
    highest: str  # the value of the highest column as the reader writes it; empty: there is none
    kind: str = "goes"  # whose colour it has

    @classmethod
    def of(cls, title: str, values: Iterable[tuple[str, int | None, str]], *, kind: str = "goes") -> Chart:
        """A chart of (label, value, value as the reader writes it), in order."""
        given = tuple(values)
        highest = max((value or 0 for _, value, _ in given), default=0)
        place = _WIDTH / max(len(given), 1)
        columns = tuple(
            Column(
                label=label,
                value=value,
                said=said,
                x=round(number * place + place * _GAP / 2, 2),
                width=round(place * (1 - _GAP), 2),
                height=_height(value, highest),
            )
            for number, (label, value, said) in enumerate(given)
        )
        tallest = next((said for _, value, said in given if highest and value == highest), "")
        return cls(title=title, columns=columns, highest=tallest, kind=kind)

    @property
    def first(self) -> str:
        """What stands under the first column; empty where there is none."""
        return self.columns[0].label if self.columns else ""

    @property
    def last(self) -> str:
        """What stands under the last column; empty where that is the first."""
        return self.columns[-1].label if len(self.columns) > 1 else ""

    @property
    def tallest(self) -> str:
        """What stands under the highest column; empty where there is none."""
        return next((one.label for one in self.columns if self.highest and one.said == self.highest), "")


def _height(value: int | None, highest: int) -> float:
    if not value or not highest:
        return 0.0
    return round(max(value / highest * HEIGHT, _LEAST), 2)
