"""What a status can have to say: a closed list of codes, each with how grave it is (docs/status.md explains each)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

from retention.text import Text


class Level(StrEnum):
    """How grave an alarm is."""

    RED = "red"  # something is wrong, or may be
    WAITS = "waits"  # nothing is wrong; something waits for a person


class Code(StrEnum):
    """What is the matter."""

    # Proof at risk: a sweep would destroy nothing now.
    CONTROL_UNREADABLE = "control-unreadable"
    CONTROL_OLD_COPY = "control-old-copy"
    LOG_UNVERIFIABLE = "log-unverifiable"
    KEY_UNUSABLE = "key-unusable"
    # Something failed, or did not happen.
    NIGHT_MISSED = "night-missed"
    NIGHT_FAILED = "night-failed"
    DATASET_FAILED = "dataset-failed"
    DATASET_UNJUDGED = "dataset-unjudged"
    RESIDUE = "residue"
    ANCHOR_OVERDUE = "anchor-overdue"
    DISK_LOW = "disk-low"
    # Something waits for a person.
    NO_NIGHT_YET = "no-night-yet"
    OPEN_INTENTS = "open-intents"
    APPROVAL_WAITING = "approval-waiting"
    OVER_LIMIT = "over-limit"
    REFUSED = "refused"
    APPROVAL_EXPIRING = "approval-expiring"
    REVIEW_DUE = "review-due"
    NOTICE_UNDELIVERED = "notice-undelivered"

    @property
    def exit_status(self) -> int:
        """The exit status that it means: 4 proof at risk, 1 something failed, 5 something waits for a person."""
        return 4 if self in _AT_RISK else 5 if self in _WAITS else 1

    @property
    def level(self) -> Level:
        """How grave it is."""
        return Level.WAITS if self in _WAITS else Level.RED


_AT_RISK: Final = frozenset({Code.CONTROL_UNREADABLE, Code.CONTROL_OLD_COPY, Code.LOG_UNVERIFIABLE, Code.KEY_UNUSABLE})
_WAITS: Final = frozenset(
    {
        Code.NO_NIGHT_YET,
        Code.OPEN_INTENTS,
        Code.APPROVAL_WAITING,
        Code.OVER_LIMIT,
        Code.REFUSED,
        Code.APPROVAL_EXPIRING,
        Code.REVIEW_DUE,
        Code.NOTICE_UNDELIVERED,
    }
)


class Alarm(Struct, frozen=True, kw_only=True):
    """One thing that is the matter, and what to do about it; no record's content, no key (P7)."""

    code: Code
    what: Text  # without a full stop
    todo: Text  # what to do, in one line; may hold a command
    dataset: str | None = None  # None: not about one
    count: int | None = None  # records, holds or batches it is about; None: not countable

    @property
    def level(self) -> Level:
        """How grave it is."""
        return self.code.level
