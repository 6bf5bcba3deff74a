"""The jobs as cron, systemd or our own schedule starts them: processes that end with the run's exit status."""

import inspect
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
import structlog

from jobs import dry_run_report, nightly_sweep, schedule, verify_audit
from jobs.running import Part, gravest, run
from retention import config
from retention.cli.stop import stop_asked, stopping
from tests.acceptance.cli.conftest import Office, install
from tests.acceptance.cli.conftest import template as template  # noqa: PLC0414 - pytest finds fixtures by their name here

ROOT = Path(__file__).parents[2]


@pytest.fixture
def today_office(tmp_path: Path) -> Office:
    """An installation at the machine's own time: its processes know no other."""
    folder = tmp_path / "office"
    folder.mkdir()
    return install(folder)


def start(office: Office, module: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RETENTION_")}
    environment |= {"PYTHONPATH": str(ROOT), "RETENTION_CONFIG": str(office.config)}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(office: Office, module: str, *arguments: str) -> tuple[int, str, list[dict[str, object]]]:
    """The exit status of a job, what it printed, and its log lines."""
    process = start(office, module, *arguments)
    printed, logged = process.communicate(timeout=60)
    return process.returncode, printed, [json.loads(line) for line in logged.splitlines() if line.startswith("{")]


def test_the_night_that_waits_for_a_person_ends_with_its_status_and_says_so(today_office: Office):
    assert ended(today_office, "jobs.dry_run_report")[0] == 0
    status, _, lines = ended(today_office, "jobs.nightly_sweep")
    assert status == 5
    told = ("job_started", "part_ended", "job_ended")
    assert [(line["event"], line.get("exit_status")) for line in lines if line["event"] in told] == [
        ("job_started", None),
        ("part_ended", 5),
        ("part_ended", 0),
        ("part_ended", 0),
        ("job_ended", 5),
    ]


def test_the_mornings_report_lies_in_a_folder_of_its_day(today_office: Office):
    ended(today_office, "jobs.dry_run_report")
    (folder,) = (today_office.folder / "out").iterdir()
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", folder.name)
    assert {"dry-run.html", "proefrun.html", "plan.json"} <= {path.name for path in folder.iterdir()}


def test_the_nights_report_lies_where_the_mornings_comes(today_office: Office):
    ended(today_office, "jobs.nightly_sweep")
    (folder,) = (today_office.folder / "out").iterdir()
    assert {"run.html", "uitvoering.html", "run.json"} <= {path.name for path in folder.iterdir()}


def test_a_log_that_was_rolled_back_since_the_last_verification_is_found(today_office: Office):
    log = today_office.folder / "state" / "log"
    older = {path: path.read_bytes() for path in log.rglob("*") if path.is_file()}
    ended(today_office, "jobs.nightly_sweep")
    assert ended(today_office, "jobs.verify_audit")[0] == 0
    for path in [path for path in log.rglob("*") if path.is_file()]:
        path.unlink()
    for path, data in older.items():
        path.write_bytes(data)
    assert ended(today_office, "jobs.verify_audit")[0] == 1


def test_a_job_without_a_configuration_ends_with_2(tmp_path: Path):
    assert ended(Office(tmp_path), "jobs.nightly_sweep")[0] == 2


def test_the_schedule_starts_a_job_and_ends_cleanly_on_sigterm(today_office: Office):
    process = start(today_office, "retention", "schedule")
    try:
        assert process.stderr is not None
        assert "schedule_started" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        _, logged = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "schedule_stopped" in logged


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 7, 1, 10, tzinfo=UTC), "2026-07-02T02:00:00+02:00"),
        (datetime(2026, 1, 1, 0, 30, tzinfo=UTC), "2026-01-01T02:00:00+01:00"),
    ],
    ids=["summer", "winter"],
)
def test_the_night_begins_at_two_in_the_organisations_zone(template: Path, now: datetime, expected: str):
    settings = config.load(template / "retention.toml", {})
    runs = dict(schedule.next_runs(settings, 1, now))
    assert runs["sweep"][0].isoformat() == expected


def test_a_job_without_a_time_does_not_run(template: Path, tmp_path: Path):
    text = (template / "retention.toml").read_text().replace('verify = "0 7 * * *"', 'verify = ""')
    (tmp_path / "retention.toml").write_text(text)
    assert [*schedule.triggers(config.load(tmp_path / "retention.toml", {}))] == ["sweep"]


def test_the_mornings_report_touches_no_record(today_office: Office):
    ended(today_office, "jobs.dry_run_report")
    assert today_office.rows("dossier") == [10, 11, 12, 13]


def test_the_check_of_the_proof_needs_the_published_log_and_the_trust_file_alone(today_office: Office, tmp_path: Path):
    """In a folder without keys, configuration or control store, as an auditor has them."""
    ended(today_office, "jobs.nightly_sweep")
    theirs = tmp_path / "auditor"
    shutil.copytree(today_office.folder / "state" / "log", theirs / "log")
    shutil.copy(today_office.folder / "trust", theirs / "trust")
    given = ("--log", str(theirs / "log"), "--trust", str(theirs / "trust"))
    status, _, _ = ended(Office(theirs), "jobs.verify_audit", *given)
    assert status == 0
    assert (theirs / "kept-checkpoint").read_bytes() == (theirs / "log" / "checkpoint").read_bytes()


