"""Type a command as somebody would: a process of its own, in the demonstration's directory, its output kept."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import retention
from retention.demo.place import Place
from retention.text import Language

_LONGEST_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Ran:
    """A command, as it ended."""

    typed: str
    status: int
    out: str
    err: str
    seconds: float

    @property
    def lines(self) -> list[str]:
        """What it printed, an error last; the lines for operators are left to the file of the step."""
        errors = [line for line in self.err.splitlines() if line.startswith(("Error:", "Usage:"))]
        return [*self.out.rstrip().splitlines(), *errors]

    @property
    def said(self) -> str:
        """The last thing it said."""
        return self.lines[-1] if self.lines else ""

    def json(self) -> Any:
        """Its answer to a program."""
        return json.loads(self.out)


@dataclass(slots=True)
class Shell:
    """Types commands in one place after another, and keeps what each printed."""

    steps: Path
    language: Language
    name: str = ""  # begins the names of the files in which its output is kept
    _typed: int = field(default=0, init=False)

    def run(self, place: Place, *arguments: str) -> Ran:
        """Type one command and wait for it."""
        began = time.monotonic()
        done = self.start(place, *arguments)
        out, err = done.communicate(timeout=_LONGEST_SECONDS)
        ran = Ran(typed(arguments), done.returncode, out, err, time.monotonic() - began)
        self._keep(ran)
        return ran

    def start(self, place: Place, *arguments: str, output: int = subprocess.PIPE) -> subprocess.Popen[str]:
        """Start one command, to wait for or to kill; `output` is where what it prints goes."""
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-m", "retention", *arguments],
            cwd=place.root,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
            encoding="utf-8",
        )

    def _environment(self) -> dict[str, str]:
        """Ours and the way to this library; without RETENTION_ settings, which would reach past the demonstration."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RETENTION_")}
        here = str(Path(retention.__file__).parents[1])
        path = os.pathsep.join(filter(None, (here, kept.get("PYTHONPATH"))))
        return kept | {"PYTHONPATH": path, "PYTHONUTF8": "1", "RETENTION_LANG": self.language.value}

    def _keep(self, ran: Ran) -> None:
        self._typed += 1
        file = self.steps / f"{self.name}{self._typed:02}.txt"
        file.write_text(f"$ {ran.typed}\n{ran.out}{ran.err}exit status {ran.status}\n", encoding="utf-8")


def typed(arguments: Sequence[str]) -> str:
    """A command as somebody types it."""
    return shlex.join(("retention", *arguments))
