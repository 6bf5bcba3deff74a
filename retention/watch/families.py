"""From readings to metric families, purely: the same for a scrape and for a file (docs/monitoring.md lists them).

Labels are words of the register and of closed lists: datasets, purposes, jobs, codes, outcomes. Never a record, a key,
a subject, a matter, or what somebody wrote about a hold (P7). Counts are exact: an alarm at one record must ring at one
(docs/adr/0031). What is not known has no sample; it is never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from retention import __version__
from retention.run_summary import DatasetRun
from retention.status.code import Code, Level
from retention.status.facts import ToldRun
from retention.status.value import DatasetState, Status
from retention.watch.readings import Readings

_PREFIX: Final = "retention_"
_UNKNOWN: Final = float("nan")


class _Fixed(Collector):
    """Readings that were taken."""

    def __init__(self, seen: Readings) -> None:
        self._seen = seen

    def collect(self) -> Iterable[Metric]:
        return families(self._seen)


def registry_of(seen: Readings) -> CollectorRegistry:
    """Readings as the library exposes them; nothing of the process's own."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Fixed(seen))
    return registry


def families(seen: Readings) -> Iterator[Metric]:
    """Every metric there is to tell."""
    status = seen.status
    yield InfoMetricFamily(f"{_PREFIX}build", "Version of retention.", value={"version": __version__})
    yield from _verdict(status)
    if status.readable:
        yield from _nights(status)
        yield from _work(status)
        yield from _people(status)
        yield from _runs(seen.runs)
    yield from _proof(status)
    yield from _jobs(seen)


def _verdict(status: Status) -> Iterator[Metric]:
    yield _one(
        "exit_status",
        "What `retention status` ends with: 0 green, 5 waits, 1 red, 4 proof at risk.",
        status.exit_status,
    )
    yield _one("status_timestamp_seconds", "When this was looked at.", status.at.timestamp())
    yield _one(
        "memory_readable", "Whether the control store can be read; else what it would tell is absent.", status.readable
    )
    for level, name, about in (
        (Level.RED, "red", "Alarms of what is wrong, by code (docs/status.md)."),
        (Level.WAITS, "waits", "What waits for a person, by code (docs/status.md)."),
    ):
        codes = [code for code in Code if code.level is level]
        yield _by(name, about, "code", {code.value: sum(one.code is code for one in status.alarms) for code in codes})


def _nights(status: Status) -> Iterator[Metric]:
    yield from _when("last_good_timestamp_seconds", "End of the last night that went well.", status.last_good)
    yield from _when("late_from_timestamp_seconds", "When its absence turns red.", status.late_from)
    yield from _when("next_night_timestamp_seconds", "The next night, as [schedule] says.", status.next_night)


def _work(status: Status) -> Iterator[Metric]:
    overdue = {one.purpose: one.records for one in status.overdue}
    oldest = {one.purpose: one.oldest_days or 0 for one in status.overdue}
    yield _by("overdue_records", "Due and still there; a record of two purposes counts for both.", "purpose", overdue)
    yield _by("overdue_oldest_days", "Days since the first of these could go, at most.", "purpose", oldest)
    for name, about in (
        ("overdue", "Due and still there."),
        ("held", "Kept by a hold, or by the time after its release."),
        ("refused", "Of the overdue: over the limit, or refused by the last run."),
        ("waiting", "Of the overdue: nobody approved them."),
        ("residue", "Of the overdue: an outcome says that they are not shown to be gone."),
    ):
        yield _by(f"dataset_{name}_records", about, "dataset", _counts(status.datasets, name))
    yield _one(
        "postponed_records", "Left for another night by a window or a budget, in the last night.", status.postponed
    )
    yield _one("open_intents", "Batches without an outcome, of no run under way.", len(status.open_intents))


def _counts(datasets: Iterable[DatasetState], name: str) -> dict[str, float]:
    return {one.id: getattr(one, name) for one in datasets}


