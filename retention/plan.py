"""Plans: what a sweep may do, as a value with a digest (design.md section 4, P4, P5, P13).

A plan lists, per dataset, how many records and the Merkle root over them; the records themselves are spooled, never
held in memory. What is approved is the plan by its digest and each dataset by its fingerprint.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

import rfc8785
from msgspec import Struct

from retention.dataset import Dataset
from retention.disposition import Action
from retention.record import Key

PLAN_EXPIRES = timedelta(days=30)
STANDING_EXPIRES = timedelta(days=365)
ALLOWANCE_EXPIRES = timedelta(days=30)
MOST_TOGETHER: Final = 500  # records of a block; never fewer: rows of the spool are found by it

_REMEMBERED: Final = 1024  # actions and their fields
_DIGEST_TAG = b"retain-plan/v1\0"
_UTC = "%Y-%m-%dT%H:%M:%SZ"


class Block(NamedTuple):
    """Planned records that follow one another and are sealed together too, as long as all of them wait."""

    records: int
    seal: bytes  # over what the seal of each is made over, 32 bytes


class Spooled(NamedTuple):
    """One planned record, until its outcome; the control store keeps it so that nothing there names anybody."""

    seq: int  # position in the dataset, in the store's key order, from 0
    ref: bytes  # keyed reference, 32 bytes
    action: Action
    fields: tuple[str, ...]  # sorted; empty unless fields are erased
    seal: bytes  # HMAC of the values that judging and clearing read, 32 bytes
    key: Key  # at rest encrypted, with those of its row
    due: date | None = None  # first day destructible; None: no day decides it, so it is older than any
    block: Block | None = None  # that it is in; None: in none, or some of it has its outcome

    @property
    def leaf(self) -> bytes:
        """What the dataset's root is made over."""
        return self.ref + _what(self.action, self.fields)


@lru_cache(_REMEMBERED)
def _what(action: Action, fields: tuple[str, ...]) -> bytes:
    """What is to be done, as a digest: of a million records there are a few."""
    return hashlib.sha256(rfc8785.dumps([action.value, list(fields)])).digest()


class Slice(Struct, frozen=True):
    """Planned records by the day on which they were first destructible."""

    after: date | None = None  # later than this day; None: from the oldest on
    until: date | None = None  # this day or earlier; None: to the newest

    def has(self, day: date | None) -> bool:
        """Whether records of a day are in it; those without one are older than any."""
        due = day or date.min
        return (self.after is None or due > self.after) and (self.until is None or due <= self.until)


class PlannedDataset(Struct, frozen=True, kw_only=True):
    """A dataset's part of a plan."""

    id: str
    fingerprint: str  # SHA-256, 64 lower-case hex (P5)
    count: int  # records planned
    root: str  # RFC 6962 root over their leaves, 64 lower-case hex
    total: int | None = None  # records in the dataset when planned; None: not counted, since nothing is due


class Plan(Struct, frozen=True, kw_only=True):
    """What one sweep may do at most."""

    made: datetime  # aware, UTC, whole seconds; never twice
    reference_date: date  # peildatum: the day as of which everything was judged
    prepared_by: str  # configured id of who made it
    datasets: tuple[PlannedDataset, ...]  # by id; those with nothing due too

    @property
    def digest(self) -> str:
        """What is approved: 64 lower-case hex."""
        body = rfc8785.dumps(
            {
                "datasets": [
                    {"count": d.count, "id": d.id, "root": d.root, "sha256": d.fingerprint}
                    for d in sorted(self.datasets, key=lambda d: d.id)
                ],
                "made": self.made.strftime(_UTC),
                "reference_date": self.reference_date.isoformat(),
            }
        )
        return hashlib.sha256(_DIGEST_TAG + body).hexdigest()

    @property
    def count(self) -> int:
        """Records planned, over all datasets."""
        return sum(d.count for d in self.datasets)

    def dataset(self, dataset_id: str) -> PlannedDataset | None:
        """A dataset's part; None when the plan could not judge it, or does not know it."""
        return next((d for d in self.datasets if d.id == dataset_id), None)

    def expired(self, now: datetime) -> bool:
        """Whether it is too old to be executed."""
        return now - self.made > PLAN_EXPIRES


class ApprovalMode(StrEnum):
    """What an approval is of."""

    LIST = "list"  # one plan, by its digest
    STANDING = "standing"  # a dataset, by its fingerprint: later plans need no new approval


class Approval(Struct, frozen=True, kw_only=True):
    """A person's yes, or the withdrawal of it."""

    of: str  # a plan's digest, or a dataset's fingerprint
    mode: ApprovalMode
    granted: bool  # False: withdrawn
    role: str
    signer: str  # configured id
    at: datetime  # aware, UTC
    expires: date  # valid through this UTC day
    signature_sha256: str | None = None  # of the detached SSH signature; None: by operating-system account
    dataset: str | None = None  # of a standing approval: which dataset; None for a list
    allow: tuple[tuple[str, int], ...] = ()  # (dataset, records) over the limits, by name

    def valid(self, now: datetime) -> bool:
        """Whether it is granted and has not expired."""
        return self.granted and now.date() <= self.expires


class Limits(Struct, frozen=True, kw_only=True):
    """The most one reference date may dispose of in one dataset; over it, that dataset is refused whole (P4)."""

    records: int = 1000  # at most; 0 means none at all
    share: float = 0.05  # of the dataset's records, 0 to 1; whichever is smaller
    at_least: int = 10  # however small the dataset is

    def of(self, dataset: Dataset, total: int) -> int:
        """The limit of one dataset that holds `total` records.

        0 means none at all, everywhere: a dataset's usual daily volume does not stand against it.
        """
        if self.records == 0 or self.share == 0:
            return 0
        if dataset.usual_daily is not None:
            return dataset.usual_daily
        return max(min(self.records, int(self.share * total)), min(self.at_least, self.records))


def in_force(approvals: Iterable[Approval], of: str, now: datetime) -> Approval | None:
    """The approval of `of` that holds now: the last word on it, if that is a valid grant."""
    said = [approval for approval in approvals if approval.of == of]
    return said[-1] if said and said[-1].valid(now) else None
