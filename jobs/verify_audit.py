"""The proof's own check: verify the published log, and hold it to the checkpoint of the last time.

`python -m retention_jobs.verify_audit [--kept FILE] [retention audit verify's options]`. Public keys are all it reads:
run it under an account that can read no others. With `--log` and `--trust` it needs no configuration, so no passwords.

What it verified it keeps, in `kept-checkpoint` beside the trust file or in the file that --kept names, and hands to the
next verification: a log that was rolled back or rewritten since is found. Keep a copy elsewhere as well: whoever can
change the log may be able to change this file.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import click

from retention.audit.durable import write
from retention.errors import AuditError

from .running import Part, run, settings_found, typed

_VERIFIED: Final = (0, 5)  # 5: it verified, and says that batches are open or the log is stale
_FAILED: Final = 1


def main(arguments: Sequence[str] = ()) -> int:
    """Verify the log; the exit status."""
    options = ArgumentParser(add_help=False, allow_abbrev=False)
    for name in ("--kept", "--log", "--trust"):
        options.add_argument(name, type=Path)
    given, rest = options.parse_known_args(list(arguments))
    settings = None if given.log and given.trust else settings_found()
    log: Path | None = given.log or (None if settings is None else settings.log_directory)
    trust: Path | None = given.trust or (None if settings is None else settings.log.trust)
    typing = ["audit", "verify", *rest]
    if log is None or trust is None:  # the command says what is wrong with the configuration
        return run("verify", Part("verify", partial(typed, typing)))
    kept = (given.kept or trust.parent / "kept-checkpoint").absolute()
    typing += ["--log", str(log), "--trust", str(trust), *(["--since", str(kept)] if kept.exists() else [])]
    return run("verify", Part("verify", partial(_verify, typing, log / "checkpoint", kept)))


def _verify(typing: Sequence[str], published: Path, kept: Path) -> int:
    """Verify, and keep what was verified."""
    # Read before: a run may publish meanwhile, and that is not verified.
    checkpoint = published.read_bytes() if published.is_file() else None
    status = typed(typing)
    if status not in _VERIFIED or checkpoint is None:
        return status
    try:
        write(kept, checkpoint, kept.parent)
    except AuditError:
        click.echo(
            f"Error: {kept}: what was verified cannot be kept. Name a file to keep it in: --kept FILE.", err=True
        )
        return _FAILED
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
