"""The one place where an entry becomes bytes: closed schema, RFC 8785, checked before anything is signed.

Rules: optional members that are empty are left out, required ones stay; arrays are sorted here, not by the
caller; a value outside its pattern is refused without being quoted, since it may be personal data (P7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Final

import rfc8785

from retention.audit import entry as entries
from retention.audit import shape
from retention.audit.entry import Entry, Manifest
from retention.errors import AuditError

MAX_LEAF: Final = 65_535  # bytes: tlog-tiles writes the length of an entry in 16 bits

TYPES: Final[Mapping[type[Entry], str]] = {
    entries.LogInit: "log-init",
    entries.LogKey: "log-key",
    entries.RefKey: "ref-key",
    entries.PolicyText: "policy",
    entries.DatasetText: "dataset",
    entries.PlanMade: "plan",
    entries.ApprovalEvent: "approval",
    entries.HoldEvent: "hold",
    entries.RunStart: "run-start",
    entries.Intent: "intent",
    entries.Outcome: "outcome",
    entries.Anchor: "anchor",
    entries.RunEnd: "run-end",
}


def encode(entry: Entry, time: datetime) -> bytes:
    """Make the bytes of the leaf that an entry is at a time.

    Raises: AuditError, when a member is outside the closed schema or the leaf is too long.
    """
    name = TYPES[type(entry)]
    members = {"v": 1, "type": name, "time": shape.timestamp(time), **_members(entry, name)}
    leaf = rfc8785.dumps(members)
    if len(leaf) > MAX_LEAF:
        raise AuditError(f"an entry of type {name} has {len(leaf)} bytes, more than {MAX_LEAF}; nothing was signed")
    return leaf


def _members(value: Any, where: str) -> dict[str, Any]:
    members = {item.name: _plain(getattr(value, item.name), item, f"{where}: {item.name}") for item in fields(value)}
    optional = {item.name for item in fields(value) if item.metadata.get("optional")}
    members = {name: plain for name, plain in members.items() if name not in optional or plain not in (None, [], {})}
    for item in fields(value):
        check = item.metadata.get("check")
        if check is not None and item.name in members and not check(members[item.name]):
            raise AuditError(f"{where}: member {item.name} is outside the log's closed schema; nothing was signed")
    return members


def _plain(value: Any, item: "Field[Any]", where: str) -> Any:
    """Turn a field into what JSON has, with sorted arrays and nothing for an empty set."""
    if isinstance(value, Manifest) and value.count == 0 and item.metadata.get("optional"):
        return None
    if "counts" in item.metadata:
        return [_counted(item.metadata["counts"], name, value[name], where) for name in sorted(value)]
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return _members(value, where)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _sorted(value, where)
    return value


def _sorted(values: Sequence[Any], where: str) -> list[Any]:
    if not any(is_dataclass(value) for value in values):
        return sorted(values)
    plain = {value.id: _members(value, where) for value in values}
    if len(plain) != len(values):
        raise AuditError(f"{where} names something twice; nothing was signed")
    return [plain[name] for name in sorted(plain)]


def _counted(key: str, name: object, count: object, where: str) -> dict[str, Any]:
    if not (shape.is_id(name) and shape.is_count(count)):
        raise AuditError(f"{where} is outside the log's closed schema; nothing was signed")
    return {"count": count, key: name}
