"""Verify a published log against a trust file, with nothing of the writer.

The algorithm, as the Go verifier beside the tests does it:

0. the newest checkpoint is signed by a trusted key (and witnesses, where the trust file wants them)
1. every tile agrees with its root, every entry with its leaf, in canonical bytes of the closed schema
2. every archived checkpoint, and every one that an auditor kept, is a prefix of this tree
3. the entries follow the log's own rules; every manifest is what it is named
4. each checkpoint's key was in force at its size
5. nothing else lies in the directory

What a signature alone cannot show (a rollback, or a rewriting by whoever holds the key) is said, not passed over.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from retention.audit import merkle
from retention.audit.note import Checkpoint, VerifierKey
from retention.audit.trust import SignedCheckpoint, Trust
from retention.audit.verify_entry import Members, read_entry
from retention.audit.verify_files import Directory, Files, Reader
from retention.audit.verify_rules import History
from retention.errors import UsageError, VerificationError

_TOKEN: Final = re.compile(r"anchors/([0-9]{12})\.tsr", re.ASCII)


class Verification(Struct, frozen=True, kw_only=True):
    """A log that verified: what it holds, and against what it was held."""

    origin: str
    size: int
    root: str  # base64, as in the checkpoint
    last_time: str | None  # of the newest entry; None: no entry
    refs: int | None  # references in intents; None: manifests were not read
    destroyed: int  # references with that outcome
    checkpoints: int  # archived and kept ones that are prefixes of this tree
    open_intents: tuple[int, ...]  # indices of intents without an outcome
    kept: Mapping[int, str]  # size of each kept checkpoint to the time of its last entry
    witnesses: frozenset[str]  # of the newest checkpoint, by name in the trust file
    not_before: str | None  # the newest entry should not be older; None: not asked

    @property
    def stale(self) -> bool:
        """Whether the newest entry is older than was asked: a night did not happen, or was rolled back."""
        return self.not_before is not None and (self.last_time or "") < self.not_before

    @property
    def exit_status(self) -> int:
        """5 when verified but stale or with intents open, else 0; statuses 1 and 2 are raised as errors."""
        return 5 if self.stale or self.open_intents else 0

    @property
    def covered(self) -> tuple[str, ...]:
        """What was checked, in sentences."""
        said = [
            f"{self.size} entries, {self.checkpoints} checkpoints and all tiles agree with the signed root {self.root}"
        ]
        if self.refs is not None:
            said.append(f"{self.refs} references in intents, {self.destroyed} destroyed; every manifest is whole")
        said += [
            f"history up to {time} (size {size}) is the one that was kept: no rollback or rewriting before it"
            for size, time in self.kept.items()
        ]
        if self.witnesses:
            said.append(f"cosigned by {', '.join(sorted(self.witnesses))}: no other history was shown to them")
        if self.not_before is not None and not self.stale:
            said.append(f"the newest entry, of {self.last_time}, is not older than {self.not_before}")
        return tuple(said)

    @property
    def not_covered(self) -> tuple[str, ...]:
        """What was not checked, or cannot be known from this log alone, in sentences."""
        said = []
        if self.stale:
            said.append(f"STALE: newest entry is of {self.last_time}, older than {self.not_before}")
        if self.open_intents:
            said.append(f"open intents {list(self.open_intents)}: what became of them is not recorded yet")
        if not self.witnesses:
            since = max(self.kept.values(), default=None)
            lacks = "no --since, no witness, no token" if since is None else "no witness, no token"
            span = f"before {self.last_time}" if since is None else f"between {since} and {self.last_time}"
            said.append(f"rollback {span} not excluded: {lacks}")
        if self.not_before is None:
            said.append("freshness: no --not-before, so that missing nights are not noticed")
        if self.refs is None:
            said.append("manifests: not read")
        return tuple(said)


def verify_directory(
    directory: Path,
    trust: Trust,
    *,
    since: Sequence[bytes] = (),
    not_before: datetime | None = None,
    manifests: bool = True,
) -> Verification:
    """Verify the log in a directory; see `verify`."""
    return verify(Directory(directory), trust, since=since, not_before=not_before, manifests=manifests)


def verify(
    files: Files,
    trust: Trust,
    *,
    since: Sequence[bytes] = (),
    not_before: datetime | None = None,
    manifests: bool = True,
) -> Verification:
    """Verify a log. `since` holds kept checkpoints: whole notes, or their three lines alone.

    Raises: VerificationError, when anything is not as signed; UsageError, when a kept checkpoint is none.
    """
    reader = Reader(files)
    head = trust.open_checkpoint(reader.read("checkpoint", "checkpoint"))
    hashes = reader.leaf_hashes(head.checkpoint)
    entries = [_read(index, raw) for index, raw in enumerate(reader.entries(hashes))]
    archived = _archived(reader, trust)
    kept = [_kept(raw, number, trust) for number, raw in enumerate(since, start=1)]
    _check_prefixes({**archived, **dict(kept)}, head.checkpoint, hashes)
    history = _history(entries, head.checkpoint, archived, reader, manifests=manifests)
    signed = [old for old in (*archived.values(), *(old for _, old in kept)) if isinstance(old, SignedCheckpoint)]
    for checkpoint in (*signed, head):
        _check_key(checkpoint, history.keys)
    _admit_tokens(reader, archived)
    reader.refuse_other_files(manifests=manifests)
    sizes = sorted(_checkpoint(old).size for _, old in kept)
    return Verification(
        origin=head.checkpoint.origin,
        size=head.checkpoint.size,
        root=head.checkpoint.root64,
        last_time=history.last_time or None,
        refs=history.refs if manifests else None,
        destroyed=history.destroyed,
        checkpoints=len(archived) + len(kept),
        open_intents=tuple(sorted(history.open)),
        kept={size: entries[size - 1]["time"] for size in sizes if size},
        witnesses=head.witnesses,
        not_before=None if not_before is None else not_before.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _read(index: int, raw: bytes) -> Members:
    try:
        return read_entry(raw)
    except VerificationError as error:
        raise VerificationError(f"entry {index}: {error}") from error


def _archived(reader: Reader, trust: Trust) -> dict[str, SignedCheckpoint]:
    found = {}
    for path in sorted(reader.files.paths()):
        if path.startswith("checkpoints/"):
            checkpoint = _open(path, reader.read(path, "checkpoint"), trust)
            if path != f"checkpoints/{checkpoint.checkpoint.size:012}":
                raise VerificationError(f"{path}: holds size {checkpoint.checkpoint.size}")
            found[path] = checkpoint
    return found


def _open(name: str, raw: bytes, trust: Trust) -> SignedCheckpoint:
    try:
        return trust.open_checkpoint(raw)
    except VerificationError as error:
        raise VerificationError(f"{name}: {error}") from error


def _kept(raw: bytes, number: int, trust: Trust) -> tuple[str, SignedCheckpoint | Checkpoint]:
    """Read what an auditor kept: a note, or three lines that need no signature, since they were kept.

    It may have been pasted out of a mail: how its lines end, and what blanks stand around them, was never signed.
    """
    name = f"--since #{number}"
    try:
        text = "\n".join(line.strip() for line in [*raw.decode().strip().splitlines(), ""])
        if "\n\n" not in text:
            return name, Checkpoint.parse(text)
    except (UnicodeDecodeError, VerificationError) as error:
        raise UsageError(f"{name} is no checkpoint: give the file, or its lines with origin, size and root") from error
    return name, _open(name, text.encode(), trust)


def _checkpoint(old: SignedCheckpoint | Checkpoint) -> Checkpoint:
    return old.checkpoint if isinstance(old, SignedCheckpoint) else old


def _check_prefixes(olds: Mapping[str, SignedCheckpoint | Checkpoint], head: Checkpoint, hashes: list[bytes]) -> None:
    """Each older checkpoint must be the root of this tree's first leaves: stronger than any consistency proof."""
    wanted = {_checkpoint(old).size for old in olds.values()}
    roots, frontier = {0: merkle.EMPTY_ROOT}, tuple[bytes, ...]()
    for index, leaf in enumerate(hashes):
        frontier = merkle.grow(index, frontier, leaf)
        if index + 1 in wanted:
            roots[index + 1] = merkle.frontier_root(frontier)
    for name, old in ((name, _checkpoint(old)) for name, old in olds.items()):
        if old.origin != head.origin:
            raise VerificationError(f"{name}: other origin")
        if old.size > head.size:
            raise VerificationError(
                f"{name}: ROLLBACK: an earlier checkpoint has size {old.size}, the log now has {head.size}"
            )
        if roots[old.size] != old.root:
            raise VerificationError(f"{name}: HISTORY REWRITTEN: the first {old.size} entries are not those of then")


