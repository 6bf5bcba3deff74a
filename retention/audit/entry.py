"""The entries of the log as values: one class per type of leaf, each member with the pattern it must fit.

A field is the member of the same name. Its time is given when an entry is appended, `leaf` makes the bytes.
Whether entries follow on one another is not judged here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from retention.audit import shape
from retention.audit.shape import Check


def _must(check: Check) -> Mapping[str, object]:
    return {"check": check}


def _may(check: Check) -> Mapping[str, object]:
    return {"check": check, "optional": True}


_EMPTY: Mapping[str, object] = {"optional": True}


def _counts(name: str) -> Mapping[str, object]:
    return {"counts": name, "optional": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A set of references in the log: how many, and the RFC 6962 root over them in ascending order."""

    count: int = field(metadata=_must(shape.is_count))
    root: str = field(metadata=_must(shape.is_hash))


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """A published checkpoint, as a later entry names it."""

    size: int = field(metadata=_must(shape.is_count))
    root: str = field(metadata=_must(shape.is_root))  # base64, as in the checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many references a run's outcomes name, by result; a record may stand in several."""

    destroyed: int = field(default=0, metadata=_must(shape.is_count))
    kept: int = field(default=0, metadata=_must(shape.is_count))
    failed: int = field(default=0, metadata=_must(shape.is_count))
    absent: int = field(default=0, metadata=_must(shape.is_count))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDataset:
    """One dataset of a plan."""

    id: str = field(metadata=_must(shape.is_id))
    sha256: str = field(metadata=_must(shape.is_hash))  # the fingerprint it was planned with
    count: int = field(metadata=_must(shape.is_count))  # records due


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousLog:
    """The last checkpoint of the log that this one continues."""

    origin: str = field(metadata=_must(shape.is_origin))
    root: str = field(metadata=_must(shape.is_root))  # base64, as in the checkpoint
    size: int = field(metadata=_must(shape.is_count))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInit:
    """The first entry: which log this is, and its first key."""

    origin: str = field(metadata=_must(shape.is_origin))
    vkey: str = field(metadata=_must(shape.is_vkey))
    prev_log: PreviousLog | None = field(default=None, metadata=_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKey:
    """A log key comes into force, or leaves it."""

    event: str = field(metadata=_must(shape.one_of("add", "retire")))
    vkey: str = field(metadata=_must(shape.is_vkey))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefKey:
    """A reference key is made (with its commitment), or destroyed for good."""

    event: str = field(metadata=_must(shape.one_of("create", "destroy")))
    id: str = field(metadata=_must(shape.is_id))
    dataset: str = field(metadata=_must(shape.is_id))
    commit: str | None = field(default=None, metadata=_may(shape.is_hash))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """The text of a policy that is in force from here."""

    id: str = field(metadata=_must(shape.is_id))
    version: str = field(metadata=_must(shape.is_version))
    sha256: str = field(metadata=_must(shape.is_hash))


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetText:
    """The fingerprint of a dataset that is in force from here (P5)."""

    id: str = field(metadata=_must(shape.is_id))
    sha256: str = field(metadata=_must(shape.is_hash))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade:
    """A plan: what is due at a reference date, by dataset."""

    digest: str = field(metadata=_must(shape.is_hash))
    reference_date: date = field(metadata=_must(shape.is_day))
    prepared_by: str = field(metadata=_must(shape.is_party))
    datasets: Sequence[PlannedDataset]  # each dataset once


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalEvent:
    """A person approves a plan (list) or a dataset's fingerprint (standing), or takes that back."""

    event: str = field(metadata=_must(shape.one_of("grant", "withdraw")))
    of: str = field(metadata=_must(shape.is_hash))  # a plan's digest or a dataset's fingerprint
    mode: str = field(metadata=_must(shape.one_of("standing", "list")))
    role: str = field(metadata=_must(shape.is_party))
    signer: str = field(metadata=_must(shape.is_party))
    expires: date = field(metadata=_must(shape.is_day))  # valid through this UTC day
    signature_sha256: str | None = field(default=None, metadata=_may(shape.is_hash))
    allow: Mapping[str, int] = field(
        default_factory=dict, metadata=_counts("dataset")
    )  # dataset to records allowed over the limits


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEvent:
    """A hold is placed or released; its scope stands here as a salted commitment only."""

    event: str = field(metadata=_must(shape.one_of("place", "release")))
    hold: str = field(metadata=_must(shape.is_id))
    kind: str = field(metadata=_must(shape.one_of("legal-hold", "restriction", "open-request", "exemption")))
    scope_commit: str | None = field(default=None, metadata=_may(shape.is_hash))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStart:
    """A run begins, on top of the checkpoint published before it."""

    run: str = field(metadata=_must(shape.is_run))
    prev: TreeHead
    config: str = field(metadata=_must(shape.is_hash))  # of the settings without secrets
    tool: str = field(metadata=_must(shape.is_tool))
    actor: str = field(metadata=_must(shape.is_party))
    plan: str | None = field(default=None, metadata=_may(shape.is_hash))  # None: no intents


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is about to be done to a batch of records: signed before it is done."""

    run: str = field(metadata=_must(shape.is_run))
    dataset: str = field(metadata=_must(shape.is_id))
    action: str = field(metadata=_must(shape.one_of("delete", "anonymise", "erase-fields")))
    policies: Sequence[str] = field(metadata=_must(shape.ascending(shape.is_id)))
    reference_date: date = field(metadata=_must(shape.is_day))
    ref_key: str = field(metadata=_must(shape.is_id))
    manifest: Manifest  # the cleared
    fields: Sequence[str] = field(default=(), metadata=_may(shape.ascending(shape.is_column)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a later look at the store found of an intent; the four sets together are the intent's manifest."""

    run: str = field(metadata=_must(shape.is_run))
    intent: int = field(metadata=_must(shape.is_count))  # the index of its entry
    dataset: str = field(metadata=_must(shape.is_id))
    check: str = field(metadata=_must(shape.one_of("read-back", "locking-read")))
    recovered: bool = field(metadata=_must(shape.is_true_or_false))  # settled after a crash
    destroyed: Manifest | None = field(default=None, metadata=_EMPTY)
    kept: Manifest | None = field(default=None, metadata=_EMPTY)  # found changed or held after the intent was signed
    failed: Manifest | None = field(default=None, metadata=_EMPTY)  # not shown to be gone
    absent: Manifest | None = field(default=None, metadata=_EMPTY)  # gone before we acted
    subjects: Manifest | None = field(default=None, metadata=_EMPTY)
    children: Mapping[str, int] = field(default_factory=dict, metadata=_counts("dataset"))  # rows gone along
    by_policy: Mapping[str, int] = field(default_factory=dict, metadata=_counts("policy"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Somebody else's word for the checkpoint of a size: a time-stamp token, a witness."""

    size: int = field(metadata=_must(shape.is_count))
    tsr_sha256: str | None = field(default=None, metadata=_may(shape.is_hash))
    tsa: str | None = field(default=None, metadata=_may(shape.is_id))
    witness: str | None = field(default=None, metadata=_may(shape.is_witness))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """A run is over, with its sums and the intents that nobody could settle yet."""

    run: str = field(metadata=_must(shape.is_run))
    status: str = field(metadata=_must(shape.one_of("done", "failed", "refused", "at-risk", "waiting", "aborted")))
    totals: Totals
    open: Sequence[int] = field(default=(), metadata=_may(shape.ascending(shape.is_count)))  # indices of intents


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
