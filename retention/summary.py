"""What people read of a plan, as one value: every report is rendered from it, whatever its form.

Counts and keyed references only: no record's content, no key, no subject (P7). Stored as JSON beside the plan.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct, field

from retention import details
from retention.details import Kept, PlanChanges, Remains, TableSummary
from retention.finding import Finding
from retention.run_summary import as_json, kept_day, kept_finding, kept_text
from retention.text import Text


class RuleSummary(Struct, frozen=True, kw_only=True):
    """One rule of one policy for one dataset, in words and in numbers."""

    purpose: str
    dataset: str
    period: str  # ISO 8601, or "permanent"
    trigger: Text  # what starts the period, in words
    minimum: bool
    needs: tuple[str, ...]  # empty: every field
    applies: int = 0  # records to which it applies
    expired: int = 0  # of these: its period has ended
    oldest_start: date | None = None  # earliest start among records that are due; None: none is
    condition: Text | None = None  # which records, in words that follow "if"; None: every record
    remarks: Text | None = None  # what a person should read first: the choice of trigger, what protects; None: nothing


class SourceSummary(Struct, frozen=True, kw_only=True):
    """Where a period comes from."""

    status: str  # SourceStatus
    citation: str  # law and article, or list, version and entry
    reasoning: Text | None = None  # of an own choice


class PolicySummary(Struct, frozen=True, kw_only=True):
    """One purpose."""

    purpose: str
    title: Text
    legal_basis: str
    owner: str
    list_entry: str
    sources: tuple[SourceSummary, ...]
    rules: tuple[RuleSummary, ...]
    sha256: str = ""  # of its canonical text; empty: not kept
    reasons: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # dataset: reason: records it applies to


class DatasetSummary(Struct, frozen=True, kw_only=True):
    """One dataset of a plan: what goes, what stays and why."""

    id: str
    title: Text
    fingerprint: str
    purposes: tuple[str, ...]
    judged: int = 0  # records judged
    planned: int = 0  # records this plan lists
    delete: int = 0
    anonymise: int = 0
    erase_fields: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)  # reason code: records, over all judged
    children: Mapping[str, int] = field(default_factory=dict)  # child dataset: records that go along
    limit: int | None = None  # None: nothing is due, so no limit was computed
    allowed: int = 0  # records that a person allowed over the limit, not yet used
    refused: bool = False  # over the limit: nothing of it is destroyed until allowed by name
    approved: str | None = None  # "standing", "list" or None
    notice: int = 1  # days
    fields: tuple[str, ...] = ()  # that are erased while the record stays
    techniques: Mapping[str, Text] = field(default_factory=dict)  # field: how it is erased, in words
    longest_overdue: int | None = None  # days since the first day destructible of the latest record; None: none due
    oldest_start: date | None = None
    next_due: date | None = None  # earliest first day destructible among records that are kept; None: none known
    history: tuple[Text, ...] = ()  # what the database itself keeps of what goes, as far as it is declared
    failed: Text | None = None  # why it could not be judged; None: it could
    gone_today: int = 0  # records that went under other plans of this reference date: they count towards the limit
    overdue: Mapping[str, int] = field(default_factory=dict)  # days from which a band counts: records that are due
    coming: Mapping[str, int] = field(default_factory=dict)  # month, 2026-07: records whose first day is in it
    kept: tuple[Kept, ...] = ()  # what stays, by reason and by who decides
    unlinked: Mapping[str, int] = field(default_factory=dict)  # dataset: records that stay, but lose their reference
    remains: Remains | None = None  # of what is anonymised as a whole; None: nothing is, or it was not looked at


class HoldSummary(Struct, frozen=True, kw_only=True):
    """A hold in force, or cooling off, and what it stops."""

    id: str
    kind: str
    since: date
    review_on: date | None
    cooling_until: datetime | None
    stops: Mapping[str, int]  # dataset: records that it keeps, and that would otherwise have been due
    covers: Mapping[str, int]  # dataset: records under it


class PlanSummary(Struct, frozen=True, kw_only=True):
    """A dry run: everything that `plan` found."""

    digest: str | None  # None: nothing to approve, since the keys were not there
    made: datetime
    reference_date: date
    zone: str
    expires: date
    prepared_by: str
    organisation: str
    tool: str
    policies: tuple[PolicySummary, ...]
    datasets: tuple[DatasetSummary, ...]
    holds: tuple[HoldSummary, ...]
    findings: tuple[Finding, ...]
    approve_command: str | None = None  # exactly what to type; None: nothing to approve
    since: PlanChanges | None = None  # what changed since the plan before; None: there is none to compare with
    coverage: tuple[TableSummary, ...] = ()  # every table of every store that could be read

    @property
    def planned(self) -> int:
        """Records that this plan lists."""
        return sum(dataset.planned for dataset in self.datasets)

    def to_json(self) -> str:
        """The value as JSON; `from_json` gives it back."""
        return as_json(self)

    @classmethod
    def from_json(cls, text: str) -> PlanSummary:
        """The value that `to_json` wrote."""
        raw = json.loads(text)
        raw.pop("changes", None)  # sentences, in plans of earlier versions
        return cls(
            **{
                **raw,
                "made": datetime.fromisoformat(raw["made"]),
                "reference_date": date.fromisoformat(raw["reference_date"]),
                "expires": date.fromisoformat(raw["expires"]),
                "policies": tuple(_policy(one) for one in raw["policies"]),
                "datasets": tuple(_dataset(one) for one in raw["datasets"]),
                "holds": tuple(_hold(one) for one in raw["holds"]),
                "findings": tuple(kept_finding(one) for one in raw["findings"]),
                "since": details.changes(raw.get("since")),
                "coverage": tuple(details.table(one) for one in raw.get("coverage", ())),
            }
        )


def _policy(raw: dict[str, Any]) -> PolicySummary:
    sources = tuple(SourceSummary(**{**one, "reasoning": kept_text(one["reasoning"])}) for one in raw["sources"])
    rules = tuple(
        RuleSummary(
            **{
                **one,
                "trigger": Text(**one["trigger"]),
                "needs": tuple(one["needs"]),
                "oldest_start": kept_day(one["oldest_start"]),
                "condition": kept_text(one.get("condition")),
                "remarks": kept_text(one.get("remarks")),
            }
        )
        for one in raw["rules"]
    )
    return PolicySummary(**{**raw, "title": Text(**raw["title"]), "sources": sources, "rules": rules})


def _dataset(raw: dict[str, Any]) -> DatasetSummary:
    return DatasetSummary(
        **{
            **raw,
            "title": Text(**raw["title"]),
            "purposes": tuple(raw["purposes"]),
            "fields": tuple(raw["fields"]),
            "history": tuple(Text(**one) for one in raw.get("history", ())),
            "techniques": {name: Text(**one) for name, one in raw["techniques"].items()},
            "oldest_start": kept_day(raw["oldest_start"]),
            "next_due": kept_day(raw["next_due"]),
            "failed": kept_text(raw["failed"]),
            "kept": tuple(details.kept(one) for one in raw.get("kept", ())),
            "remains": details.remains(raw.get("remains")),
        }
    )


def _hold(raw: dict[str, Any]) -> HoldSummary:
    cooling = raw["cooling_until"]
    return HoldSummary(
        **{
            **raw,
            "since": date.fromisoformat(raw["since"]),
            "review_on": kept_day(raw["review_on"]),
            "cooling_until": None if cooling is None else datetime.fromisoformat(cooling),
        }
    )
