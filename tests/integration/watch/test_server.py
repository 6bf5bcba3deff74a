"""/metrics and /healthz over real HTTP: two paths, GET alone, bounded, and answers when our memory is broken."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from threading import Barrier, Event

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from retention.config.watch import Address
from retention.errors import ConfigError
from retention.status.code import Code
from retention.watch.readings import Readings
from retention.watch.server import serving
from tests.unit.watch.test_families import readings
from tests.unit.watch.test_well import alarmed

HERE = Address(host="127.0.0.1", port=0)


@pytest.fixture(scope="module", autouse=True)
def port() -> Iterator[int]:
    structlog.reset_defaults()  # an earlier test may have left a stream that is closed
    with serving(HERE, readings, lambda: True) as port:
        yield port


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): said for name, said in answer.getheaders()}, answer.read().decode()


def test_metrics_are_what_prometheus_reads(port: int):
    status, headers, body = ask(port, "/metrics")
    names = {family.name for family in text_string_to_metric_families(body)}
    assert (status, headers["content-type"].partition(";")[0]) == (200, "text/plain")
    assert {"retention_exit_status", "retention_red", "retention_last_good_timestamp_seconds"} <= names


def test_metrics_come_whole_whatever_the_query_says(port: int):
    assert ask(port, "/metrics?name[]=up")[2] == ask(port, "/metrics")[2]


def test_the_form_is_the_one_that_was_asked_for(port: int):
    _, headers, body = ask(port, "/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert headers["content-type"].startswith("application/openmetrics-text")
    assert body.endswith("# EOF\n")


def test_healthy_is_200_and_says_why_in_json(port: int):
    status, headers, body = ask(port, "/healthz")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert json.loads(body) == {"healthy": True, "clock": True, "exit_status": 1, "codes": []}


@pytest.mark.parametrize("clock", [True, False])
def test_proof_at_risk_or_a_clock_that_stands_still_is_503(clock):
    seen = alarmed(readings(), Code.LOG_UNVERIFIABLE) if clock else readings()
    with serving(HERE, lambda: seen, lambda: clock) as port:
        status, _, body = ask(port, "/healthz")
    assert (status, json.loads(body)["healthy"]) == (503, False)


@pytest.mark.parametrize("path", ["/", "/metrics/", "/favicon.ico", "/healthz/x", "/../retention.toml"])
def test_there_is_nothing_else(port: int, path: str):
    status, headers, body = ask(port, path)
    assert (status, headers["server"]) == (404, "retention")
    assert path == "/" or path not in body


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_but_get(port: int, method: str):
    status, headers, body = ask(port, "/metrics", method)
    assert (status, headers["allow"], body) == (405, "GET", "")


def test_a_reader_that_hangs_up_leaves_no_trace(port: int, capfd: pytest.CaptureFixture[str]):
    for said in (b"", b"GET /met", b"\x16\x03\x01\x00\xff\n\n"):
        with closing(socket.create_connection(("127.0.0.1", port))) as client:
            client.sendall(said)
    assert ask(port, "/healthz")[0] == 200
    assert capfd.readouterr().err == ""


def test_a_crowd_of_readers_is_not_let_in_and_the_rest_are_answered():
    looking, go_on = Barrier(2), Event()

    def look() -> Readings:
        if not go_on.is_set():
            looking.wait(10)
            go_on.wait(10)
        return readings()

    with serving(HERE, look, lambda: True) as port, ExitStack() as stack:
        clients = [stack.enter_context(closing(socket.create_connection(("127.0.0.1", port)))) for _ in range(8)]
        for client in clients:
            client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        looking.wait(10)
        ninth = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=10)))
        assert ninth.recv(100) == b""
        go_on.set()
        assert all(client.recv(100).startswith(b"HTTP/1.0 200") for client in clients)


def test_an_address_in_use_is_one_clear_line(port: int):
    taken = serving(Address(host="127.0.0.1", port=port), readings, lambda: True)
    with pytest.raises(ConfigError, match=rf"127\.0\.0\.1:{port} .*listen = \"\"") as refused, taken:
        pass
    assert refused.value.exit_status == 2
    assert "\n" not in str(refused.value)


def test_once_left_nobody_listens():
    with serving(HERE, readings, lambda: True) as port:
        pass
    with pytest.raises(ConnectionRefusedError):
        ask(port, "/healthz")


def test_listening_where_others_can_reach_it_is_said():
    with structlog.testing.capture_logs() as lines, serving(Address(host="0.0.0.0", port=0), readings, lambda: True):  # noqa: S104
        pass
    assert [line["event"] for line in lines] == ["metrics_listening", "metrics_exposed"]
    assert lines[1]["log_level"] == "warning"
