"""The details of a plan that people read beside its numbers: until when, how late, what changed, what nobody governs.

Parts of a `PlanSummary`: counts, days and names of tables and columns, never a record. Each is read back from the JSON
that it was kept as.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from msgspec import Struct, field

SINGLED_OUT: Final = 5
"""Records that are alike in what remains of them, below which one of them can still be singled out."""
OVERDUE_FROM: Final = (0, 7, 31, 92, 366, 1827)
"""Days overdue from which each band of the distribution counts; the last has no end."""
UNDATED: Final = -1
"""The band of what is due without a period that ended on a day."""


class Kept(Struct, frozen=True, kw_only=True):
    """Records of a dataset that stay for one reason, by one decision, and until when."""

    reason: str  # Reason
    purpose: str  # whose rule decides; empty: none does
    records: int
    first: date | None = None  # the first day on which one of them may go; None: not known
    last: date | None = None  # the day from which none of them is kept by this any longer; None: not known


class Remains(Struct, frozen=True, kw_only=True):
    """What is left of records that are anonymised, and whether it still points at somebody."""

    columns: tuple[str, ...]  # that remain, perhaps coarser; without the key
    key: tuple[str, ...]  # remains too, and is not counted: what else has these numbers is another dataset's concern
    records: int  # anonymised already, or by this plan
    smallest: int | str | None  # records of the smallest group that are alike; "<5" is all that is said of fewer

    @property
    def singles_out(self) -> bool:
        """Whether somebody can still be singled out, or that cannot be ruled out."""
        return self.records > 0 and not isinstance(self.smallest, int)


class ColumnSummary(Struct, frozen=True, kw_only=True):
    """One column of a table."""

    name: str
    role: str  # key, field, date, subject, read or none
    personal: bool  # by its name


class TableSummary(Struct, frozen=True, kw_only=True):
    """One table or view of a store, governed or not."""

    store: str
    table: str
    dataset: str | None  # None: in no data map
    governed: str  # by rules, by parent, declared or no
    columns: tuple[ColumnSummary, ...]
    rows: int | None = None  # as the database estimates; None: it does not say

    @property
    def open(self) -> bool:
        """Whether nothing disposes of its records."""
        return self.governed in {"no", "declared"}

    @property
    def exposed(self) -> bool:
        """Whether it looks like personal data that nothing disposes of."""
        return self.open and any(one.personal for one in self.columns)

    @property
    def unnamed(self) -> tuple[str, ...]:
        """Columns that look like personal data and that no declaration names."""
        return tuple(one.name for one in self.columns if one.personal and one.role == "none")


class DatasetChange(Struct, frozen=True, kw_only=True):
    """What is different in one dataset since the plan before that listed it."""

    dataset: str
    since: date  # reference date of the plan before
    before: int  # records it listed
    done: int  # of these: have gone since
    now: int  # records that this plan lists
    joined: int | None  # of these: were not on the list before; None: the references cannot be compared
    left: int | None  # still there, and no longer on the list; None: as `joined`
    ended: int = 0  # of those that joined: their period ended since
    rules_changed: bool = False  # rules, declaration or store
    released: Mapping[str, int] = field(default_factory=dict)  # hold that stands no longer: records it stopped
    placed: Mapping[str, int] = field(default_factory=dict)  # new hold: records it stops

    @property
    def same(self) -> bool:
        """Whether there is nothing to tell."""
        return self.joined == self.left == self.done == 0 and not self.rules_changed

    @property
    def other(self) -> int:
        """Records that joined though their period had ended before; 0 where that is not known."""
        return max(0, (self.joined or 0) - self.ended)


class PlanChanges(Struct, frozen=True, kw_only=True):
    """What is different since the plan before."""

    digest: str  # of the newest plan before
    reference_date: date
    datasets: tuple[DatasetChange, ...]
    new_datasets: tuple[str, ...] = ()  # judged for the first time
    gone_datasets: tuple[str, ...] = ()  # no longer judged
    policies: tuple[str, ...] = ()  # purposes of which the policy changed, came or went


def kept(raw: dict[str, Any]) -> Kept:
    """The value as its JSON has it."""
    return Kept(**{**raw, "first": _day(raw["first"]), "last": _day(raw["last"])})


def remains(raw: dict[str, Any] | None) -> Remains | None:
    """The value as its JSON has it."""
    return None if raw is None else Remains(**{**raw, "columns": tuple(raw["columns"]), "key": tuple(raw["key"])})


def table(raw: dict[str, Any]) -> TableSummary:
    """The value as its JSON has it."""
    return TableSummary(**{**raw, "columns": tuple(ColumnSummary(**one) for one in raw["columns"])})


def changes(raw: dict[str, Any] | None) -> PlanChanges | None:
    """The value as its JSON has it."""
    if raw is None:
        return None
    return PlanChanges(
        **{
            **raw,
            "reference_date": date.fromisoformat(raw["reference_date"]),
            "datasets": tuple(
                DatasetChange(**{**one, "since": date.fromisoformat(one["since"])}) for one in raw["datasets"]
            ),
            "new_datasets": tuple(raw["new_datasets"]),
            "gone_datasets": tuple(raw["gone_datasets"]),
            "policies": tuple(raw["policies"]),
        }
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
