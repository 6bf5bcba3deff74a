"""What every job does: set up its log lines, call the command, say how it ended, tell who wants to hear of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from retention import config, events, logconfig
from retention.cli import main
from retention.config import Settings
from retention.errors import RetentionError
from retention.notices.after import after

GRAVEST: Final = (4, 2, 1, 3, 5, 0)
"""Exit statuses, the gravest first (design.md section 8)."""


def run(job: str, arguments: Sequence[str]) -> int:
    """Run a command as a job; its exit status, which is the job's."""
    settings = _configure()
    log = structlog.get_logger().bind(job=job)
    log.info(events.JOB_STARTED)
    status = 1
    try:
        main(list(arguments), prog_name="retention")
    except SystemExit as ended:  # how a command says its status
        status = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    finally:
        (log.info if status == 0 else log.warning)(events.JOB_ENDED, exit_status=status)
    if settings is not None:
        after(settings, job, status)
    return status


def into_the_days_folder(arguments: Sequence[str], *names: str) -> list[str]:
    """Where a job's report goes when its arguments do not say: to a folder of the day beside the configuration.

    `names` are folders within it. Without a configuration that can be read there is none: the command says what is
    wrong with it.
    """
    if any(one == "--out" or one.startswith("--out=") for one in arguments):
        return []
    try:
        settings = config.load(config.find(None, os.environ, Path.cwd()), os.environ)
    except RetentionError:
        return []
    day = f"{datetime.now(settings.zone):%Y-%m-%d}"
    return ["--out", str(settings.file.parent.joinpath("out", day, *names))]


def _configure() -> Settings | None:
    """Log lines as the configuration wants them; None: it cannot be read, which is the command's to report."""
    try:
        settings = config.load(config.find(None, os.environ, Path.cwd()), os.environ)
    except RetentionError:
        return None
    logconfig.configure(settings.logging.format)
    return settings
