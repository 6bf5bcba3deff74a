"""The one place where an entry becomes bytes: closed schema, RFC 8785, checked before anything is signed.

Rules: optional members that are empty are left out, required ones stay; arrays are sorted here, not by the
caller; a value outside its pattern is refused without being quoted, since it may be personal data (P7).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, get_args

import rfc8785
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from retention.audit import entry as entries
from retention.audit import shape
from retention.audit.entry import CountedBy, Entry, Manifest
from retention.audit.shape import Check
from retention.errors import AuditError

_EMPTY: Final[tuple[object, ...]] = (None, [], {})
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


class _Member(Struct, frozen=True, kw_only=True):
    """One member of a type of leaf, as its field in `entry` declares it."""

    name: str
    optional: bool  # left out where it is empty
    check: Check | None  # None: it is an object, whose members have theirs
    counted_by: str | None  # the name under which each id of its numbers stands; None: it holds no numbers by id


@lru_cache
def _schema(kind: type[Struct]) -> tuple[_Member, ...]:
    """The members of a type of leaf, or of an object in one."""
    return tuple(_member(one) for one in fields(kind))


def _member(one: FieldInfo) -> _Member:
    said = [mark for arm in (one.type, *get_args(one.type)) for mark in getattr(arm, "__metadata__", ())]
    names = [mark.name for mark in said if isinstance(mark, CountedBy)]
    checks = [mark for mark in said if callable(mark)]
    return _Member(
        name=one.name, optional=not one.required, check=next(iter(checks), None), counted_by=next(iter(names), None)
    )


def _members(value: Struct, where: str) -> dict[str, Any]:
    schema = _schema(type(value))
    members = {one.name: _plain(getattr(value, one.name), one, f"{where}: {one.name}") for one in schema}
    members = {one.name: members[one.name] for one in schema if not one.optional or members[one.name] not in _EMPTY}
    for one in schema:
        if one.check is not None and one.name in members and not one.check(members[one.name]):
            raise AuditError(f"{where}: member {one.name} is outside the log's closed schema; nothing was signed")
    return members


def _plain(value: Any, member: _Member, where: str) -> Any:
    """Turn a field into what JSON has, with sorted arrays and nothing for an empty set."""
    if isinstance(value, Manifest) and value.count == 0 and member.optional:
        return None
    if member.counted_by is not None:
        return [_counted(member.counted_by, name, value[name], where) for name in sorted(value)]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Struct):
        return _members(value, where)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _sorted(value, where)
    return value


def _sorted(values: Sequence[Any], where: str) -> list[Any]:
    if not any(isinstance(value, Struct) for value in values):
        return sorted(values)
    plain = {value.id: _members(value, where) for value in values}
    if len(plain) != len(values):
        raise AuditError(f"{where} names something twice; nothing was signed")
    return [plain[name] for name in sorted(plain)]


def _counted(key: str, name: object, count: object, where: str) -> dict[str, Any]:
    if not (shape.is_id(name) and shape.is_count(count)):
        raise AuditError(f"{where} is outside the log's closed schema; nothing was signed")
    return {"count": count, key: name}
