"""The journal of holds: each placing and release again, beside the control store, so that a restore forgets none (P1).

Lines of RFC 8785 JSON, only ever added, fsynced, mode 0600. The store commits first: a line is written of what binds
already, and what a crash kept out of the journal is added by `guard.reconcile` at the next start.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from retention.control import wire
from retention.control.interface import EventKind
from retention.errors import ControlError
from retention.holds import Hold

FILE: Final = "holds.journal"
"""The journal's name in the state directory."""


class JournalEvent(Struct, frozen=True):
    """A placing or a release, with the whole hold as it was then."""

    kind: EventKind  # HOLD_PLACE or HOLD_RELEASE
    hold: Hold

    @property
    def line(self) -> bytes:
        """Its line, the same bytes every time."""
        return wire.canonical({"event": self.kind.value, "hold": wire.hold_to_dict(self.hold), "v": 1}) + b"\n"


_NOTHING: Final[Mapping[bytes, JournalEvent]] = {}


class Recorded(Struct, frozen=True):
    """What a journal holds."""

    lines: Mapping[bytes, JournalEvent]  # what each says, in order, each once
    torn: bytes  # the beginning of a line whose end a crash kept out; empty: none

    @property
    def events(self) -> tuple[JournalEvent, ...]:
        """What they say."""
        return tuple(self.lines.values())


class Journal:
    """The journal in one file; made by its first line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, *events: JournalEvent) -> None:
        """Add events durably; what is there already is not added again.

        Raises:
            ControlError: the journal cannot be read or written.

        """
        with self._opened(os.O_RDWR) as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            data = _read(descriptor)
            there = set(data.splitlines(keepends=True))
            lines = [event.line for event in events if event.line not in there]
            if not lines:
                return
            whole = data.rfind(b"\n") + 1
            if whole < len(data):
                _refuse_unless(any(line.startswith(data[whole:]) for line in lines), self._path)
                os.ftruncate(descriptor, whole)
            _write(descriptor, b"".join(lines))

    def read(self, known: Mapping[bytes, JournalEvent] = _NOTHING) -> Recorded:
        """Everything in it; nothing when it was never written. What lines say that are known is not read from them.

        Raises:
            ControlError: it cannot be read, others may read it, or a line of it is damaged.

        """
        if not self._path.exists():
            return Recorded({}, b"")
        with self._opened(os.O_RDONLY) as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            data = _read(descriptor)
        whole = data.rfind(b"\n") + 1
        lines = dict.fromkeys(data[:whole].splitlines(keepends=True))
        return Recorded(
            {line: known.get(line) or self._event(number, line) for number, line in enumerate(lines, 1)}, data[whole:]
        )

    def _event(self, number: int, line: bytes) -> JournalEvent:
        try:
            members: dict[str, Any] = json.loads(line)
            event = JournalEvent(EventKind(members["event"]), wire.hold_from_dict(members["hold"]))
            written = event.line
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ControlError(
                f"Line {number} of the journal of holds {self._path} is damaged. Restore it from its back-up: without "
                "it nobody knows that every hold is known."
            ) from error
        _refuse_unless(written == line, self._path)
        return event

    @contextmanager
    def _opened(self, flags: int) -> Iterator[int]:
        try:
            descriptor = self._open(flags)
            try:
                yield descriptor
            finally:
                os.close(descriptor)
        except OSError as error:
            raise ControlError(
                f"The journal of holds {self._path} cannot be read or written: {error.strerror}. Check the disk, the "
                "owner and the mode."
            ) from error

    def _open(self, flags: int) -> int:
        try:
            descriptor = os.open(self._path, flags | os.O_NOFOLLOW)
        except FileNotFoundError:
            descriptor = os.open(self._path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            _sync_directory(self._path.parent)
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & 0o077:
            os.close(descriptor)
            raise ControlError(
                f"The journal of holds {self._path} has mode {mode:04o}: others can read or change it. Run "
                f"`chmod 600 {self._path}` and find out who had access."
            )
        return descriptor


def _read(descriptor: int) -> bytes:
    data = b""
    while some := os.pread(descriptor, 1 << 20, len(data)):
        data += some
    return data


def _write(descriptor: int, data: bytes) -> None:
    at = os.lseek(descriptor, 0, os.SEEK_END)
    while data:
        written = os.pwrite(descriptor, data, at)
        at, data = at + written, data[written:]
    os.fsync(descriptor)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_unless(sound: bool, path: Path) -> None:  # noqa: FBT001 - the thing to be true
    if not sound:
        raise ControlError(
            f"The journal of holds {path} holds what retention did not write there. Restore it from its back-up, or "
            "find out what the control store has forgotten."
        )
