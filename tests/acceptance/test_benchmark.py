"""The benchmark runs, at a size that takes seconds: what it measures is checked, how long it takes is not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import sweep

ROOT = Path(__file__).parents[2]


def test_a_small_benchmark_sweeps_what_is_due_beside_the_raw_statement(tmp_path, capsys):
    sweep.main(["--rows", "2000", "--rounds", "1", "--no-plans", "--write", str(tmp_path / "results.md")])
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("| `")] == [
        line for line in (tmp_path / "results.md").read_text().splitlines() if line.startswith("| `")
    ]
    assert "| `retention sweep` |" in (tmp_path / "results.md").read_text()


@pytest.mark.parametrize("what", ["from spool to page", "largest page", "memory at most"])
def test_a_plan_of_a_million_records_is_reported_in_time_and_in_little_memory(what: str, large: dict[str, float]):
    most = {"from spool to page": 20.0, "largest page": 5.0, "memory at most": 300.0}  # seconds, MB, MB
    assert large[what] < most[what]


@pytest.fixture(scope="module")
def large() -> dict[str, float]:
    """What reporting such a plan takes, in a process of its own; few of its references lie in the spool."""
    command = (sys.executable, "-m", "benchmarks.report", "--records", "1000000", "--spooled", "20000")
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    lines = (re.fullmatch(r"(.+?)(?:,.*?)?\s{2,}([\d.]+) (?:s|MB)", line) for line in ran.stdout.splitlines())
    return {line[1]: float(line[2]) for line in lines if line is not None}
