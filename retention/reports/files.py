"""Where reports are written: each file whole or not at all, readable by its owner's group at most."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from retention.errors import ConfigError

SHARED: Final = 0o640  # a report: nobody's data
OWN: Final = 0o600  # a full list: people's keys


def write(out: Path, files: Mapping[str, bytes], *, mode: int = SHARED) -> tuple[Path, ...]:
    """Write files into a folder, which is made where it is missing; their paths.

    Raises:
        ConfigError: the folder cannot be made or written; no file of it is half written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            replace(out / name, (content,), mode)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigError(
            f"{out}: the report cannot be written there ({why}). Name a folder that can, with --out DIR."
        ) from error
    return tuple(out / name for name in files)


def replace(path: Path, content: Iterable[bytes], mode: int) -> None:
    """Put a file in the place of another one as a whole: beside it, synced, renamed.

    Raises:
        OSError: it cannot be written; what was there before still is.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with suppress(FileNotFoundError):
        temporary.unlink()
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
