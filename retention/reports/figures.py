"""The numbers of a plan as people count them, from one place, so that page, terminal and JSON cannot differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, assert_never

from msgspec import Struct

from retention.finding import Finding, Severity
from retention.reason import Reason
from retention.summary import DatasetSummary, PlanSummary
from retention.technique import Pseudonymise, sentence

_PSEUDONYM: Final = sentence(Pseudonymise(""))  # the words do not name the key


class Fate(StrEnum):
    """What a reason means to a reader: the record goes, stays, is held, waits for a person, or is done with."""

    GOES = "goes"
    STAYS = "stays"
    HELD = "held"
    REVIEW = "review"
    SETTLED = "settled"
    UNDONE = "undone"  # it could not be, or was not, disposed of


def fate(reason: Reason) -> Fate:
    """What a reason means to a reader."""
    match reason:
        case Reason.DUE_EXPIRED | Reason.GOES_WITH_PARENT:
            return Fate.GOES
        case Reason.KEEP_HOLD | Reason.KEEP_RESTRICTED | Reason.KEEP_COOLING_OFF | Reason.KEEP_OPEN_REQUEST:
            return Fate.HELD
        case (
            Reason.PARTIAL_PURPOSE
            | Reason.KEEP_RUNNING
            | Reason.KEEP_OTHER_PURPOSE
            | Reason.KEEP_MINIMUM
            | Reason.KEEP_PERMANENT
            | Reason.KEEP_PARENT
            | Reason.KEEP_OPEN_CASE
        ):
            return Fate.STAYS
        case (
            Reason.REVIEW_NO_TRIGGER
            | Reason.REVIEW_FUTURE
            | Reason.REVIEW_IMPLAUSIBLE
            | Reason.REVIEW_ORPHAN
            | Reason.REVIEW_UNMAPPED
            | Reason.REVIEW_UNREADABLE
            | Reason.REVIEW_UNGOVERNED
        ):
            return Fate.REVIEW
        case Reason.SETTLED:
            return Fate.SETTLED
        case Reason.SKIP_CHANGED | Reason.SKIP_HOLD_LATE | Reason.SKIP_GONE:
            return Fate.UNDONE
        case Reason.FAIL_STORE | Reason.FAIL_FK | Reason.FAIL_LOCKED:
            return Fate.UNDONE
        case _:
            assert_never(reason)


class Figures(Struct, frozen=True, kw_only=True):
    """Numbers of records; children that go along are counted apart."""

    judged: int = 0
    delete: int = 0
    anonymise: int = 0
    pseudonymise: int = 0  # as a whole too, but what is left is still personal data
    erase_fields: int = 0  # stay, with fields erased; they count under `stays` too
    along: int = 0  # of those judged: go with a record above them, and count among its children
    children: int = 0
    stays: int = 0
    held: int = 0
    restricted: int = 0  # of those held: by a restriction of processing
    review: int = 0
    settled: int = 0
    over_limit: int = 0  # planned in datasets that are refused as a whole

    @property
    def goes(self) -> int:
        """Records that are disposed of as a whole."""
        return self.delete + self.anonymise + self.pseudonymise


def pseudonymises(dataset: DatasetSummary) -> bool:
    """Whether erasing leaves a pseudonym, so that nothing of it may be called anonymous."""
    return _PSEUDONYM in dataset.techniques.values()


def fates(*reasons: Mapping[str, int]) -> Mapping[Fate, int]:
    """Records by what their reasons mean to a reader."""
    found = dict.fromkeys(Fate, 0)
    for code, count in (pair for one in reasons for pair in one.items()):
        found[fate(Reason(code))] += count
    return found


def figures(datasets: Iterable[DatasetSummary]) -> Figures:
    """The numbers of several datasets together; of one, its own."""
    every = tuple(datasets)
    by_fate = fates(*(dataset.reasons for dataset in every))
    return Figures(
        judged=sum(dataset.judged for dataset in every),
        delete=sum(dataset.delete for dataset in every),
        anonymise=sum(dataset.anonymise for dataset in every if not pseudonymises(dataset)),
        pseudonymise=sum(dataset.anonymise for dataset in every if pseudonymises(dataset)),
        erase_fields=sum(dataset.erase_fields for dataset in every),
        along=sum(dataset.reasons.get(Reason.GOES_WITH_PARENT.value, 0) for dataset in every),
        children=sum(count for dataset in every for count in dataset.children.values()),
        stays=by_fate[Fate.STAYS],
        held=by_fate[Fate.HELD],
        restricted=sum(dataset.reasons.get(Reason.KEEP_RESTRICTED.value, 0) for dataset in every),
        review=by_fate[Fate.REVIEW],
        settled=by_fate[Fate.SETTLED],
        over_limit=sum(dataset.planned for dataset in every if dataset.refused),
    )


def reasons_of(dataset: DatasetSummary, *fates: Fate) -> tuple[tuple[str, int], ...]:
    """A dataset's reasons of these kinds with their records, the most frequent first."""
    found = [(code, count) for code, count in dataset.reasons.items() if count and fate(Reason(code)) in fates]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


class Decisions(Struct, frozen=True, kw_only=True):
    """What waits for a person now."""

    refused: tuple[DatasetSummary, ...]  # over the limit
    unapproved: tuple[DatasetSummary, ...]  # planned, within the limit, nobody's yes
    unjudged: tuple[DatasetSummary, ...]
    errors: tuple[Finding, ...]

    def __bool__(self) -> bool:
        return bool(self.refused or self.unapproved or self.unjudged or self.errors)


def decisions(summary: PlanSummary) -> Decisions:
    """What waits for a person now, of a plan."""
    return Decisions(
        refused=tuple(d for d in summary.datasets if d.refused),
        unapproved=tuple(d for d in summary.datasets if d.planned and not d.approved and not d.refused),
        unjudged=tuple(d for d in summary.datasets if d.failed is not None),
        errors=tuple(f for f in summary.findings if f.severity is Severity.ERROR),
    )
