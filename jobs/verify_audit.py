"""The proof's own check: verify the published log, and hold it to the checkpoint of the last time.

`python -m retention_jobs.verify_audit [retention audit verify's options]`. What it verified it keeps, in
`kept-checkpoint` beside the trust file, and hands to the next verification: a log that was rolled back or rewritten
since is found. `last-verification.json` beside it tells `retention status` when that was. Keep a copy of the checkpoint
elsewhere as well: whoever can change the log may be able to change this file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from retention import bootstrap, config
from retention.cli.edge import errors_shown
from retention.config import Settings
from retention.errors import RetentionError
from retention.status.anchor import KEPT, record

from .running import run

_VERIFIED: Final = (0, 5)  # 5: it verified, and says that batches are open or the log is stale


def main(arguments: Sequence[str] = ()) -> int:
    """Verify the log; the exit status."""
    settings = _settings()
    if settings is None or "--log" in arguments:
        return run("verify", ["audit", "verify", *arguments])
    checkpoint = _read(settings.log_directory / "checkpoint")
    folder = settings.log.trust.parent
    kept = folder / KEPT
    since = ["--since", str(kept)] if kept.exists() else []
    status = run("verify", ["audit", "verify", *arguments, *since])
    # Read before: a run may have published since, and that was not verified.
    verified = checkpoint if status in _VERIFIED else None
    with errors_shown():
        record(folder, at=bootstrap.now(), exit_status=status, checkpoint=verified)
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
