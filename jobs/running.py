"""What every job does: set up its log lines, call the command, say how it ended."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from retention import config, events, logconfig
from retention.cli import main
from retention.errors import RetentionError

GRAVEST: Final = (4, 2, 1, 3, 5, 0)
"""Exit statuses, the gravest first (design.md section 8)."""


def run(job: str, arguments: Sequence[str]) -> int:
    """Run a command as a job; its exit status, which is the job's."""
    _configure()
    log = structlog.get_logger().bind(job=job)
    log.info(events.JOB_STARTED)
    status = 1
    try:
        main(list(arguments), prog_name="retention")
    except SystemExit as ended:  # how a command says its status
        status = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    finally:
        (log.info if status == 0 else log.warning)(events.JOB_ENDED, exit_status=status)
    return status


def _configure() -> None:
    """Log lines as the configuration wants them; a configuration that cannot be read is the command's to report."""
    try:
        settings = config.load(config.find(None, os.environ, Path.cwd()), os.environ)
    except RetentionError:
        return
    logconfig.configure(settings.logging.format)
