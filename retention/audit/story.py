"""What the log says of one run: its batches, what became of each, and what was placed and approved around it.

Read from the entries themselves, never from what a run said of itself. A record may stand in several intents: its last
outcome counts. Proves nothing by itself: verify the log for that.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct, field

from retention.audit.authority import Authority
from retention.audit.entry import Manifest
from retention.audit.manifests import Manifests
from retention.audit.note import Checkpoint, note_text

_CHUNK: Final = 4096  # leaves in memory at a time
_SETS: Final = ("destroyed", "kept", "failed", "absent")


class LoggedBatch(Struct, frozen=True, kw_only=True):
    """One intent, and the outcome of it."""

    intent: int  # index of its entry
    dataset: str
    action: str
    fields: tuple[str, ...]
    policies: tuple[str, ...]
    cleared: int  # records
    outcome: int | None = None  # index of its entry; None: nobody knows yet what became of it
    settled_by: str | None = None  # the run that signed the outcome
    settled_at: datetime | None = None
    sets: Mapping[str, Manifest] = field(default_factory=dict)  # destroyed, kept, failed, absent: those there are
    children: Mapping[str, int] = field(default_factory=dict)  # child dataset: records that went along

    @property
    def destroyed(self) -> int:
        """Records that its outcome shows to be gone or erased."""
        return self.sets["destroyed"].count if "destroyed" in self.sets else 0


class LoggedHold(Struct, frozen=True, kw_only=True):
    """A hold that was placed or released between the plan and the end of the run."""

    hold: str
    event: str  # place or release
    kind: str
    at: datetime


class LoggedRun(Struct, frozen=True, kw_only=True):
    """One run, as the log has it."""

    run: str
    started: datetime
    tool: str
    actor: str
    config: str
    plan: str | None
    first: int  # index of its run-start
    last: int | None  # index of its run-end; None: it has none
    ended: datetime | None
    status: str | None
    batches: tuple[LoggedBatch, ...]
    failed: Mapping[str, int | None]  # dataset: records whose last outcome is failed; None: their list is gone
    settled: Mapping[int, int]  # intents of earlier runs that it settled: records destroyed by them
    holds: tuple[LoggedHold, ...]
    totals: Mapping[str, int]  # as its run-end sums its outcomes; empty without one


def read_run(tx: Authority, manifests: Manifests, run: str) -> LoggedRun | None:
    """What the log says of a run, not yet published entries too; None when it never began.

    Raises: AuditError, when a manifest is not what it is named.
    """
    entries = _entries_since(tx, run)
    start = next((index for index, entry in entries if _is(entry, "run-start", run)), None)
    if start is None:
        return None
    return _told(run, start, dict(entries), manifests)


def checkpoint_of(tx: Authority, last: int | None) -> Checkpoint | None:
    """The checkpoint signed over a run's last entry; the newest published one while it has none. None: none yet."""
    size = tx.published() if last is None else last + 1
    note = None if size is None else tx.checkpoint(size)
    return None if note is None else Checkpoint.parse(note_text(note.encode()))


def _entries_since(tx: Authority, run: str) -> list[tuple[int, dict[str, Any]]]:
    """Everything since the plan that a run executed, or since its start; in order."""
    found: list[tuple[int, dict[str, Any]]] = []
    plan: str | None = None
    started = False
    for index, entry in _backwards(tx):
        found.append((index, entry))
        if _is(entry, "run-start", run):
            plan, started = entry.get("plan"), True
        if started and (plan is None or (entry["type"] == "plan" and entry["digest"] == plan)):
            break
    return found[::-1]


def _backwards(tx: Authority) -> Iterator[tuple[int, dict[str, Any]]]:
    stop = tx.size()
    while stop > 0:
        start = max(0, stop - _CHUNK)
        for index, leaf in zip(range(stop - 1, start - 1, -1), reversed(tx.leaves(start, stop)), strict=True):
            yield index, json.loads(leaf)
        stop = start


def _is(entry: Mapping[str, Any], kind: str, run: str) -> bool:
    return (entry["type"], entry.get("run")) == (kind, run)


def _told(run: str, start: int, entries: Mapping[int, dict[str, Any]], manifests: Manifests) -> LoggedRun:
    began = entries[start]
    last = next((index for index, entry in entries.items() if _is(entry, "run-end", run)), None)
    ended = None if last is None else entries[last]
    outcomes = {entry["intent"]: (index, entry) for index, entry in entries.items() if entry["type"] == "outcome"}
    intents = {index: entry for index, entry in entries.items() if _is(entry, "intent", run)}
    batches = tuple(_batch(index, entry, outcomes.get(index)) for index, entry in intents.items())
    return LoggedRun(
        run=run,
        started=_time(began),
        tool=began["tool"],
        actor=began["actor"],
        config=began["config"],
        plan=began.get("plan"),
        first=start,
        last=last,
        ended=None if ended is None else _time(ended),
        status=None if ended is None else ended["status"],
        batches=batches,
        failed=_failed(batches, manifests),
        settled={
            intent: entry.get("destroyed", {}).get("count", 0)
            for intent, (_, entry) in outcomes.items()
            if entry["run"] == run and intent not in intents
        },
        holds=tuple(
            _hold(entry) for index, entry in entries.items() if entry["type"] == "hold" and _before(index, last)
        ),
        totals={} if ended is None else ended["totals"],
    )


def _batch(index: int, intent: Mapping[str, Any], settled: tuple[int, Mapping[str, Any]] | None) -> LoggedBatch:
    outcome: Mapping[str, Any] = {} if settled is None else settled[1]
    return LoggedBatch(
        intent=index,
        dataset=intent["dataset"],
        action=intent["action"],
        fields=tuple(intent.get("fields", ())),
        policies=tuple(intent["policies"]),
        cleared=intent["manifest"]["count"],
        outcome=None if settled is None else settled[0],
        settled_by=outcome.get("run"),
        settled_at=_time(outcome) if outcome else None,
        sets={name: Manifest(**outcome[name]) for name in _SETS if name in outcome},
        children={one["dataset"]: one["count"] for one in outcome.get("children", ())},
    )


def _failed(batches: tuple[LoggedBatch, ...], manifests: Manifests) -> Mapping[str, int | None]:
    """By dataset the records that failed and of which no later outcome says otherwise."""
    failing: dict[str, set[bytes] | None] = {}
    for batch in sorted((one for one in batches if one.outcome is not None), key=lambda one: one.outcome or 0):
        before = failing.setdefault(batch.dataset, set())
        if before is None or ("failed" not in batch.sets and not before):
            continue
        lists = {name: manifests.read(manifest.root) for name, manifest in batch.sets.items() if manifest.count}
        if None in lists.values():
            failing[batch.dataset] = None
            continue
        failing[batch.dataset] = before.difference(*(refs or () for name, refs in lists.items() if name != "failed"))
        failing[batch.dataset] = (failing[batch.dataset] or set()) | set(lists.get("failed") or ())
    return {dataset: None if refs is None else len(refs) for dataset, refs in failing.items()}


def _before(index: int, last: int | None) -> bool:
    return last is None or index < last


def _hold(entry: Mapping[str, Any]) -> LoggedHold:
    return LoggedHold(hold=entry["hold"], event=entry["event"], kind=entry["kind"], at=_time(entry))


def _time(entry: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["time"])
