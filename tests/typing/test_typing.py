"""What must not type-check.

A file in cases/ is real code with a mistake in it that the types must refuse; the line carries
`# type: ignore[code]` and a word on what it would have done. The day the types let the mistake pass, the comment is
unused, and mypy says so (warn_unused_ignores).
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"


def mypy(*files: Path) -> subprocess.CompletedProcess[str]:
    settings = ("--config-file", ROOT / "pyproject.toml", "--cache-dir", ROOT / ".mypy_cache")
    command = (sys.executable, "-m", "mypy", *settings, *files)
    return subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_types_refuse_every_case():
    cases = sorted(CASES.glob("*.py"))
    assert cases
    assert [case.name for case in cases if "# type: ignore[" not in case.read_text()] == []
    checked = mypy(*cases)
    assert checked.returncode == 0, checked.stdout


def test_a_case_that_the_types_no_longer_refuse_is_found(tmp_path: Path):
    case = tmp_path / "allowed_after_all.py"
    case.write_text("number: int = 1  # type: ignore[assignment]\n")
    checked = mypy(case)
    assert checked.returncode == 1
    assert 'Unused "type: ignore" comment' in checked.stdout


def test_an_ignore_that_names_no_code_is_found(tmp_path: Path):
    case = tmp_path / "names_no_code.py"
    case.write_text('number: int = "one"  # type: ignore\n')
    checked = mypy(case)
    assert checked.returncode == 1
    assert "ignore-without-code" in checked.stdout
