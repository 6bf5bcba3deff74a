"""docs/first-policy.md, typed from top to bottom by somebody who believes every word of it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "first-policy.md"
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str]]:
    """Each block's information string and text."""
    for found in _BLOCK.finditer(PAGE.read_text()):
        yield found[1].strip(), found[2]


def typed(text: str, folder: Path, programs: Path) -> str:
    """What a shell prints for a block, which must succeed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RETENTION", "PYTHON"))}
    environment |= {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-e", "-c", text], cwd=folder, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def is_said(expected: str, printed: str) -> bool:
    """Whether the lines were printed in this order; `...` stands for anything."""
    pattern = ".*".join(re.escape(part.strip("\n")) for part in re.split(r"\.\.\.\n?", expected.strip("\n")))
    return re.search(pattern, printed, re.DOTALL) is not None


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Where `retention` and `python3` are those of this clone."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, command in {"retention": f"{sys.executable} -m retention", "python3": sys.executable}.items():
        (folder / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (folder / name).chmod(0o755)
    return folder


def test_the_page_does_what_it_says(tmp_path: Path, programs: Path):
    folder, printed, done = tmp_path / "work", "", 0
    folder.mkdir()
    for kind, text in blocks():
        match kind.split():
            case ["sh"]:
                printed = typed(text, folder, programs)
            case ["text"]:
                assert is_said(text, printed), f"expected\n{text}\nprinted\n{printed}"
            case ["python", name]:
                assert (folder / name).exists()
                (folder / name).write_text(text)
            case _:
                pytest.fail(f"a block that no test runs: {kind!r}")
        done += 1
    assert done > 10


def test_the_checker_of_output_can_say_no():
    assert is_said("one\n...\nthree", "one\ntwo\nthree")
    assert not is_said("one\n...\nthree", "one\ntwo")
