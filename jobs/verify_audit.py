"""The proof's own check: verify the published log, and hold it to the checkpoint of the last time.

`python -m retention_jobs.verify_audit [retention audit verify's options]`. What it verified it keeps, in
`kept-checkpoint` beside the trust file, and hands to the next verification: a log that was rolled back or rewritten
since is found. Keep a copy elsewhere as well: whoever can change the log may be able to change this file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from retention import config
from retention.audit.durable import write
from retention.cli.edge import errors_shown
from retention.config import Settings
from retention.errors import RetentionError

from .running import run

_KEPT: Final = "kept-checkpoint"
_VERIFIED: Final = (0, 5)  # 5: it verified, and says that batches are open or the log is stale


def main(arguments: Sequence[str] = ()) -> int:
    """Verify the log; the exit status."""
    settings = _settings()
    if settings is None or "--log" in arguments:
        return run("verify", ["audit", "verify", *arguments])
    checkpoint = _read(settings.log_directory / "checkpoint")
    kept = settings.log.trust.parent / _KEPT
    since = ["--since", str(kept)] if kept.exists() else []
    status = run("verify", ["audit", "verify", *arguments, *since])
    if status in _VERIFIED and checkpoint is not None:
        with errors_shown():
            # Read before: a run may have published since, and that was not verified.
            write(kept, checkpoint, kept.parent)
    return status


def _settings() -> Settings | None:
    try:
        return config.load(config.find(None, os.environ, Path.cwd()), os.environ)
    except RetentionError:
        return None  # the command itself says what is wrong


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
