"""How each job ended last: one small file a job in the state directory, whatever had started it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from retention.audit.durable import write

_SUFFIX: Final = ".job.json"


class Ended(Struct, frozen=True, kw_only=True):
    """The last end of a job."""

    job: str
    at: datetime  # aware
    exit_status: int


def keep(state: Path, ended: Ended) -> None:
    """Note how a job ended.

    Raises: AuditError, when it cannot be written.
    """
    said = {"at": ended.at.isoformat(), "exit_status": ended.exit_status}
    write(state / f"{ended.job}{_SUFFIX}", (json.dumps(said) + "\n").encode(), state)


def kept(state: Path) -> tuple[Ended, ...]:
    """The last end of every job that has one that can be read, by name."""
    try:
        paths = sorted(state.glob(f"*{_SUFFIX}"))
    except OSError:  # a state directory that cannot be entered is for the status to tell
        return ()
    return tuple(one for path in paths if (one := _read(path)) is not None)


def _read(path: Path) -> Ended | None:
    try:
        raw = json.loads(path.read_text("utf-8"))
        at, status = datetime.fromisoformat(raw["at"]), int(raw["exit_status"])
        return Ended(job=path.name.removesuffix(_SUFFIX), at=at, exit_status=status)
    except (OSError, ValueError, KeyError, TypeError):
        return None
