"""A command as a process of its own: what it took, and what it said."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

# What has a say in our commands; and what has every process compile our modules anew, as no installation does.
_NOT_OURS: Final = ("RETENTION_", "PYTHONDONTWRITEBYTECODE")
ROOT: Final = Path(__file__).resolve().parent.parent
# Linux counts resident memory in kilobytes, macOS in bytes.
_TO_MEGABYTES: Final = 1 / 1_000_000 if sys.platform == "darwin" else 1024 / 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One process that has ended well."""

    seconds: float  # from start to end, by the wall clock
    cpu: float  # seconds of a processor, of the process itself
    megabytes: float  # the most that it kept in memory
    said: Any  # its answer, read as JSON; None when it said nothing


def python(*arguments: str, folder: Path, secrets: Mapping[str, str] | None = None) -> Done:
    """Run our Python with these arguments in a folder, with these settings alone, and wait for it.

    Raises:
        SystemExit: it did not end well; its own words are shown.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)}
    with TemporaryFile() as answer, TemporaryFile() as trouble:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env=environment | {"PYTHONPATH": str(ROOT)} | dict(secrets or {}),
            stdout=answer,
            stderr=trouble,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(arguments)}: exit status {process.returncode}\n{_text(trouble)}")
        return Done(seconds=seconds, cpu=_cpu(used), megabytes=used.ru_maxrss * _TO_MEGABYTES, said=_json(answer))


def retention(*arguments: str, folder: Path, secrets: Mapping[str, str] | None = None) -> Done:
    """Run one of our commands in an installation's folder, as a person or the night would."""
    return python("-m", "retention", *arguments, folder=folder, secrets=secrets)


def _cpu(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode(errors="replace"))


def _json(file: Any) -> Any:
    text = _text(file).strip()
    return json.loads(text) if text.startswith(("{", "[")) else None
