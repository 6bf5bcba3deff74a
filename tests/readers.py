"""A page read by somebody who believes every word of it: its blocks, its commands, what was printed."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Each block's information string and text."""
    for found in _BLOCK.finditer(page.read_text()):
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


def programs_in(folder: Path) -> Path:
    """A folder where `retention` and `python3` are those of this clone."""
    folder.mkdir()
    for name, command in {"retention": f"{sys.executable} -m retention", "python3": sys.executable}.items():
        (folder / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (folder / name).chmod(0o755)
    return folder