def _history(
    entries: Sequence[Members],
    head: Checkpoint,
    archived: Mapping[str, SignedCheckpoint],
    reader: Reader,
    *,
    manifests: bool,
) -> History:
    shredded = (entry for entry in entries if entry["type"] == "ref-key" and entry["event"] == "destroy")
    history = History(
        origin=head.origin,
        archived={old.checkpoint.size: old.checkpoint.root64 for old in archived.values()},
        shredded=frozenset(entry["id"] for entry in shredded),
        reader=reader,
        manifests=manifests,
    )
    for index, entry in enumerate(entries):
        history.read(index, entry)
    return history


def _check_key(signed: SignedCheckpoint, keys: Mapping[str, tuple[int, int]]) -> None:
    size = signed.checkpoint.size
    if size and not any(_in_force(key, size, keys) for key in signed.keys):
        raise VerificationError(f"checkpoint of size {size}: its key was not in force at that size")


def _in_force(key: VerifierKey, size: int, keys: Mapping[str, tuple[int, int]]) -> bool:
    first, last = keys.get(str(key), (1, 0))
    return first <= size <= last


def _admit_tokens(reader: Reader, archived: Mapping[str, SignedCheckpoint]) -> None:
    """A token of an archived checkpoint may lie there before an entry names it; `--tsa-root` judges it."""
    sizes = {old.checkpoint.size for old in archived.values()}
    for path in reader.files.paths():
        token = _TOKEN.fullmatch(path)
        if token and int(token[1]) in sizes:
            reader.used.add(path)
