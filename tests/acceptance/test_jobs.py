"""The jobs as cron, systemd or our own schedule starts them: processes that end with the run's exit status."""

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs import schedule
from retention import config
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
