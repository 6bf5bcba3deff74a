"""The entries of the log as values: one class per type of leaf, each member with the pattern it must fit.

A field is the member of the same name, and one that may be left out has a default; a pattern is of the member as the
log has it. The time is given when an entry is appended, `leaf` makes the bytes.
Whether entries follow on one another is not judged here.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from msgspec import Struct, field

from retention.audit import shape


class CountedBy(Struct, frozen=True):
    """Says of numbers by id that the log has them as a list of objects: `count`, and the id under this name."""

    name: str


_Count = Annotated[int, shape.is_count]
_Day = Annotated[date, shape.is_day]
_Hash = Annotated[str, shape.is_hash]
_Id = Annotated[str, shape.is_id]
_Origin = Annotated[str, shape.is_origin]
_Party = Annotated[str, shape.is_party]
_Root = Annotated[str, shape.is_root]  # base64, as in the checkpoint
_Run = Annotated[str, shape.is_run]
_Tool = Annotated[str, shape.is_tool]
_Version = Annotated[str, shape.is_version]
_Vkey = Annotated[str, shape.is_vkey]
_Witness = Annotated[str, shape.is_witness]


class Manifest(Struct, frozen=True, kw_only=True):
    """A set of references in the log: how many, and the RFC 6962 root over them in ascending order."""

    count: _Count
    root: _Hash


class TreeHead(Struct, frozen=True, kw_only=True):
    """A published checkpoint, as a later entry names it."""

    size: _Count
    root: _Root


class Totals(Struct, frozen=True, kw_only=True):
    """How many references a run's outcomes name, by result; a record may stand in several."""

    destroyed: _Count = 0
    kept: _Count = 0
    failed: _Count = 0
    absent: _Count = 0


class PlannedDataset(Struct, frozen=True, kw_only=True):
    """One dataset of a plan."""

    id: _Id
    sha256: _Hash  # the fingerprint it was planned with
    count: _Count  # records due


class PreviousLog(Struct, frozen=True, kw_only=True):
    """The last checkpoint of the log that this one continues."""

    origin: _Origin
    root: _Root
    size: _Count


class LogInit(Struct, frozen=True, kw_only=True):
    """The first entry: which log this is, and its first key."""

    origin: _Origin
    vkey: _Vkey
    prev_log: PreviousLog | None = None


class LogKey(Struct, frozen=True, kw_only=True):
    """A log key comes into force, or leaves it."""

    event: Annotated[str, shape.one_of("add", "retire")]
    vkey: _Vkey


class RefKey(Struct, frozen=True, kw_only=True):
    """A reference key is made (with its commitment), or destroyed for good."""

    event: Annotated[str, shape.one_of("create", "destroy")]
    id: _Id
    dataset: _Id
    commit: _Hash | None = None


class PolicyText(Struct, frozen=True, kw_only=True):
    """The text of a policy that is in force from here."""

    id: _Id
    version: _Version
    sha256: _Hash


class DatasetText(Struct, frozen=True, kw_only=True):
    """The fingerprint of a dataset that is in force from here (P5)."""

    id: _Id
    sha256: _Hash


class PlanMade(Struct, frozen=True, kw_only=True):
    """A plan: what is due at a reference date, by dataset."""

    digest: _Hash
    reference_date: _Day
    prepared_by: _Party
    datasets: Sequence[PlannedDataset]  # each dataset once


class ApprovalEvent(Struct, frozen=True, kw_only=True):
    """A person approves a plan (list) or a dataset's fingerprint (standing), or takes that back."""

    event: Annotated[str, shape.one_of("grant", "withdraw")]
    of: _Hash  # a plan's digest or a dataset's fingerprint
    mode: Annotated[str, shape.one_of("standing", "list")]
    role: _Party
    signer: _Party
    expires: _Day  # valid through this UTC day
    signature_sha256: _Hash | None = None
    allow: Annotated[Mapping[str, int], CountedBy("dataset")] = field(default_factory=dict)  # records over the limits


class HoldEvent(Struct, frozen=True, kw_only=True):
    """A hold is placed or released; its scope stands here as a salted commitment only."""

    event: Annotated[str, shape.one_of("place", "release")]
    hold: _Id
    kind: Annotated[str, shape.one_of("legal-hold", "restriction", "open-request", "exemption")]
    scope_commit: _Hash | None = None


class RunStart(Struct, frozen=True, kw_only=True):
    """A run begins, on top of the checkpoint published before it."""

    run: _Run
    prev: TreeHead
    config: _Hash  # of the settings without secrets
    tool: _Tool
    actor: _Party
    plan: _Hash | None = None  # None: no intents


class Intent(Struct, frozen=True, kw_only=True):
    """What is about to be done to a batch of records: signed before it is done."""

    run: _Run
    dataset: _Id
    action: Annotated[str, shape.one_of("delete", "anonymise", "erase-fields")]
    policies: Annotated[Sequence[str], shape.ascending(shape.is_id)]
    reference_date: _Day
    ref_key: _Id
    manifest: Manifest  # the cleared
    fields: Annotated[Sequence[str], shape.ascending(shape.is_column)] = ()


class Outcome(Struct, frozen=True, kw_only=True):
    """What a later look at the store found of an intent; the four sets together are the intent's manifest."""

    run: _Run
    intent: _Count  # the index of its entry
    dataset: _Id
    check: Annotated[str, shape.one_of("read-back", "locking-read")]
    recovered: Annotated[bool, shape.is_true_or_false]  # settled after a crash
    destroyed: Manifest | None = None
    kept: Manifest | None = None  # found changed or held after the intent was signed
    failed: Manifest | None = None  # not shown to be gone
    absent: Manifest | None = None  # gone before we acted
    subjects: Manifest | None = None
    children: Annotated[Mapping[str, int], CountedBy("dataset")] = field(default_factory=dict)  # rows gone along
    by_policy: Annotated[Mapping[str, int], CountedBy("policy")] = field(default_factory=dict)


class Anchor(Struct, frozen=True, kw_only=True):
    """Somebody else's word for the checkpoint of a size: a time-stamp token, a witness."""

    size: _Count
    tsr_sha256: _Hash | None = None
    tsa: _Id | None = None
    witness: _Witness | None = None


class RunEnd(Struct, frozen=True, kw_only=True):
    """A run is over, with its sums and the intents that nobody could settle yet."""

    run: _Run
    status: Annotated[str, shape.one_of("done", "failed", "refused", "at-risk", "waiting", "aborted")]
    totals: Totals
    open: Annotated[Sequence[int], shape.ascending(shape.is_count)] = ()  # indices of intents


Entry = (
    LogInit
    | LogKey
    | RefKey
    | PolicyText
    | DatasetText
    | PlanMade
    | ApprovalEvent
    | HoldEvent
    | RunStart
    | Intent
    | Outcome
    | Anchor
    | RunEnd
)
