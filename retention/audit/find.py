"""Find what the log says of records: which outcomes name their references.

Reads the manifests that outcomes name, in one pass; a reference is compared, never opened. An intent alone is not an
answer: only an outcome says what became of a record. Proves nothing by itself: verify the log for that.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from retention.audit.authority import Authority
from retention.audit.manifests import SETS, Manifests
from retention.audit.note import Checkpoint, note_text
from retention.audit.verify_files import Directory, Reader
from retention.errors import AuditError

_CHUNK: Final = 4096  # leaves in memory at a time


class Found(Struct, frozen=True, kw_only=True):
    """One outcome that names a reference."""

    index: int  # of the outcome's entry
    intent: int  # index of the entry that announced it
    run: str
    dataset: str
    time: datetime  # aware, UTC: when the outcome was signed
    result: str  # the set it stands in: destroyed, kept, failed, absent, or subjects (it names a person, not a record)


Places = dict[bytes, list[Found]]
"""References to the outcomes that name them, in the log's order; a reference that none names is left out."""


def destroyed_refs(tx: Authority, manifests: Manifests, refs: Collection[bytes]) -> Places:
    """Return the outcomes that say that these were destroyed, those not yet published too.

    A person's reference is found as well, where the log keeps subjects: then something of theirs was destroyed.
    Raises: AuditError, when a manifest is missing although its reference key was not destroyed.
    """
    return _gone(outcomes_of(tx, manifests, refs))


def destroyed_in(directory: Path, refs: Collection[bytes]) -> Places:
    """Return the outcomes of a published log that say that these were destroyed; needs no control store.

    Raises: VerificationError, when the log is damaged; AuditError, when a manifest is missing.
    """
    return _gone(outcomes_in(directory, refs))


def outcomes_of(tx: Authority, manifests: Manifests, refs: Collection[bytes]) -> Places:
    """Return every outcome that names one of these references, whatever it says; as `destroyed_refs`."""
    return _scan(_all_leaves(tx), manifests, refs)


def outcomes_in(directory: Path, refs: Collection[bytes]) -> Places:
    """Return every outcome of a published log that names one of these references; as `destroyed_in`."""
    reader = Reader(Directory(directory))
    head = Checkpoint.parse(note_text(reader.read("checkpoint", "checkpoint")))
    nowhere = directory / "manifest" / "staged"  # a published log has no stage
    manifests = Manifests(published=directory / "manifest", staged=nowhere, scratch=nowhere)
    return _scan(enumerate(reader.entries(reader.leaf_hashes(head))), manifests, refs)


def _gone(places: Places) -> Places:
    kept = {ref: [one for one in found if one.result in {"destroyed", "subjects"}] for ref, found in places.items()}
    return {ref: found for ref, found in kept.items() if found}


def _all_leaves(tx: Authority) -> Iterator[tuple[int, bytes]]:
    size = tx.size()
    for start in range(0, size, _CHUNK):
        yield from enumerate(tx.leaves(start, min(start + _CHUNK, size)), start)


def _scan(leaves: Iterable[tuple[int, bytes]], manifests: Manifests, refs: Collection[bytes]) -> Places:
    wanted = frozenset(refs)
    outcomes: list[tuple[int, dict[str, Any]]] = []
    key_of: dict[int, str] = {}  # intent to its reference key
    shredded: set[str] = set()
    for index, leaf in leaves:
        entry: dict[str, Any] = json.loads(leaf)
        match entry["type"]:
            case "intent":
                key_of[index] = entry["ref_key"]
            case "outcome":
                outcomes.append((index, entry))
            case "ref-key" if entry["event"] == "destroy":
                shredded.add(entry["id"])
    places: Places = {}
    for index, outcome in outcomes if wanted else ():
        for name, root in ((name, outcome[name]["root"]) for name in SETS if name in outcome):
            # Subjects have a reference key of their own, which the entry does not name.
            may_be_gone = key_of[outcome["intent"]] in shredded or (name == "subjects" and shredded)
            for ref in wanted.intersection(_read(manifests, root, may_be_gone=bool(may_be_gone))):
                places.setdefault(ref, []).append(_found(index, outcome, name))
    return places


def _read(manifests: Manifests, root: str, *, may_be_gone: bool) -> Collection[bytes]:
    refs = manifests.read(root)
    if refs is None and not may_be_gone:
        raise AuditError(f"manifest {root} is missing, so that what the log names cannot be told; verify the log")
    return refs or ()


def _found(index: int, outcome: dict[str, Any], name: str) -> Found:
    return Found(
        index=index,
        intent=outcome["intent"],
        run=outcome["run"],
        dataset=outcome["dataset"],
        time=datetime.fromisoformat(outcome["time"]),
        result=name,
    )
