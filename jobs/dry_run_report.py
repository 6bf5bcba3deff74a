"""The morning's report: what the coming night would destroy, for people to read and approve.

`python -m retention_jobs.dry_run_report [--out DIR]`, after the sweep: a night executes only what a plan of an earlier
day listed. Reports go to a folder of the day beside the configuration, unless --out says where.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from retention import config
from retention.errors import RetentionError

from .running import run


def main(arguments: Sequence[str] = ()) -> int:
    """Make the plan and its report; the exit status."""
    given = [] if "--out" in arguments else _folder()
    return run("plan", ["plan", *arguments, *given])


def _folder() -> list[str]:
    try:
        settings = config.load(config.find(None, os.environ, Path.cwd()), os.environ)
    except RetentionError:
        return []  # the command itself says what is wrong
    return ["--out", str(settings.file.parent / "out" / f"{datetime.now(settings.zone):%Y-%m-%d}")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
