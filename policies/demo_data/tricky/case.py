"""A tricky case as data: what stands in the databases, and what the judge must say of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from retention.text import Text

from ..names import Person, person
from ..rows import Key, Row

REFERENCE_DATE: Final = date(2026, 7, 1)
"""The day at which every case is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected of one record at the reference date, in the codes of the organisation's catalogue.

    With holds in the case: while they are in force.
    """

    dataset: str
    key: Key
    code: str  # DUE_EXPIRED, KEEP_RUNNING, REVIEW_ORPHAN …
    last_day: date | None = None  # last day kept, by the rule that decides; None: not asked
    erases: tuple[str, ...] = ()  # fields that go while the record stays, or of an anonymisation; sorted
    stays: str = ""  # of PARTIAL_PURPOSE: why the record itself stays


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldToPlace:
    """A hold that belongs to the case."""

    kind: str  # legal-hold or restriction, as `hold place --kind` has it
    matter: Text
    placed_on: date
    subjects: tuple[tuple[str, str], ...] = ()  # (namespace, id)
    records: tuple[tuple[str, Key], ...] = ()  # (dataset id, key)
    review_on: date | None = None
    after_approval: bool = False  # placed between the approval and the sweep


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One tricky case by its number."""

    number: str  # K01
    title: Text
    inserted: tuple[Row, ...]
    expected: tuple[Expected, ...]
    holds: tuple[HoldToPlace, ...] = ()

    @property
    def rows(self) -> tuple[tuple[str, Key], ...]:
        """The rows it stands in the databases with, as (dataset id, key)."""
        return tuple((row.dataset, row.key) for row in self.inserted)


def number_of(case: int, nth: int = 1) -> int:
    """A key that only this case uses: 900000 + 100 a case + nth."""
    return 900_000 + 100 * case + nth


def someone(case: int, nth: int = 1, *, oldest: int = 1950, youngest: int = 1985) -> Person:
    """A person of this case, the same in every size and for every seed."""
    number = number_of(case, nth)
    return person(number, Random(number), oldest=oldest, youngest=youngest)
