"""Everything the log says was destroyed, batch by batch, in one pass: for what is reported over many runs.

An outcome counts for the run that signed the intent. Proves nothing by itself: verify the log for that.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from retention.audit.authority import Authority

_CHUNK: Final = 4096  # leaves in memory at a time


class LoggedDestruction(Struct, frozen=True, kw_only=True):
    """One batch of which an outcome is known."""

    intent: int  # index of its entry
    at: datetime  # when the intent was signed; aware, UTC
    run: str
    dataset: str
    action: str
    fields: tuple[str, ...]
    policies: tuple[str, ...]
    fingerprint: str | None  # of the dataset as it was approved; None: the log does not say
    destroyed: int  # records
    children: Mapping[str, int]  # child dataset: records that went along


def destructions(tx: Authority) -> Iterator[LoggedDestruction]:
    """Every batch of which something is known to be destroyed, in the order of the outcomes; unpublished ones too."""
    plans, runs = dict[str, Mapping[str, str]](), dict[str, str | None]()
    intents: dict[int, dict[str, Any]] = {}
    for index, entry in _entries(tx):
        match entry["type"]:
            case "plan":
                plans[entry["digest"]] = {one["id"]: one["sha256"] for one in entry["datasets"]}
            case "run-start":
                runs[entry["run"]] = entry.get("plan")
            case "intent":
                intents[index] = entry
            case "outcome":
                intent = intents.pop(entry["intent"], None)
                if intent is not None and "destroyed" in entry:
                    planned = plans.get(runs.get(intent["run"]) or "", {})
                    yield _destruction(entry["intent"], intent, entry, planned.get(intent["dataset"]))
            case _:
                pass


def _entries(tx: Authority) -> Iterator[tuple[int, dict[str, Any]]]:
    size = tx.size()
    for start in range(0, size, _CHUNK):
        leaves = tx.leaves(start, min(start + _CHUNK, size))
        yield from ((index, json.loads(leaf)) for index, leaf in enumerate(leaves, start))


def _destruction(
    index: int, intent: Mapping[str, Any], outcome: Mapping[str, Any], fingerprint: str | None
) -> LoggedDestruction:
    return LoggedDestruction(
        intent=index,
        at=datetime.fromisoformat(intent["time"]),
        run=intent["run"],
        dataset=intent["dataset"],
        action=intent["action"],
        fields=tuple(intent.get("fields", ())),
        policies=tuple(intent["policies"]),
        fingerprint=fingerprint,
        destroyed=outcome["destroyed"]["count"],
        children={one["dataset"]: one["count"] for one in outcome.get("children", ())},
    )
