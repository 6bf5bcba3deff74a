"""Residue: records of which an outcome says that they are not shown to be gone, and nothing newer says otherwise.

Read from the outcomes in the log's authority of the last weeks. What the newest plan was made after and does not list
is settled: it was repaired, is held, or went another way.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import Struct, field

from retention.audit.manifests import Manifests
from retention.control.interface import Control
from retention.errors import AuditError
from retention.plan import Plan

_CHUNK: Final = 1024  # leaves in memory at a time
_SETTLED: Final = ("destroyed", "kept", "absent")


class Residue(Struct, frozen=True):
    """Records of one dataset that are not shown to be gone."""

    listed: int  # of these, the newest plan lists them again
    since: int  # failed after that plan was made: its list has them no more

    @property
    def records(self) -> int:
        """All of them."""
        return self.listed + self.since


class _Failing(Struct):
    settled: set[bytes] = field(default_factory=set)  # by a newer outcome
    since: set[bytes] = field(default_factory=set)  # failed after the plan
    before: set[bytes] = field(default_factory=set)


def residue(tx: Control, manifests: Manifests, plans: Mapping[str, Plan], since: datetime) -> Mapping[str, Residue]:
    """The residue by dataset, of outcomes not older than `since`; `plans` is the newest that judged each dataset."""
    found: dict[str, _Failing] = {}
    for entry in _outcomes(tx, since):
        of = found.setdefault(entry["dataset"], _Failing())
        plan = plans.get(entry["dataset"])
        failed = _refs(manifests, entry, ("failed",)) - of.settled - of.since
        after = plan is None or datetime.fromisoformat(entry["time"]) > plan.made
        (of.since if after else of.before).update(failed)
        of.settled |= _refs(manifests, entry, _SETTLED)
    return {
        name: told
        for name, of in found.items()
        if (told := Residue(_still_listed(tx, plans.get(name), name, of.before), len(of.since))).records
    }


def _outcomes(tx: Control, since: datetime) -> Iterator[dict[str, Any]]:
    """Outcomes, the newest first; none when none of these weeks failed, which is as cheap as it is usual."""
    recent: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    failing: set[str] = set()
    for entry in _backwards(tx, since):
        recent[entry["dataset"]].append(entry)
        if "failed" in entry:
            failing.add(entry["dataset"])
    for name in sorted(failing):
        last = max(at for at, entry in enumerate(recent[name]) if "failed" in entry)
        yield from recent[name][: last + 1]  # what is older than every failure settles none


def _backwards(tx: Control, since: datetime) -> Iterator[dict[str, Any]]:
    stop = tx.size()
    while stop > 0:
        start = max(0, stop - _CHUNK)
        leaves = tx.leaves(start, stop)
        for leaf in reversed(leaves):
            if b'"type":"outcome"' in leaf:  # most others are not parsed
                entry: dict[str, Any] = json.loads(leaf)
                if entry["type"] == "outcome":
                    yield entry
        if datetime.fromisoformat(json.loads(leaves[0])["time"]) < since:
            return
        stop = start


def _refs(manifests: Manifests, entry: Mapping[str, Any], names: Iterable[str]) -> set[bytes]:
    return {ref for name in names if name in entry for ref in _read(manifests, entry[name], name)}


def _read(manifests: Manifests, one: Mapping[str, Any], name: str) -> Iterable[bytes]:
    try:
        refs = manifests.read(one["root"]) if one["count"] else ()
    except (AuditError, OSError):
        refs = None
    if refs is None and name == "failed":  # nobody can tell which: none of them is ever settled
        return [f"{one['root']}:{number}".encode() for number in range(one["count"])]
    return refs or ()


def _still_listed(tx: Control, plan: Plan | None, dataset: str, refs: set[bytes]) -> int:
    if plan is None or not refs:
        return 0
    return sum(ref in refs for ref in tx.spooled_refs(plan.digest, dataset))
