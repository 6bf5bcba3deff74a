"""Type a command as somebody would: a process of its own, in the demonstration's directory, its output kept.

Each process runs `python -m retention`. They are forked from one that has the program loaded already: starting Python
and loading libraries two dozen times would take longer than everything that they do.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import runpy
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Lock
from typing import Any, Final

from msgspec import Struct

from retention.demo.place import Place
from retention.errors import RetentionError
from retention.text import Language

_LONGEST_SECONDS: Final = 300
_ERROR: Final = "Error:"
_ASKING: Final = Lock()
"""Taken by whoever starts a process or asks for a status: of two threads that read one, the later finds none, and the
library then calls it 255. To start a process is to ask for the status of every other."""
_SHARED: Final = (
    "cli",
    "bootstrap",
    "cli.hold",
    "cli.plan",
    "cli.report",
    "cli.sweep",
    "audit.verify",
    "reports.render",
)


class Ran(Struct, frozen=True):
    """A command, as it ended."""

    typed: str
    status: int
    out: str
    err: str
    seconds: float

    @property
    def lines(self) -> list[str]:
        """What it printed, an error last; the lines for operators are left to the file of the step."""
        errors = [line for line in self.err.splitlines() if line.startswith(_ERROR)]
        return [*self.out.rstrip().splitlines(), *errors]

    @property
    def said(self) -> str:
        """The last thing it said."""
        return self.lines[-1] if self.lines else ""

    def json(self) -> Any:
        """Its answer to a program."""
        return json.loads(self.out)


class Shell(Struct):
    """Types commands in one place after another, and keeps what each printed."""

    steps: Path
    language: Language
    name: str = ""  # begins the names of the files in which its output is kept
    _typed: int = 0

    def run(self, place: Place, *arguments: str) -> Ran:
        """Type one command and wait for it.

        Raises:
            RetentionError: it does not end.

        """
        began = time.monotonic()
        process = self.start(place, *arguments)
        status = ended(process, _LONGEST_SECONDS)
        if status is None:
            process.kill()
            raise RetentionError(f"{typed(arguments)}: did not end within {_LONGEST_SECONDS} s, and was killed.")
        out, err = (file.read_text(encoding="utf-8") for file in self._files())
        ran = Ran(typed(arguments), status, out, err, time.monotonic() - began)
        self._keep(ran)
        return ran

    def start(self, place: Place, *arguments: str) -> ForkServerProcess:
        """Start one command, to wait for or to kill."""
        out, err = self._files()
        call = (arguments, place.root, {"RETENTION_LANG": self.language.value, **place.secrets}, out, err)
        process = multiprocessing.get_context("forkserver").Process(target=_type, args=call)
        with _ASKING:
            process.start()
        return process

    def _files(self) -> tuple[Path, Path]:
        """Where the command under way prints to."""
        return self.steps / f".{self.name}out", self.steps / f".{self.name}err"

    def _keep(self, ran: Ran) -> None:
        self._typed += 1
        file = self.steps / f"{self.name}{self._typed:02}.txt"
        file.write_text(f"$ {ran.typed}\n{ran.out}{ran.err}exit status {ran.status}\n", encoding="utf-8")


def ended(process: ForkServerProcess, seconds: float) -> int | None:
    """The exit status of a process, once it has ended, at most so long from now; None: it has not."""
    wait([process.sentinel], seconds)
    with _ASKING:
        return process.exitcode


def typed(arguments: Sequence[str]) -> str:
    """A command as somebody types it."""
    return shlex.join(("retention", *arguments))


def load(*modules: str) -> None:
    """Name what the processes of commands share; before the first of them."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(
        [*(f"retention.{name}" for name in _SHARED), *modules]
    )


def _type(arguments: Sequence[str], folder: Path, settings: Mapping[str, str], out: Path, err: Path) -> None:
    """Run `python -m retention` here, with no setting of the person who runs the demonstration."""
    os.chdir(folder)
    for name in [name for name in os.environ if name.startswith("RETENTION_")]:
        del os.environ[name]
    os.environ.update(settings)
    for stream, file in ((sys.stdout, out), (sys.stderr, err)):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, stream.fileno())
        os.close(descriptor)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    sys.argv = ["retention", *arguments]
    runpy.run_module("retention", run_name="__main__")
