"""The proof's own check: verify the published log, and hold it to the checkpoint of the last time.

`python -m retention_jobs.verify_audit [--kept FOLDER] [retention audit verify's options]`. Public keys are all it
reads: run it under an account that can read no others. With `--log` and `--trust` it needs no configuration, so no
passwords.

What it verified it keeps, in `kept-checkpoint` beside the trust file or in the folder that --kept names, and hands to
the next verification: a log that was rolled back or rewritten since is found. `last-verification.json` beside it tells
`retention status` when that was. Keep a copy of the checkpoint elsewhere as well: whoever can change the log may be
able to change this file.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import click

from retention import bootstrap
from retention.errors import AuditError
from retention.status.anchor import KEPT, record

from .running import Part, gravest, run, settings_found, typed

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
    folder: Path = (given.kept or trust.parent).absolute()
    since = ["--since", str(folder / KEPT)] if (folder / KEPT).exists() else []
    typing += ["--log", str(log), "--trust", str(trust), *since]
    return run("verify", Part("verify", partial(_verify, typing, log / "checkpoint", folder)))


def _verify(typing: Sequence[str], published: Path, folder: Path) -> int:
    """Verify, and keep what was verified."""
    # Read before: a run may publish meanwhile, and that is not verified.
    checkpoint = _bytes_of(published)
    status = typed(typing)
    verified = checkpoint if status in _VERIFIED else None
    try:
        record(folder, at=bootstrap.now(), exit_status=status, checkpoint=verified)
    except AuditError:
        click.echo(f"Error: {folder}: what was verified cannot be kept. Name a folder for it: --kept FOLDER.", err=True)
        return gravest({status, _FAILED})
    return status


def _bytes_of(published: Path) -> bytes | None:
    """What it holds; None when it cannot be read, of which the verification itself says why."""
    try:
        return published.read_bytes()
    except OSError:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
