"""Conditions: which records a rule applies to (design.md R7).

A small closed vocabulary over canonical values. Two-valued: `Not` is plain negation; text compares by code point.
A condition that compares a missing value, wherever in it, cannot be answered: the record's purposes are unknown. Only
`Empty` may look at a missing value. What cannot be said here belongs in a database view the organisation owns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import force_setattr

from retention.errors import PolicyError
from retention.relation import Join, On, join

if TYPE_CHECKING:
    from retention.dataset import Dataset

Constant = str | int | bool | Decimal | date


class Comparison(StrEnum):
    """How a value is compared with a constant."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


class Equals(Struct, frozen=True):
    """A column equals a constant."""

    column: str
    value: Constant


class In(Struct, frozen=True):
    """A column is one of several constants; none at all is refused, since it would match nothing."""

    column: str
    values: tuple[Constant, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise PolicyError(f"In({self.column!r}) names no values. Name at least one.")


class Empty(Struct, frozen=True):
    """A column is missing: NULL, or a number that is none."""

    column: str


class Compare(Struct, frozen=True):
    """A column compared with a constant: Compare("bedrag", ">", 0)."""

    column: str
    comparison: Comparison
    value: Constant

    def __post_init__(self) -> None:
        try:
            force_setattr(self, "comparison", Comparison(self.comparison))
        except ValueError:
            known = ", ".join(Comparison)
            raise PolicyError(f"Compare({self.column!r}) compares by none of {known}: {self.comparison!r}.") from None


@dataclass(frozen=True, slots=True, init=False)
class And:
    """Every part holds; no parts at all is refused."""

    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        object.__setattr__(self, "parts", _some(parts, "And"))


@dataclass(frozen=True, slots=True, init=False)
class Or:
    """At least one part holds; no parts at all is refused."""

    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        object.__setattr__(self, "parts", _some(parts, "Or"))


class Not(Struct, frozen=True):
    """The part does not hold."""

    part: Condition


class Exists(Struct, frozen=True):
    """A related record exists, perhaps one of which a condition holds."""

    dataset: Dataset
    on: Join
    where: Condition | None = None  # None: any related record


Condition = Equals | In | Empty | Compare | And | Or | Not | Exists


def exists(dataset: Dataset, on: On, where: Condition | None = None) -> Exists:
    """A related record exists in another dataset."""
    return Exists(dataset, join(on), where)


def _some(parts: tuple[Condition, ...], name: str) -> tuple[Condition, ...]:
    if not parts:
        raise PolicyError(f"{name}() without parts is refused: no condition never means every record.")
    return parts
