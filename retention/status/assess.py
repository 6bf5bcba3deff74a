"""From facts to the status: pure, so that people, monitors, notices and metrics are told the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from retention import nights
from retention.control.interface import Flight, RunStatus
from retention.status import red, waits
from retention.status.code import Alarm, Code, Level
from retention.status.facts import Facts, Memory, ToldRun
from retention.status.value import DatasetState, Night, Overdue, Status

_BAD: Final = frozenset({RunStatus.FAILED, RunStatus.AT_RISK})
_SETTLING: Final = timedelta(minutes=15)
"""How long a batch of a run that has not ended may be without its outcome: far longer than any takes."""


def status_of(facts: Facts) -> Status:
    """The status that facts amount to."""
    memory = facts.memory if isinstance(facts.memory, Memory) else None
    runs = () if memory is None else memory.runs
    last_good = nights.last_good(((one.run, one.told) for one in runs), facts.now)
    since = last_good or (None if memory is None else memory.began)
    alarms = [*_proof(facts)]
    if memory is not None:
        alarms += [*_night(facts, memory, last_good), *_failures(memory), *_waiting(facts, memory)]
    alarms += [*_anchor(facts, memory), *_disk(facts)]
    holds, night = ((), None) if memory is None else (memory.holds, memory.last_night)
    return Status(
        at=facts.now,
        readable=memory is not None,
        alarms=tuple(sorted(alarms, key=lambda alarm: (alarm.level is Level.WAITS, alarm.code.exit_status != 4))),  # noqa: PLR2004 - proof at risk
        last_good=last_good,
        late_from=None if since is None else since + facts.thresholds.late_after,
        next_night=facts.next_night,
        last_night=None if memory is None or not memory.runs else _told(memory.runs[0]),
        datasets=() if memory is None else memory.datasets,
        overdue=() if memory is None else tuple(_by_purpose(memory.datasets)),
        open_intents=() if memory is None else tuple(one.intent for one in _open(facts, memory)),
        holds=len(holds),
        holds_to_review=sum(hold.review_on is not None and hold.review_on <= facts.today for hold in holds),
        expiring=() if memory is None else memory.expiring,
        unlogged=0 if memory is None else memory.unlogged,
        plans=() if memory is None else memory.plans,
        keys=facts.keys,
        anchor=facts.anchor,
        verified=facts.verified,
        log_size=facts.log_size,
        disk=facts.disk,
        undelivered=0 if memory is None else memory.undelivered,
        postponed=0 if night is None else night.postponed,
        nights=None if night is None else max((one.nights for one in night.datasets if one.nights), default=None),
    )


def _told(one: ToldRun) -> Night:
    return Night(run=one.run.id, started=one.run.started, ended=one.run.ended, status=one.run.status)


def _proof(facts: Facts) -> Iterator[Alarm]:
    if isinstance(facts.memory, str):
        yield red.control_unreadable(facts.memory)
    if facts.old_copy is not None:
        yield red.control_old_copy(facts.old_copy)
    if facts.log is not None:
        yield red.log_unverifiable(facts.log)
    elif facts.verified is not None and facts.verified.exit_status == 1:
        yield red.verification_failed(facts.verified.at)
    for lost in facts.lost:
        yield red.key_unusable(lost)


def _night(facts: Facts, memory: Memory, last_good: datetime | None) -> Iterator[Alarm]:
    since = last_good or memory.began
    if since is not None and facts.now - since > facts.thresholds.late_after:
        yield red.night_missed(last_good, memory.runs[0] if memory.runs else None, facts.now)
    elif not memory.runs:
        yield waits.no_night_yet()


def _failures(memory: Memory) -> Iterator[Alarm]:
    """What failed in the newest run of each kind, and what the newest plan could not judge."""
    unjudged = dict(memory.unjudged)
    for name, why in unjudged.items():
        yield red.dataset_unjudged(name, why)
    for one in _newest(memory):
        if one.run.status in _BAD and not one.failing:
            yield red.night_failed(one)
        for failing in one.failing:
            if failing.id not in unjudged:
                yield red.dataset_failed(failing, one.run.id)
    for dataset in memory.datasets:
        if dataset.residue:
            yield red.residue(dataset)


def _newest(memory: Memory) -> Iterator[ToldRun]:
    """The newest ended run of a night, and the newest second one."""
    ended = [one for one in memory.runs if one.run.status is not None]
    yield from [one for one in ended if not one.same_day][:1]
    yield from [one for one in ended if one.same_day][:1]


def _anchor(facts: Facts, memory: Memory | None) -> Iterator[Alarm]:
    after = facts.thresholds.anchor_after
    since = facts.anchor.at if facts.anchor is not None else None if memory is None else memory.began
    if after is not None and since is not None and facts.now - since > after:
        yield red.anchor_overdue(facts.anchor)


def _disk(facts: Facts) -> Iterator[Alarm]:
    if facts.disk is not None and facts.disk.free < facts.disk.needed:
        yield red.disk_low(facts.disk)


def _waiting(facts: Facts, memory: Memory) -> Iterator[Alarm]:
    if opened := _open(facts, memory):
        yield waits.open_intents([one.intent for one in opened])
    yield from _decisions(memory.datasets)
    for expiry in memory.expiring:
        yield waits.approval_expiring(expiry)
    for hold in memory.holds:
        if hold.review_on is not None and hold.review_on <= facts.today:
            yield waits.review_due(hold.id, hold.review_on)
    if memory.undelivered:
        yield waits.notice_undelivered(memory.undelivered)


def _decisions(datasets: Sequence[DatasetState]) -> Iterator[Alarm]:
    """What a person has to decide: a plan at a time, for one command decides it; a refusal has its own reason."""
    for command in dict.fromkeys(one.command for one in datasets if one.waiting):
        waiting = {one.id: one.waiting for one in datasets if one.waiting and one.command == command}
        yield waits.decision(Code.APPROVAL_WAITING, waiting, command)
    over = [one for one in datasets if one.refused and one.why is None]
    for command in dict.fromkeys(one.command for one in over):
        refused = {one.id: one.refused for one in over if one.command == command}
        yield waits.decision(Code.OVER_LIMIT, refused, command)
    for one in datasets:
        if one.refused and one.why is not None:
            yield waits.refused(one)


def _open(facts: Facts, memory: Memory) -> list[Flight]:
    """Batches without an outcome that no run at work is about to settle."""
    at_work = {one.run.id for one in memory.runs if one.run.status is None}
    return [one for one in memory.flights if one.run not in at_work or facts.now - one.registered > _SETTLING]


def _by_purpose(datasets: Iterable[DatasetState]) -> Iterator[Overdue]:
    of: defaultdict[str, list[tuple[int, int | None]]] = defaultdict(list)
    for dataset in datasets:
        for purpose, count in dataset.purposes.items():
            of[purpose].append((count, dataset.oldest_days if count else None))
    for purpose, those in sorted(of.items()):
        days = [oldest for _, oldest in those if oldest is not None]
        yield Overdue(purpose=purpose, records=sum(count for count, _ in those), oldest_days=max(days, default=None))