def _people(status: Status) -> Iterator[Metric]:
    yield _one("holds", "Holds in force.", status.holds)
    yield _one("holds_to_review", "Of these: their day of review has come.", status.holds_to_review)
    yield _one("approvals_expiring", "Approvals that end soon and are still needed.", len(status.expiring))
    yield _one("unlogged_decisions", "Holds and approvals that bind and are not yet entries.", status.unlogged)
    yield _one("notices_undelivered", "Notices that reached nobody.", status.undelivered)


def _runs(runs: Mapping[str, ToldRun]) -> Iterator[Metric]:
    """The last run of each kind: gauges, since a run is told once, and the next one takes its place."""
    ended = {kind: one.run.ended.timestamp() for kind, one in runs.items() if one.run.ended}
    took = {kind: (one.run.ended - one.run.started).total_seconds() for kind, one in runs.items() if one.run.ended}
    statuses = {kind: float(one.told.exit_status) for kind, one in runs.items() if one.told is not None}
    yield _by("last_run_end_timestamp_seconds", "When the last run of its kind ended.", "run", ended)
    yield _by("last_run_duration_seconds", "How long it took.", "run", took)
    yield _by("last_run_exit_status", "How it ended.", "run", statuses)
    records = GaugeMetricFamily(
        f"{_PREFIX}last_run_records",
        "What became of its planned records; NaN: could not be counted.",
        labels=["run", "outcome"],
    )
    for kind, one in runs.items():
        for outcome, count in _outcomes(() if one.told is None else one.told.datasets):
            records.add_metric([kind, outcome], count)
    yield records


def _outcomes(datasets: Iterable[DatasetRun]) -> Iterator[tuple[str, float]]:
    told = tuple(datasets)
    for name in ("destroyed", "changed", "gone", "refused", "waiting", "postponed"):
        yield name, sum(getattr(one, name) for one in told)
    yield "held", sum(sum(one.held.values()) for one in told)
    yield "failed", sum(sum(one.failed.values()) for one in told)
    yield "late", sum(_UNKNOWN if one.late is None else one.late for one in told)


def _proof(status: Status) -> Iterator[Metric]:
    yield from _known("log_entries", "Entries published.", status.log_size)
    if status.anchor is not None:
        yield _one("anchor_entries", "Entries that the kept checkpoint covers.", status.anchor.size)
        yield from _when("anchor_timestamp_seconds", "When a verification last kept a checkpoint.", status.anchor.at)
    if status.verified is not None:
        yield from _when("verification_timestamp_seconds", "When the whole log was last verified.", status.verified.at)
        yield _one("verification_exit_status", "How that ended; 0 and 5: it verified.", status.verified.exit_status)
    if status.keys is not None:
        made = {one.name: one.made.timestamp() for one in status.keys}
        yield _by("key_created_timestamp_seconds", "When the oldest key of its kind was made.", "key", made)
    if status.disk is not None:
        yield _one("disk_free_bytes", "Room on the state directory's file system.", status.disk.free)
        yield _one("disk_needed_bytes", "Room below which it is red.", status.disk.needed)


def _jobs(seen: Readings) -> Iterator[Metric]:
    statuses = {one.job: float(one.exit_status) for one in seen.jobs}
    ends = {one.job: one.at.timestamp() for one in seen.jobs}
    yield _by("last_job_exit_status", "How each job ended last: the gravest of its parts.", "job", statuses)
    yield _by("last_job_end_timestamp_seconds", "When each job ended last.", "job", ends)


def _one(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(_PREFIX + name, about, value=value)


def _known(name: str, about: str, value: float | None) -> Iterator[Metric]:
    if value is not None:
        yield _one(name, about, value)


def _when(name: str, about: str, at: datetime | None) -> Iterator[Metric]:
    yield from _known(name, about, None if at is None else at.timestamp())


def _by(name: str, about: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(_PREFIX + name, about, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
