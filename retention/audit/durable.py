"""Files that are there after a power cut: temporary file, fsync, rename, fsync of the directory.

Temporary files lie outside the published directory, on the same file system. An error of fsync is fatal and never
retried: the kernel may have dropped the pages it could not write.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from retention.errors import AuditError


def write(path: Path, data: bytes, scratch: Path) -> None:
    """Replace a file as a whole, durably; new parent directories included.

    Raises: AuditError, after which nothing may be destroyed.
    """
    # One writer at a time: a fixed name, so that a crash leaves at most one stray file for each name.
    temporary = scratch / f"{path.name}.tmp"
    try:
        _make(scratch)
        _make(path.parent)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise _at_risk(path, "written", error) from error


def move(moves: Mapping[Path, Path]) -> None:
    """Move durable files within one file system, each to its new path; new parent directories included.

    Raises: AuditError, after which nothing may be destroyed; what was moved by then stays moved.
    """
    _make_all(dict.fromkeys(new.parent for new in moves.values()))
    for old, new in moves.items():
        try:
            old.replace(new)
        except OSError as error:
            raise _at_risk(new, "written", error) from error
    # The new names first: in between, a file may have both, and never none.
    _sync_all(dict.fromkeys(new.parent for new in moves.values()))
    _sync_all(dict.fromkeys(old.parent for old in moves))


def remove(paths: Iterable[Path]) -> None:
    """Remove files; one that is gone already is no error. Lost in a power cut, it is repeated at the next time.

    Raises: AuditError, after which nothing may be destroyed.
    """
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _at_risk(path, "removed", error) from error


def _at_risk(path: Path, done: str, error: OSError) -> AuditError:
    return AuditError(
        f"{path} cannot be {done} durably ({error.strerror}); the log is at risk, so nothing more is destroyed: "
        "make room or repair the disk, then start again"
    )


def _sync_all(directories: Iterable[Path]) -> None:
    for directory in directories:
        try:
            _sync(directory)
        except OSError as error:
            raise _at_risk(directory, "written", error) from error


def _make_all(directories: Iterable[Path]) -> None:
    """Make directories beside one another; their names are durable before anything lies in any of them."""
    missing = [directory for directory in directories if not directory.is_dir()]
    for directory in missing:
        try:
            _make(directory.parent)
            directory.mkdir(exist_ok=True)
        except OSError as error:
            raise _at_risk(directory, "written", error) from error
    _sync_all(dict.fromkeys(directory.parent for directory in missing))


def _make(directory: Path) -> None:
    """Make a directory and its parents; each new name is durable before anything lies in it."""
    if directory.is_dir():
        return
    _make(directory.parent)
    directory.mkdir(exist_ok=True)
    _sync(directory.parent)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
