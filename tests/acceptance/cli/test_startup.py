"""What a command loads before it does anything: a hold binds at once, and no shell waits for a page's templates."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from .conftest import Office

ROOT = Path(__file__).parents[3]
PAGES = {"jinja2", "weasyprint", "retention.reports.render", "retention.reports.view"}
SENTENCES = {"babel", "dateutil.parser", "retention.reports.sentences", "retention.details", "retention.summary"}
PROOF = {"cryptography", "retention.audit.log", "retention.audit.verify"}
OTHERS = {"alembic", "psycopg", "pymysql", "retention.demo", "retention.drafting"}  # engines, and other commands' own
LOGS = {"rich", "structlog"}
DRAWING = {"attr", "pygments", "rich.console", "rich.pretty", "rich.traceback"}  # tables, and structlog's tracebacks
SIGNATURES = {"retention.approving", "retention.sshsig", "cryptography.hazmat.primitives.serialization.ssh"}
VERIFICATION = {
    "retention.audit.trust",
    "retention.audit.verify",
    "retention.audit.verify_rules",
}
METRICS = {"prometheus_client", "http.server"}
RUN = {"retention.bootstrap", "retention.execute", "retention.planning", "retention.service", "retention.sweep"}
DATA = {"sqlalchemy", "sqlite3", "retention.config", "retention.control", "retention.policy", "retention.stores"}
HOLD = ("hold", "place", "--kind", "legal-hold", "--matter", "zaak", "--subject", "client=2", "--yes")


def loaded(office: Office, *arguments: str, **environment: str) -> set[str]:
    """Every module that a process of its own imports for a command."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "retention", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "RETENTION_CONFIG": str(office.config), **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Error:" not in done.stderr
    assert done.stdout
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def found(modules: Iterable[str], unwanted: set[str]) -> list[str]:
    """Those of the modules that are one of the unwanted, or lie in one."""
    return sorted(one for one in modules if any(one == name or one.startswith(f"{name}.") for name in unwanted))


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (("--help",), PAGES | SENTENCES | PROOF | OTHERS | LOGS | METRICS | RUN | DATA),
        (HOLD, PAGES | SENTENCES | PROOF | OTHERS | LOGS | METRICS | RUN),
        (("status",), PAGES | OTHERS | METRICS | RUN),  # it looks whether the log is signed, and paints what is red
        (
            ("sweep", "--after-pause", "--json"),
            PAGES
            | DRAWING
            | OTHERS
            | METRICS
            | SIGNATURES
            | VERIFICATION
            | SENTENCES
            | {"retention.comparing", "retention.planning", "retention.reports.words", "rich.status"},
        ),
    ],
    ids=["help", "hold", "status", "sweep"],
)
def test_a_command_loads_nothing_that_it_has_no_use_for(office: Office, arguments: tuple[str, ...], unwanted: set[str]):
    assert found(loaded(office, *arguments), unwanted) == []


def test_to_complete_a_command_loads_no_command(office: Office):
    typed = {"_RETENTION_COMPLETE": "bash_complete", "COMP_WORDS": "retention ", "COMP_CWORD": "1"}
    assert found(loaded(office, **typed), {"retention.cli.hold", *RUN, *DATA}) == []


def test_a_command_ends_without_a_last_look_for_garbage():
    loop = "import gc; gc.disable()\nclass Loop: __del__ = lambda self: print('found')\nloop = Loop()\n"
    loop += "loop.itself = loop; del loop\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{loop}from retention.cli import main; main(['--version'])"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "version" in done.stdout
    assert "found" not in done.stdout
