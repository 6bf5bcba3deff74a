"""After a job: a file for the collector, and a sign of life over real HTTP and TLS."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from retention.config import Settings
from retention.config.sections import KeySettings, LogSettings, Organisation, StateSettings
from retention.config.watch import AliveSettings, MetricsSettings
from retention.watch.after import job_ended
from retention.watch.alive import Trouble, call
from retention.watch.ends import kept
from retention.watch.textfile import write_textfile
from tests.certificates import Authority, authority
from tests.unit.watch.test_families import readings


@dataclass
class Switch:
    """A dead man's switch: what it answers, one after another, and what it was asked."""

    answers: list[int] = field(default_factory=lambda: [200])
    location: str = ""
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)  # method, path


@contextmanager
def listening(switch: Switch, tls: ssl.SSLContext | None = None) -> Iterator[Switch]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            switch.asked.append((self.command, self.path))
            self.send_response(switch.answers[min(len(switch.asked), len(switch.answers)) - 1])
            if switch.location:
                self.send_header("Location", switch.location)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign] - a client that refuses our certificate
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        switch.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield switch
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


def called(url: str, ca_file: Path | None = None) -> tuple[Trouble | None, list[float]]:
    """What became of a call, and how long was paused between its attempts."""
    paused: list[float] = []
    return call(AliveSettings(url=url, ca_file=ca_file), paused.append), paused


def test_it_is_called_once_with_its_whole_path(signer: Authority):
    with listening(Switch(), signer.server) as switch:
        assert called(f"https://localhost:{switch.port}/ping/geheim?ok=1", signer.ca_file) == (None, [])
    assert switch.asked == [("GET", "/ping/geheim?ok=1")]


def test_a_certificate_that_nobody_vouches_for_is_refused_and_nothing_is_said(signer: Authority):
    with listening(Switch(), signer.server) as switch:
        assert called(f"https://localhost:{switch.port}/geheim") == (Trouble.TLS, [])
    assert switch.asked == []


def test_it_is_tried_a_few_times():
    with listening(Switch([503, 503, 200])) as switch:
        trouble, paused = called(f"http://127.0.0.1:{switch.port}/x")
    assert (trouble, len(paused), len(switch.asked)) == (None, 2, 3)


def test_then_it_is_given_up():
    with listening(Switch([503])) as switch:
        assert called(f"http://127.0.0.1:{switch.port}/x")[0] is Trouble.UNAVAILABLE
    assert len(switch.asked) == 3
    assert called(f"http://127.0.0.1:{switch.port}/x")[0] is Trouble.UNREACHABLE


@pytest.mark.parametrize(("status", "trouble"), [(302, Trouble.REDIRECT), (404, Trouble.REJECTED)])
def test_what_it_refuses_is_not_tried_again_and_no_redirect_is_followed(status: int, trouble: Trouble):
    with listening(Switch()) as other, listening(Switch([status], f"http://127.0.0.1:{other.port}/")) as switch:
        assert called(f"http://127.0.0.1:{switch.port}/x") == (trouble, [])
    assert (len(switch.asked), other.asked) == (1, [])


# the file ---------------------------------------------------------------------------------------------------------


def test_the_file_is_whole_and_the_collector_can_read_it(tmp_path: Path):
    path = tmp_path / "retention.prom"
    path.write_text("old")
    before = os.umask(0o077)
    try:
        write_textfile(path, readings())
    finally:
        os.umask(before)
    names = {family.name for family in text_string_to_metric_families(path.read_text())}
    assert {"retention_exit_status", "retention_last_run_records"} <= names
    assert oct(path.stat().st_mode & 0o777) == "0o644"
    assert [*tmp_path.iterdir()] == [path]


# a job ------------------------------------------------------------------------------------------------------------


def settings(folder: Path, **more: object) -> Settings:
    """An installation whose control store is not there."""
    (folder / "state").mkdir()
    return Settings(
        file=folder / "retention.toml",
        organisation=Organisation(name="Test"),
        log=LogSettings(origin="test.example/2026", trust=folder / "trust"),
        state=StateSettings(directory=folder / "state"),
        keys=KeySettings(directory=folder / "keys"),
        **more,  # type: ignore[arg-type]
    )


def ended(settings: Settings, job: str = "sweep", status: int = 0) -> list[str]:
    """The events of the end of a job."""
    with structlog.testing.capture_logs() as lines:
        job_ended(settings, job, status)
    return [line["event"] for line in lines]


def test_a_broken_control_store_gives_a_file_that_says_so_and_no_sign_of_life(tmp_path: Path):
    path = tmp_path / "retention.prom"
    path.write_text("retention_exit_status 0\n")
    with listening(Switch()) as switch:
        alive = AliveSettings(url=f"http://127.0.0.1:{switch.port}/")
        assert ended(settings(tmp_path, metrics=MetricsSettings(textfile=path), alive=alive)) == []
    told = {one.name: one for family in text_string_to_metric_families(path.read_text()) for one in family.samples}
    assert told["retention_exit_status"].value == 4
    assert switch.asked == []


def test_how_a_job_ended_is_kept_whatever_had_started_it(tmp_path: Path):
    here = settings(tmp_path)
    ended(here, "sweep", 3)
    ended(here, "verify", 0)
    assert [(one.job, one.exit_status) for one in kept(here.state.directory)] == [("sweep", 3), ("verify", 0)]
    (here.state.directory / "sweep.job.json").write_text("{")
    assert [one.job for one in kept(here.state.directory)] == ["verify"]


def test_a_lost_state_directory_is_not_made_anew(tmp_path: Path):
    here = settings(tmp_path)
    here.state.directory.rmdir()
    ended(here)
    assert not here.state.directory.exists()


def test_what_cannot_be_written_is_an_event_and_nothing_more(tmp_path: Path):
    nowhere = tmp_path / "none" / "retention.prom"
    assert ended(settings(tmp_path, metrics=MetricsSettings(textfile=nowhere))) == ["watch_failed"]
