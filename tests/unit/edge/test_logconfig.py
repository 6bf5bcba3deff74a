"""Operators' log lines: JSON where a machine reads, and never a value."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from retention import events, logconfig
from retention.config.sections import LogFormat


@pytest.fixture
def stream() -> Iterator[StringIO]:
    written = StringIO()
    yield written
    structlog.reset_defaults()


def test_a_line_for_a_machine_is_json_and_carries_the_run(stream: StringIO):
    logconfig.configure(LogFormat.AUTO, stream)
    with structlog.contextvars.bound_contextvars(run_id="20260701T000000Z-00000000"):
        structlog.get_logger().info(events.BATCH_RECOVERED, dataset="cvs.dossier", destroyed=3)
    line = json.loads(stream.getvalue())
    assert (line["event"], line["run_id"], line["destroyed"]) == ("batch_recovered", "20260701T000000Z-00000000", 3)


def test_a_line_for_a_person_is_no_json(stream: StringIO):
    logconfig.configure(LogFormat.CONSOLE, stream)
    structlog.get_logger().info(events.RUN_STARTED)
    assert "run_started" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_an_exception_is_named_by_its_class_and_its_text_is_left_out(stream: StringIO):
    logconfig.configure(LogFormat.JSON, stream)
    try:
        int("Ans Geheim")
    except ValueError:
        structlog.get_logger().exception(events.RUN_ENDED)
    assert json.loads(stream.getvalue())["exception"] == "ValueError"
    assert "Geheim" not in stream.getvalue()
