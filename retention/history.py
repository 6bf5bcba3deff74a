"""The history over runs: what was destroyed from the outcomes in the log, the rest from our own memory of each run.

Nothing here reads a swept store, and nothing is taken from a plan but how late it found things.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from retention.audit.annals import LoggedDestruction, destructions
from retention.control.interface import Control, Run, RunStatus
from retention.holds import Hold
from retention.installation import Installation
from retention.policy import Register
from retention.reports.activities import title_of
from retention.reports.history import History, Month, OpenHold, Refusal
from retention.run_summary import RunSummary
from retention.text import Text

_BROKEN = frozenset({RunStatus.FAILED, RunStatus.AT_RISK, RunStatus.ABORTED})
_Told = tuple[tuple[Run, RunSummary | None], ...]


def history(installation: Installation, *, months: int) -> History:
    """The history of the last `months` calendar months, the current one included."""
    today, zone = installation.today(), installation.zone
    names = [f"{today - relativedelta(months=back):%Y-%m}" for back in range(months - 1, -1, -1)]
    with installation.ledger.control.reading() as tx:
        logged = [one for one in destructions(tx) if _month(one.at, zone) in names]
        runs: _Told = tuple(
            (run, None if (report := tx.run_report(run.id)) is None else RunSummary.from_json(report))
            for run in tx.runs()
            if _month(run.started, zone) in names
        )
        overdue = _overdue(tx, names, zone)
        holds = tx.holds()
    return History(
        organisation=installation.organisation,
        zone=zone.key,
        tool=installation.tool,
        made=today,
        months=tuple(_one_month(name, logged, runs, overdue.get(name), zone) for name in names),
        purposes=_titles(installation.register, logged),
        holds=_open(holds, today, zone),
        refusals=_refusals(installation.register, runs, zone),
    )


def _month(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m}"


def _one_month(
    name: str, logged: Sequence[LoggedDestruction], runs: _Told, overdue: int | None, zone: ZoneInfo
) -> Month:
    batches = [one for one in logged if _month(one.at, zone) == name]
    mine = [(run, told) for run, told in runs if _month(run.started, zone) == name]
    by_purpose = Counter[str]()
    for batch in batches:
        by_purpose.update(dict.fromkeys(batch.policies, batch.destroyed))
    late = [count for _, told in mine if (count := _late(told)) is not None]
    return Month(
        month=name,
        runs=len(mine),
        destroyed=sum(batch.destroyed for batch in batches),
        by_purpose=dict(sorted(by_purpose.items())),
        overdue=overdue,
        late=max(late, default=None),
        refused=sum(told is not None and any(one.refused for one in told.datasets) for _, told in mine),
        failed=sum(run.status in _BROKEN for run, _ in mine),
    )


def _late(told: RunSummary | None) -> int | None:
    """The records that a run left undone; None: it did not tell, or could not count them."""
    counts = [None] if told is None else [one.late for one in told.datasets]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _overdue(tx: Control, names: Sequence[str], zone: ZoneInfo) -> Mapping[str, int | None]:
    """By month how late its last plan found the latest record to be."""
    last: dict[str, str] = {}
    for plan in tx.plans():  # the newest first
        last.setdefault(_month(plan.made, zone), plan.digest)
    return {name: _longest(tx.plan_report(last[name])) for name in names if name in last}


def _longest(report: str | None) -> int | None:
    """The longest that anything of a plan is overdue; nothing due is 0 days late."""
    if report is None:
        return None
    days: Iterable[int | None] = (one.get("longest_overdue") for one in json.loads(report)["datasets"])
    return max((one for one in days if one is not None), default=0)


def _titles(register: Register, logged: Iterable[LoggedDestruction]) -> Mapping[str, Text]:
    """What the purposes are called; one that is no longer in the register by its id."""
    known = {policy.purpose: policy.title for policy in register}
    names = sorted({name for batch in logged for name in batch.policies})
    return {name: known.get(name, Text(nl=name, en=name)) for name in names}


def _open(holds: Iterable[Hold], today: date, zone: ZoneInfo) -> tuple[OpenHold, ...]:
    found = [
        OpenHold(
            id=hold.id,
            kind=hold.kind.value,
            since=since,
            days=(today - since).days,
            review_on=hold.review_on,
            forgotten=hold.review_on is not None and hold.review_on < today,
        )
        for hold in holds
        if hold.in_force
        for since in (hold.placed_at.astimezone(zone).date(),)
    ]
    return tuple(sorted(found, key=lambda one: (one.since, one.id)))


def _refusals(register: Register, runs: _Told, zone: ZoneInfo) -> tuple[Refusal, ...]:
    """By dataset what was refused; the runs are the newest first."""
    titles = {one.id: title_of(one) for one in register.all_datasets}
    found: dict[str, Refusal] = {}
    for run, told in runs:
        for one in () if told is None else told.datasets:
            if not one.refused:
                continue
            known = found.get(one.id)
            found[one.id] = Refusal(
                dataset=one.id,
                title=titles.get(one.id, Text(nl=one.id, en=one.id)),
                times=1 if known is None else known.times + 1,
                records=max(one.refused, 0 if known is None else known.records),
                last=run.started.astimezone(zone).date() if known is None else known.last,
                why=one.why if known is None else known.why,
            )
    return tuple(found.values())
