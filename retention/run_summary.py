"""What people read of a run, as one value, and how it is kept: apart from a plan's, which a sweep does not load.

Counts and keyed references only: no record's content, no key, no subject (P7). Stored as JSON beside the run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

from retention.finding import Finding, Severity
from retention.text import Text


class DatasetRun(Struct, frozen=True, kw_only=True):
    """What a run did in one dataset; every planned record counts once."""

    id: str
    planned: int
    destroyed: int = 0  # deleted, anonymised or with its fields erased, and shown to be
    held: Mapping[str, int] = field(default_factory=dict)  # reason code: records kept by a hold or cooling off
    changed: int = 0  # since the plan
    gone: int = 0  # before their batch came
    failed: Mapping[str, int] = field(default_factory=dict)  # reason code: records
    refused: int = 0  # over a limit, or what was approved has changed
    waiting: int = 0  # not approved, or not announced
    late: int | None = 0  # none of these, nor postponed: more than zero is a failure (P9); None: could not be counted
    children: Mapping[str, int] = field(default_factory=dict)  # child dataset: records that went along
    history: Mapping[str, int | None] = field(default_factory=dict)  # dataset: old versions of what went; None: unknown
    why: Text | None = None  # why something was refused, waits or failed; None: nothing did
    postponed: int = 0  # to another night: the window closed, the budget was used up, or a replica was behind
    nights: int | None = None  # about how many more nights that takes; None: nothing is postponed, or nobody knows


class RunSummary(Struct, frozen=True, kw_only=True):
    """A run, as it ended."""

    run: str
    status: str  # RunStatus
    exit_status: int
    started: datetime
    ended: datetime
    reference_date: date  # the run's own today
    plan: str | None  # digest; None: there was nothing to execute
    plan_reference_date: date | None
    datasets: tuple[DatasetRun, ...]
    same_day: bool = False  # a night's second run, of what has a notice of 0 days
    recovered: int = 0  # batches of earlier runs that were settled first
    open_intents: tuple[int, ...] = ()  # batches that nobody could settle yet
    findings: tuple[Finding, ...] = ()
    remarks: tuple[Text, ...] = ()  # what else a person should know
    checkpoint: tuple[str, ...] = ()  # the three lines of the published checkpoint

    @property
    def destroyed(self) -> int:
        """Records disposed of."""
        return sum(one.destroyed for one in self.datasets)

    @property
    def postponed(self) -> int:
        """Records that there was no time for."""
        return sum(one.postponed for one in self.datasets)

    def to_json(self) -> str:
        """The value as JSON; `from_json` gives it back."""
        return as_json(self)

    @classmethod
    def from_json(cls, text: str) -> RunSummary | None:
        """The value that `to_json` wrote; None for what is kept of a run that broke off, which told nothing."""
        raw = json.loads(text)
        if "run" not in raw:
            return None
        return cls(
            **{
                **raw,
                "started": datetime.fromisoformat(raw["started"]),
                "ended": datetime.fromisoformat(raw["ended"]),
                "reference_date": date.fromisoformat(raw["reference_date"]),
                "plan_reference_date": kept_day(raw["plan_reference_date"]),
                "datasets": tuple(DatasetRun(**{**one, "why": kept_text(one["why"])}) for one in raw["datasets"]),
                "open_intents": tuple(raw["open_intents"]),
                "findings": tuple(kept_finding(one) for one in raw["findings"]),
                "remarks": tuple(Text(**one) for one in raw["remarks"]),
                "checkpoint": tuple(raw["checkpoint"]),
            }
        )


def unjudged(report: str) -> dict[str, Text]:
    """The datasets with rules that a plan could not judge, and why, from its kept report."""
    told = json.loads(report)["datasets"]
    return {one["id"]: Text(**one["failed"]) for one in told if one["failed"] is not None and one["purposes"]}


def as_json(summary: Struct) -> str:
    """A summary as the JSON that it is kept as."""
    return json.dumps(summary, default=_plain, ensure_ascii=False, sort_keys=True)


def _plain(value: object) -> Any:
    if isinstance(value, Struct):
        return asdict(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not part of a summary")


def kept_day(kept: str | None) -> date | None:
    """A day, from what it was kept as."""
    return None if kept is None else date.fromisoformat(kept)


def kept_text(kept: dict[str, str] | None) -> Text | None:
    """A text, from what it was kept as."""
    return None if kept is None else Text(**kept)


def kept_finding(kept: dict[str, Any]) -> Finding:
    """A finding, from what it was kept as."""
    severity = Severity(kept["severity"])
    return Finding(**{**kept, "severity": severity, "text": Text(**kept["text"]), "hint": Text(**kept["hint"])})
