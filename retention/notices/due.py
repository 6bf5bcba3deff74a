"""What there is to say, out of our own memory alone: pure, and the newest of each kind.

Refusals and failures are of a day, and are said until they arrived, or a newer one of their kind takes their place.
What happens after its kind was said that day is said the next.
Lateness is said every day that it lasts, a plan until a run has started since it was made, a hold to review when its
day comes and every week after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from retention import nights
from retention.control.interface import Run, RunStatus
from retention.finding import Severity
from retention.holds import Hold
from retention.notice import Channel, Delivery, NoticeKind
from retention.notices.facts import Ended, Facts, Failed, Late, Listed, Planned, Refused, Reviews, ToReview, kind_of
from retention.reports.destruction import Kept, kept, together
from retention.run_summary import RunSummary
from retention.summary import DatasetSummary, PlanSummary

AGAIN: Final = timedelta(days=7)  # between two reminders of a hold
_RECENT: Final = timedelta(days=1)  # how many days back an undelivered failure is still said
_GOOD: Final = frozenset({RunStatus.DONE, RunStatus.WAITING})
_ENDED: Final[Mapping[int, Ended]] = {1: Ended.FAILED, 2: Ended.NOT_STARTED, 4: Ended.AT_RISK}
_REFUSED: Final = 3  # exit status
_GRAVEST: Final = (Ended.AT_RISK, Ended.NOT_STARTED, Ended.FAILED)


class JobEnd(Struct, frozen=True, kw_only=True):
    """A job that ended just now."""

    job: str
    exit_status: int


class Seen(Struct, frozen=True, kw_only=True):
    """Our own memory, as far as notices are made of it."""

    now: datetime
    zone: ZoneInfo
    late_after: timedelta  # since the last good night
    runs: tuple[tuple[Run, RunSummary | None], ...]  # the newest first; summaries of the recent ones
    plan: PlanSummary | None  # the newest
    planned_since: datetime | None  # when the oldest plan was made; None: there is none
    holds: tuple[Hold, ...]
    deliveries: tuple[Delivery, ...] = ()
    ended: JobEnd | None = None

    @property
    def today(self) -> date:
        """The local day."""
        return self.day(self.now)

    def day(self, at: datetime) -> date:
        """The local day of a moment."""
        return at.astimezone(self.zone).date()


def due(seen: Seen) -> tuple[Facts, ...]:
    """Everything there is to say now, whether or not it was said already."""
    found = (_refused(seen), _failed(seen), _late(seen), _planned(seen), _reviews(seen))
    return tuple(one for one in found if one is not None)


def unsaid(seen: Seen, channel: Channel, kinds: Iterable[NoticeKind]) -> tuple[Facts, ...]:
    """Of what there is to say, what a channel has not been told."""
    wanted = set(kinds)
    return tuple(one for one in due(seen) if kind_of(one) in wanted and not _said(one, seen, channel))


def _said(facts: Facts, seen: Seen, channel: Channel) -> bool:
    kind = kind_of(facts)
    mine = [one for one in seen.deliveries if one.channel is channel and one.kind is kind and one.spent]
    last = max(mine, key=lambda one: one.day, default=None)
    if last is None or last.day == seen.today:
        return last is not None
    if isinstance(facts, Reviews):
        fresh = any(last.day < hold.review_on for hold in facts.holds)
        return not fresh and seen.today - last.day < AGAIN
    return last.day >= facts.of and not _happened_after(facts, seen, last.tried_at)


def _happened_after(facts: Facts, seen: Seen, told: datetime) -> bool:
    """Whether what is to be said came later on the day than what was said of its kind: it had to wait until now."""
    match facts:
        case Refused() | Failed():
            return any(run.ended is not None and run.ended > told for run, _ in seen.runs if run.id in facts.runs)
        case Planned():
            return seen.plan is not None and seen.plan.made > told
        case _:
            return False


def _days(seen: Seen) -> Iterator[tuple[date, list[tuple[Run, RunSummary | None]]]]:
    """Today, and the days before that still count, with the runs that ended on each; one that broke off counts too."""
    for back in range(_RECENT.days + 1):
        day = seen.today - timedelta(days=back)
        yield day, [(run, told) for run, told in seen.runs if run.ended is not None and seen.day(run.ended) == day]


def _refused(seen: Seen) -> Refused | None:
    for day, runs in _days(seen):
        mine = [(run, told) for run, told in runs if run.status is RunStatus.REFUSED or _refuses(told)]
        asked = day == seen.today and seen.ended is not None and seen.ended.exit_status == _REFUSED
        if mine or asked:
            datasets = {one.id: kept(one.refused) for _, told in mine if told for one in told.datasets if one.refused}
            return Refused(of=day, runs=tuple(run.id for run, _ in mine), datasets=datasets)
    return None


def _refuses(told: RunSummary | None) -> bool:
    return told is not None and any(one.refused for one in told.datasets)


def _failed(seen: Seen) -> Failed | None:
    for day, runs in _days(seen):
        mine = [(run, told, how) for run, told in runs if (how := _how(run, told)) is not None]
        job = seen.ended if day == seen.today and seen.ended is not None and seen.ended.exit_status in _ENDED else None
        untold = any(one.kind is NoticeKind.FAILURE and one.day == day and not one.spent for one in seen.deliveries)
        if not (mine or job or untold):
            continue
        hows = {how for _, _, how in mine} | ({_ENDED[job.exit_status]} if job else set())
        return Failed(
            of=day,
            ended=next((how for how in _GRAVEST if how in hows), Ended.FAILED),
            job=None if job is None else job.job,
            runs=tuple(run.id for run, _, _ in mine),
            datasets={name: count for _, told, _ in mine for name, count in _failures(told)},
            open_intents=len({intent for _, told, _ in mine if told for intent in told.open_intents}),
        )
    return None


def _how(run: Run, told: RunSummary | None) -> Ended | None:
    """How a run ended that did not go well; None: it did."""
    if told is not None:
        return _ENDED.get(told.exit_status)
    return Ended.AT_RISK if run.status is RunStatus.AT_RISK else None if run.status in _GOOD else Ended.FAILED


def _failures(told: RunSummary | None) -> Iterator[tuple[str, Kept]]:
    for one in () if told is None else told.datasets:
        failed = sum(one.failed.values())
        if failed or (one.why is not None and one.late != 0):
            yield one.id, kept(failed)


def _late(seen: Seen) -> Late | None:
    last_good = nights.last_good(seen.runs, seen.now)
    begun = [run.started for run, _ in seen.runs]
    since = last_good or min([*begun, *([seen.planned_since] if seen.planned_since else [])], default=None)
    overdue = since is not None and seen.now - since > seen.late_after
    today = next(iter(_days(seen)))[1]
    datasets = {
        one.id: None if one.late is None else kept(one.late)
        for _, told in today
        if told
        for one in told.datasets
        if one.late != 0
    }
    if not overdue and not datasets:
        return None
    runs = tuple(run.id for run, told in today if told and any(one.late != 0 for one in told.datasets))
    return Late(of=seen.today, last_good=last_good, overdue=overdue, runs=runs, datasets=datasets)


def _planned(seen: Seen) -> Planned | None:
    plan = seen.plan
    if plan is None or seen.day(plan.made) < seen.today - _RECENT:
        return None
    if any(run.started.replace(microsecond=0) > plan.made or run.plan == plan.digest for run, _ in seen.runs[:2]):
        return None  # the night has been since: its report says what became of the plan
    datasets = tuple(_listed(one) for one in plan.datasets if one.planned or (one.failed is not None and one.purposes))
    if not datasets:
        return None
    return Planned(
        of=seen.day(plan.made),
        digest=plan.digest,
        reference_date=plan.reference_date,
        expires=plan.expires,
        records=together(one.records for one in datasets),
        datasets=datasets,
        to_mend=sum(finding.severity is not Severity.NOTICE for finding in plan.findings),
    )


def _listed(one: DatasetSummary) -> Listed:
    return Listed(
        id=one.id,
        purposes=one.purposes,
        records=kept(one.planned),
        over_limit=one.refused,
        approved=one.approved,
        judged=one.failed is None,
    )


def _reviews(seen: Seen) -> Reviews | None:
    holds = tuple(
        ToReview(id=hold.id, kind=hold.kind.value, review_on=hold.review_on)
        for hold in sorted(seen.holds, key=lambda one: one.id)
        if hold.in_force and hold.review_on is not None and hold.review_on <= seen.today
    )
    return Reviews(of=seen.today, holds=holds) if holds else None
