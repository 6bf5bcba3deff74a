"""The log lines of a whole night of the demo organisation: the vocabulary, and nobody in any of them."""

import json
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
import structlog
import time_machine

from jobs import nightly_sweep, verify_audit
from jobs.running import command, run
from policies import REGISTER
from policies.data_map import STORES
from policies.demo_data import create
from retention import config, events, opening
from retention.approving import approve
from tests.acceptance.cli.conftest import JULY, NEXT_NIGHT, Office

ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")  # noqa: S108 - a night of fsync would measure the disk
DAY = re.compile(r"\d{4}-\d{2}-\d{2}.*")
TELLING = 4  # characters: what is shorter is in any text by chance


def an_organisation(folder: Path) -> Office:
    """The demo organisation, tiny, before its first plan."""
    office = Office(folder)
    done = office.run("init", "--config", str(office.config), "--name", "Duinrand", "--origin", "test.example/2026")
    assert done.exit_code == 0, done.output
    shutil.rmtree(folder / "policies")
    shutil.copytree(ROOT / "policies", folder / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    create(folder, size="tiny")
    with office.config.open("a") as file:
        file.writelines(f'\n[stores.{store}]\nurl = "sqlite:///{store}.db"\n' for store in STORES)
    office.change("retention.toml", 'format = "auto"', 'format = "json"')
    return office


def somebody_approves(office: Office, digest: str) -> None:
    with opening.open_control(config.load(office.config, {})) as control:
        with control.reading() as view:
            plan = view.plan(digest)
        assert plan is not None
        approve(
            control, plan, signer="owner", role="process-owner", preparers=set(), standing=False, allow={},
            signature_sha256=None, now=opening.now(),
        )  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, set[str]]]:
    """What a morning, a night and a verification wrote to standard error, and every personal value of their data."""
    folder = Path(tempfile.mkdtemp(dir=MEMORY)) if MEMORY.is_dir() else tmp_path_factory.mktemp("duinrand")
    written = folder / "lines"
    with pytest.MonkeyPatch.context() as patch, written.open("w") as stream:
        patch.setattr("sys.stderr", stream)
        with time_machine.travel(JULY):
            office = an_organisation(folder)
            patch.setenv("RETENTION_CONFIG", str(office.config))
            people = personal(folder)
            assert run("plan", command("plan", ["plan"])) in (0, 5)
            digest = next(line["digest"] for line in lines(written) if line["event"] == "plan_made")
            somebody_approves(office, str(digest))
            held = office.run(
                "hold", "place", "--kind", "legal-hold", "--matter", "Zaak Geheim", "--subject", "client=1", "--yes"
            )
            assert held.exit_code == 0, held.output
        with time_machine.travel(NEXT_NIGHT):
            assert nightly_sweep.main() in (0, 1, 3, 5)
            assert verify_audit.main() == 0
    structlog.reset_defaults()  # the jobs log to a file that is closed by now
    yield written, people
    shutil.rmtree(folder)


def lines(written: Path) -> list[dict[str, object]]:
    """What was written, line by line: nothing but JSON."""
    return [json.loads(line) for line in written.read_text().splitlines()]


def personal(folder: Path) -> set[str]:
    """Every value of a key, a subject or a declared personal field, as text; days and what is short left out."""
    found = {"Zaak Geheim"}
    for dataset in REGISTER.datasets:
        store, _, table = dataset.id.partition(".")
        with closing(sqlite3.connect(folder / f"{store}.db")) as connection:
            connection.row_factory = sqlite3.Row
            columns = {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")}
            subjects = dataset.subjects.values() if isinstance(dataset.subjects, Mapping) else ()
            wanted = columns & {*dataset.key, *dataset.fields, *(one for one in subjects if isinstance(one, str))}
            for row in connection.execute(f"SELECT {', '.join(wanted)} FROM {table}"):
                found |= {str(value) for value in row if value is not None}
    return {value for value in found if len(value) >= TELLING and not DAY.fullmatch(value)}


def test_every_line_is_in_the_vocabulary_with_exactly_its_fields(told: tuple[Path, set[str]]):
    found = lines(told[0])
    assert {"job_started", "run_started", "dataset_done", "run_ended", "log_published", "job_ended"} <= {
        line["event"] for line in found
    }
    for line in found:
        fields = line.keys() - {*events.COMMON} - {*events.CONTEXT}
        assert fields == {*events.VOCABULARY[line["event"]].fields} - {*events.CONTEXT}, line


def test_every_line_says_of_which_job_it_is_and_those_of_a_run_of_which_run(told: tuple[Path, set[str]]):
    found = lines(told[0])
    assert {line["job"] for line in found} == {"plan", "sweep", "verify"}
    assert all("run_id" in line for line in found if line["event"] in {"run_started", "dataset_done", "run_ended"})


def test_nobody_is_in_any_line(told: tuple[Path, set[str]]):
    text, people = told[0].read_text(), told[1]
    assert len(people) > 500
    words = set(re.findall(r"[\w@.+-]+", text))
    assert [value for value in people if value in words or (len(value) > 2 * TELLING and value in text)] == []