def test_a_log_that_cannot_be_looked_at_is_said_in_one_line(tmp_path: Path):
    given = ("--log", str(tmp_path / ("x" * 300)), "--trust", str(tmp_path))
    assert ended(Office(tmp_path), "jobs.verify_audit", *given)[0] == 2


def test_what_was_verified_and_cannot_be_kept_is_said(today_office: Office):
    status, _, lines = ended(today_office, "jobs.verify_audit", "--kept", "/proc/none")
    assert status == 1
    assert [line["exit_status"] for line in lines if line["event"] == "job_ended"] == [1]


def test_the_night_makes_the_plan_of_the_next(today_office: Office):
    ended(today_office, "jobs.nightly_sweep")
    (folder,) = (today_office.folder / "out").iterdir()
    assert {"run.html", "dry-run.html", "plan.json"} <= {path.name for path in folder.iterdir()}
    assert json.loads((folder / "plan.json").read_text())["reference_date"] == folder.name


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [({0, 5, 3}, 3), ({3, 1}, 1), ({1, 2}, 2), ({4, 2}, 4), ({130, 0}, 1), (set(), 1), ({0}, 0)],
)
def test_a_job_ends_with_the_gravest_of_its_parts(statuses: set[int], expected: int):
    assert gravest(statuses) == expected


def test_after_a_part_that_is_not_to_be_trusted_no_other_begins():
    begun: list[str] = []

    def part(name: str, status: int) -> Part:
        return Part(name, lambda: begun.append(name) or status)

    assert run("sweep", part("one", 1), part("two", 4), part("three", 0)) == 4
    assert begun == ["one", "two"]


def test_every_job_is_a_main_of_at_most_thirty_lines():
    for module in (nightly_sweep, dry_run_report, verify_audit):
        assert len(inspect.getsource(module.main).splitlines()) <= 30


@pytest.fixture
def busy(today_office: Office) -> Office:
    """An installation of today with a long night before it: 6,000 dossiers, in small batches, approved yesterday."""
    with closing(sqlite3.connect(today_office.folder / "cvs.db")) as connection, connection:
        connection.executemany(
            "INSERT INTO dossier VALUES (?, 1, '2012-01-01', 'x')", [(number,) for number in range(100, 6100)]
        )
    with today_office.config.open("a") as file:
        file.write("\n[sweep]\nbatch_records = 5\nbatch_milliseconds = 1\n")
    yesterday = datetime.now(config.load(today_office.config, {}).zone).date() - timedelta(days=1)
    plan = today_office.json("plan", "--today", str(yesterday), "--out", str(today_office.folder / "out"))
    assert today_office.approve(plan["digest"], "--allow", "cvs.dossier=6002").exit_code == 0
    return today_office


def stopped(office: Office, number: signal.Signals) -> tuple[int, list[dict[str, object]]]:
    """Start the night, ask it to stop while its first batches go; its exit status and log lines."""
    process, lines = start(office, "jobs.nightly_sweep"), []
    assert process.stderr is not None
    try:
        for line in process.stderr:
            lines.append(line)
            if "dataset_progressed" in line:
                process.send_signal(number)
                break
        rest = process.communicate(timeout=60)[1]
    finally:
        process.kill()
    return process.returncode, [json.loads(line) for line in (*lines, *rest.splitlines()) if line.startswith("{")]


def test_a_signal_stops_the_night_within_a_batch_and_leaves_nothing_open(busy: Office):
    there = len(busy.rows("dossier"))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        status, told = stopped(busy, number)
        assert status == 1
        assert [one["signal"] for one in told if one["event"] == "run_stopping"] == [number.name]
        assert [one["part"] for one in told if one["event"] == "part_ended"] == ["sweep"]  # nothing is begun after it
        before, there = there, len(busy.rows("dossier"))
        assert 2 < there < before
        last = busy.json("audit", "show", "--kind", "run-end")[-1]["entry"]
        assert (last["status"], last.get("open", [])) == ("aborted", [])
    assert busy.run("audit", "verify").exit_code == 0


def test_a_plan_that_is_asked_to_stop_is_no_plan():
    def report(_name: str, _count: int) -> None:
        signal.raise_signal(signal.SIGTERM)

    with stop_asked() as stop, pytest.raises(click.exceptions.Exit) as ended_early:
        stopping(report, stop)("cvs.dossier", 4)
    assert ended_early.value.exit_code == 1


def test_a_signal_in_the_middle_of_a_log_line_hangs_nobody():
    """A handler that logs waits for the lock of the line that it interrupted."""

    class Interrupting(io.StringIO):
        def write(self, text: str) -> int:
            signal.raise_signal(signal.SIGTERM)
            return super().write(text)

    before = structlog.get_config()
    log = structlog.WriteLogger(Interrupting())
    try:
        structlog.configure(processors=[structlog.processors.KeyValueRenderer()], logger_factory=lambda *_: log)
        with stop_asked() as stop:
            log.msg("a line")
            assert stop()
    finally:
        structlog.configure(**before)
