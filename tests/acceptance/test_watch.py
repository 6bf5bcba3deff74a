"""An installation as others watch it: the schedule's /metrics and /healthz, the collector's file, the sign of life."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import structlog
import time_machine
from prometheus_client.parser import text_string_to_metric_families

from jobs import nightly_sweep
from tests.acceptance.cli.conftest import JULY, NEXT_NIGHT, Office, install
from tests.acceptance.cli.conftest import template as template  # noqa: PLC0414 - pytest finds fixtures by their name here

ROOT = Path(__file__).parents[2]
Samples = dict[tuple[str, str], float]


@contextmanager
def schedule(office: Office) -> Iterator[subprocess.Popen[str]]:
    """`retention schedule`, in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RETENTION_")}
    environment |= {"PYTHONPATH": str(ROOT), "RETENTION_CONFIG": str(office.config)}
    command = [sys.executable, "-m", "retention", "schedule"]
    process = subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def events(process: subprocess.Popen[str], until: str) -> list[dict[str, object]]:
    """Log lines up to an event."""
    assert process.stderr is not None
    lines: list[dict[str, object]] = []
    for line in process.stderr:
        lines.append(json.loads(line))
        if lines[-1]["event"] == until:
            return lines
    raise AssertionError(lines)


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        return refused.code, refused.read().decode()


def samples(text: str) -> Samples:
    """By name and the value of the first label."""
    found = (one for family in text_string_to_metric_families(text) for one in family.samples)
    return {(one.name.removeprefix("retention_"), next(iter(one.labels.values()), "")): one.value for one in found}


def test_the_schedule_answers_while_it_lives_and_says_when_its_memory_breaks(tmp_path: Path):
    office = install(tmp_path)
    office.change("retention.toml", 'listen = ""', 'listen = "127.0.0.1:0"')
    with schedule(office) as process:
        [port] = [line["port"] for line in events(process, "schedule_started") if line["event"] == "metrics_listening"]
        assert isinstance(port, int)
        healthy, body = get(port, "/healthz")
        assert (healthy, json.loads(body)["clock"]) == (200, True)
        told = samples(get(port, "/metrics")[1])
        assert (told["exit_status", ""], told["waits", "no-night-yet"]) == (5, 1)
        assert told["next_night_timestamp_seconds", ""] > told["status_timestamp_seconds", ""]

        office.change("retention.toml", 'listen = "127.0.0.1:0"', f'listen = "127.0.0.1:{port}"')
        with schedule(office) as second:
            _, said = second.communicate(timeout=60)
        assert (second.returncode, said.count("\n")) == (2, 1)
        assert said.startswith(f"Error: metrics.listen: nobody can listen on 127.0.0.1:{port} ")

        (office.folder / "state" / "control.db").write_bytes(b"not a database" * 400)
        status, body = get(port, "/metrics")
        assert status == 200
        told = samples(body)
        assert (told["exit_status", ""], told["red", "control-unreadable"], told["memory_readable", ""]) == (4, 1, 0)
        status, body = get(port, "/healthz")
        assert (status, json.loads(body)["codes"]) == (503, ["control-unreadable"])

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


@contextmanager
def switch() -> Iterator[tuple[int, list[str]]]:
    """A dead man's switch: its port, and the paths that it was called by."""
    called: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1], called
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An installation of 1 July 2026, whose plan is approved."""
    with time_machine.travel(JULY):
        office = install(tmp_path)
        assert office.approve(office.plan()).exit_code == 0
    office.change("retention.toml", '[metrics]\nlisten = ""', '[metrics]\nlisten = ""\ntextfile = "retention.prom"')
    return office


def night(office: Office, monkeypatch: pytest.MonkeyPatch, port: int) -> int:
    """The real night in this process; its exit status."""
    monkeypatch.setenv("RETENTION_CONFIG", str(office.config))
    monkeypatch.setenv("RETENTION_ALIVE_URL", f"http://127.0.0.1:{port}/ping/geheim")
    try:
        with time_machine.travel(NEXT_NIGHT):
            return nightly_sweep.main()
    finally:
        structlog.reset_defaults()


def test_a_good_night_leaves_its_numbers_and_a_sign_of_life(
    office: Office, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    with switch() as (port, called):
        assert night(office, monkeypatch, port) in (0, 5)
    assert called == ["/ping/geheim"]
    told = samples((office.folder / "retention.prom").read_text())
    assert told["last_run_records", "destroyed"] == 2
    assert told["last_job_exit_status", "sweep"] in (0, 5)
    assert told["last_good_timestamp_seconds", ""] >= NEXT_NIGHT.timestamp()
    said = capfd.readouterr().err
    assert '"alive_called"' in said
    assert "geheim" not in said


def test_a_night_that_failed_leaves_its_numbers_and_is_silent(office: Office, monkeypatch: pytest.MonkeyPatch):
    (office.folder / "cvs.db").rename(office.folder / "elsewhere.db")
    with switch() as (port, called):
        assert night(office, monkeypatch, port) == 1
    assert called == []
    told = samples((office.folder / "retention.prom").read_text())
    assert (told["last_job_exit_status", "sweep"], told["exit_status", ""]) == (1, 1)
