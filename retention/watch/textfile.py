"""Metrics as a file, for node_exporter's textfile collector: whole or not at all, and readable by the collector."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from prometheus_client import generate_latest

from retention.watch.families import registry_of
from retention.watch.readings import Readings

_MODE: Final = 0o644  # the collector is another account, and there is nothing in it to hide from it


def write_textfile(path: Path, seen: Readings) -> None:
    """Replace the file; what is there under another name meanwhile does not end in .prom.

    Raises:
        OSError: its folder is missing, full, or not ours to write.

    """
    data = generate_latest(registry_of(seen))
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), _MODE)
            os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
