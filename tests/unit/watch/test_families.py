"""From readings to metrics: names that Prometheus's conventions allow, what is unknown left out, and nobody named."""

import math
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from retention.control.interface import Run, RunStatus
from retention.holds import Hold, HoldKind, Scope
from retention.run_summary import DatasetRun, RunSummary
from retention.status.assess import status_of
from retention.status.code import Code, Level
from retention.status.facts import Facts, Memory, Thresholds, ToldRun
from retention.status.value import Anchor, DatasetState, Disk, KeyAge, Verified
from retention.text import Text
from retention.watch.ends import Ended
from retention.watch.families import families, registry_of
from retention.watch.readings import NIGHT, Readings

NOW = datetime(2026, 7, 2, 6, 0, tzinfo=UTC)
BEGAN = NOW - timedelta(hours=4)
NOBODY = "Ans Geheim"
LABELS = {"code", "purpose", "dataset", "run", "outcome", "key", "job", "version"}
UNITS = ("_seconds", "_bytes", "_days", "_records", "_info")
PLAIN = {  # numbers of things that are named, and truths
    *("exit_status", "memory_readable", "red", "waits", "open_intents", "holds", "holds_to_review"),
    *("approvals_expiring", "unlogged_decisions", "notices_undelivered", "log_entries", "anchor_entries"),
    *("last_run_exit_status", "last_job_exit_status", "verification_exit_status"),
}


def told(*datasets: DatasetRun) -> ToldRun:
    run = Run(
        id="20260702T020000Z-00000000", started=BEGAN, reference_date=date(2026, 7, 2), actor="beheer", plan="d" * 64,
        status=RunStatus.DONE, ended=BEGAN + timedelta(minutes=5),
    )  # fmt: skip
    summary = RunSummary(
        run=run.id, status="done", exit_status=0, started=run.started, ended=BEGAN, reference_date=run.reference_date,
        plan=run.plan, plan_reference_date=date(2026, 7, 1), datasets=datasets,
    )  # fmt: skip
    return ToldRun(run, summary)


def hold() -> Hold:
    return Hold(
        id="H-20260701-00000000", kind=HoldKind.LEGAL_HOLD, scope=Scope(subjects=frozenset({("client", NOBODY)})),
        matter=NOBODY, placed_at=NOW, placed_by="jurist", salt=b"x",
    )  # fmt: skip


def readings(*, memory: bool = True, run: ToldRun | None = None) -> Readings:
    run = run or told(DatasetRun(id="cvs.dossier", planned=9, destroyed=3, held={"KEEP_HOLD": 2}, failed={"FAIL": 1}))
    state = DatasetState(
        id="cvs.dossier", purposes={"schuldhulp": 4}, plan="d" * 64, overdue=4, oldest_days=12, held=2, residue=1,
        why=Text(nl=NOBODY, en=NOBODY),
    )  # fmt: skip
    remembered = Memory(
        began=NOW - timedelta(days=400), runs=(run,), plans=(), datasets=(state,), unjudged=(), expiring=(),
        holds=(hold(),), flights=(), unlogged=0,
    )  # fmt: skip
    status = status_of(
        Facts(
            now=NOW,
            today=NOW.date(),
            thresholds=Thresholds(late_after=timedelta(hours=30), anchor_after=None),
            memory=remembered if memory else NOBODY,
            log_size=40,
            anchor=Anchor(size=40, at=NOW),
            verified=Verified(at=NOW, exit_status=0),
            keys=(KeyAge(name="log.key", count=1, made=NOW),),
            disk=Disk(free=10, total=20, needed=5),
            next_night=NOW + timedelta(hours=20),
        )
    )
    return Readings(status=status, runs={NIGHT: run}, jobs=(Ended(job="sweep", at=NOW, exit_status=0),))


def samples(seen: Readings) -> Iterator[Sample]:
    for family in text_string_to_metric_families(generate_latest(registry_of(seen)).decode()):
        yield from family.samples


def value(seen: Readings, name: str, **labels: str) -> float | None:
    found = [one.value for one in samples(seen) if one.name == f"retention_{name}" and one.labels == labels]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("name", "labels", "expected"),
    [
        ("exit_status", {}, 1),
        ("memory_readable", {}, 1),
        ("red", {"code": "residue"}, 1),
        ("red", {"code": "night-missed"}, 0),
        ("last_good_timestamp_seconds", {}, (BEGAN + timedelta(minutes=5)).timestamp()),
        ("overdue_records", {"purpose": "schuldhulp"}, 4),
        ("overdue_oldest_days", {"purpose": "schuldhulp"}, 12),
        ("dataset_residue_records", {"dataset": "cvs.dossier"}, 1),
        ("holds", {}, 1),
        ("open_intents", {}, 0),
        ("last_run_records", {"run": "night", "outcome": "destroyed"}, 3),
        ("last_run_records", {"run": "night", "outcome": "failed"}, 1),
        ("last_run_duration_seconds", {"run": "night"}, 300),
        ("last_job_exit_status", {"job": "sweep"}, 0),
        ("key_created_timestamp_seconds", {"key": "log.key"}, NOW.timestamp()),
        ("anchor_timestamp_seconds", {}, NOW.timestamp()),
    ],
)
def test_a_metric_says_what_the_status_says(name: str, labels: dict[str, str], expected: float):
    assert value(readings(), name, **labels) == expected


def test_what_could_not_be_counted_is_no_number():
    late = value(
        readings(run=told(DatasetRun(id="a.b", planned=1, late=None))), "last_run_records", run="night", outcome="late"
    )
    assert late is not None
    assert math.isnan(late)


def test_every_code_of_the_status_has_a_metric_also_when_it_is_quiet():
    found = {(one.name, one.labels["code"]) for one in samples(readings()) if "code" in one.labels}
    assert found == {(f"retention_{'red' if code.level is Level.RED else 'waits'}", code.value) for code in Code}


def test_where_our_memory_cannot_be_read_nothing_of_it_is_said_to_be_zero():
    seen = readings(memory=False)
    assert value(seen, "exit_status") == 4
    assert value(seen, "red", code="control-unreadable") == 1
    assert value(seen, "memory_readable") == 0
    told = {one.name for one in samples(seen)}
    assert not {name for name in told if re.search("overdue|hold|intents|last_good|last_run|dataset", name)}


def test_names_have_their_unit_and_labels_are_of_a_closed_list():
    for one in samples(readings()):
        name = one.name.removeprefix("retention_")
        assert name != one.name
        assert name.endswith(UNITS) or name in PLAIN, name
        assert set(one.labels) <= LABELS


def test_every_metric_says_what_it_is():
    assert all(family.documentation.endswith(".") for family in families(readings()))


def test_nobody_and_no_matter_is_in_any_metric():
    assert NOBODY not in generate_latest(registry_of(readings())).decode()
    assert NOBODY not in generate_latest(registry_of(readings(memory=False))).decode()
