"""What is kept for good of a destruction: the stripped list and the declaration (Archiefbesluit 1995 art. 8).

They name nobody, and no group of fewer than five: such a number stands as "<5" in the value itself, so that no form of
it can say more (P7). Equal runs make equal values; nothing in them depends on when they are rendered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import asdict

from retention.reports.run import Approved
from retention.reports.words import MASKED_BELOW
from retention.summary import PolicySummary, RuleSummary, SourceSummary
from retention.text import Text

Kept = int | str
"""A number of records in a report for keeping: under 5 it is "<5", and a sum in which such a number is "≥n"."""

FEW: str = f"<{MASKED_BELOW}"


def kept(count: int) -> Kept:
    """A number as a report for keeping may say it."""
    return FEW if 0 < count < MASKED_BELOW else count


def together(counts: Iterable[Kept]) -> Kept:
    """The sum of numbers; where one of them is masked, the least it can be, so that nothing follows by subtracting."""
    every = tuple(counts)
    if len(every) == 1:
        return every[0]
    known = sum(count for count in every if isinstance(count, int))
    masked = sum(isinstance(count, str) for count in every)
    return f"\u2265{known + masked}" if masked else kept(known)


class GroundRule(Struct, frozen=True, kw_only=True):
    """One rule by which records went, without the numbers and dates of a day: these could single out a small group."""

    dataset: str
    period: str  # ISO 8601, or "permanent"
    trigger: Text
    minimum: bool
    needs: tuple[str, ...]  # empty: every field
    condition: Text | None
    remarks: Text | None


class Ground(Struct, frozen=True, kw_only=True):
    """A purpose by which records went: its basis, its sources, its rules."""

    purpose: str
    title: Text
    legal_basis: str
    owner: str
    list_entry: str
    sources: tuple[SourceSummary, ...]
    rules: tuple[GroundRule, ...]

    @classmethod
    def of(cls, policy: PolicySummary) -> Ground:
        """The ground that a policy is."""
        rules = (
            GroundRule(**{name: getattr(rule, name) for name in GroundRule.__struct_fields__}) for rule in policy.rules
        )
        given = {name: getattr(policy, name) for name in cls.__struct_fields__}
        return cls(**given | {"rules": tuple(rules)})

    def policy(self) -> PolicySummary:
        """The same, as pages read a policy."""
        given = asdict(self)
        rules = (RuleSummary(purpose=self.purpose, **asdict(rule)) for rule in self.rules)
        return PolicySummary(**given | {"rules": tuple(rules)})


class Line(Struct, frozen=True, kw_only=True):
    """Records of one kind that were destroyed in one manner, under the same purposes."""

    dataset: str
    title: Text
    store: str
    action: str  # Action
    fields: tuple[str, ...]  # that were erased; empty: the whole record
    techniques: Mapping[str, Text]  # field: how it was erased
    purposes: tuple[str, ...]  # that have rules for them, as the intent names them
    records: Kept  # destroyed, by the last outcome of each in the log
    children: Mapping[str, Kept]  # child dataset: records that went along
    pseudonyms: bool  # what is left is still personal data
    entries: tuple[int, ...]  # the outcomes in the log


class DestructionList(Struct, frozen=True, kw_only=True):
    """The stripped list of a run: for good, and about nobody."""

    id: str  # VL-<run>
    organisation: str
    zone: str
    tool: str
    run: str
    reference_date: date | None  # of the plan; None: there was none
    plan: str | None
    started: datetime
    ended: datetime | None
    final: bool  # the run has ended and every batch has its outcome
    lines: tuple[Line, ...]
    grounds: tuple[Ground, ...]

    @property
    def records(self) -> Kept:
        """Records destroyed."""
        return together(line.records for line in self.lines)


class Exclusion(Struct, frozen=True, kw_only=True):
    """Records that were listed, or would have been, and stayed."""

    dataset: str
    title: Text
    reason: str  # a reason code, or: refused, waiting
    records: Kept


class Failure(Struct, frozen=True, kw_only=True):
    """Records that were to go and are not shown to be gone."""

    dataset: str
    title: Text
    reasons: tuple[str, ...]  # reason codes; empty: the run told none
    records: Kept | None  # None: not known
    open: bool = False  # their batch has no outcome yet


class Disclosed(Struct, frozen=True, kw_only=True):
    """Who may have received what was destroyed of one dataset for one purpose, and whether they were told of it."""

    dataset: str
    title: Text
    purpose: str
    purpose_title: Text
    recipients: str | None  # categories, as declared when the declaration was made; None: not declared
    informed: date | None = None  # when they were told (GDPR art. 19); None: not known, and nothing records it (0039)


class StoreFacts(Struct, frozen=True, kw_only=True):
    """What is configured of a store, without its address."""

    engine: str  # sqlite, postgresql, mariadb, mysql …
    backup_days: int | None = None  # how long its back-ups are kept; None: nobody said


class Remains(Struct, frozen=True, kw_only=True):
    """What may still be found of what was destroyed in a store, and until when."""

    store: str
    engine: str
    backups_until: date | None  # the last day of the last back-up; None: nobody said how long they are kept


class Declaration(Struct, frozen=True, kw_only=True):
    """A declaration of destruction of one run."""

    id: str  # VV-<run>
    organisation: str
    address: str
    zone: str
    tool: str
    run: str
    actor: str
    reference_date: date
    plan: str | None
    plan_reference_date: date | None
    prepared_by: str | None
    started: datetime
    ended: datetime | None
    final: bool  # the run has ended and every batch has its outcome
    told: bool  # the run told what it left alone; False: it broke off
    list_id: str
    list_file: str
    list_sha256: str  # of the stripped list, as it is written
    lines: tuple[Line, ...]
    grounds: tuple[Ground, ...]
    approvals: tuple[Approved, ...]
    exclusions: tuple[Exclusion, ...]
    failures: tuple[Failure, ...]
    disclosed: tuple[Disclosed, ...]  # by dataset and purpose of what was destroyed
    remains: tuple[Remains, ...]
    histories: Mapping[str, Text]  # dataset: why its database itself may keep what was destroyed
    open_intents: tuple[int, ...]
    first_entry: int
    last_entry: int | None
    checkpoint: tuple[str, ...]

    @property
    def records(self) -> Kept:
        """Records destroyed."""
        return together(line.records for line in self.lines)
