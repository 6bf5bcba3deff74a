"""One entry as a verifier reads it: canonical bytes, closed schema, every string in its pattern.

Written apart from the writer's schema, so that one mistake is not made twice. Two JSON readers can never
understand an accepted entry differently: no duplicate or unknown names, printable ASCII, safe integers.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

import rfc8785

from retention.errors import VerificationError

Members = Mapping[str, Any]
_Check = Callable[[Any], bool]


def _text(pattern: str) -> _Check:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _number(value: Any) -> bool:
    return type(value) is int and value >= 0


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _record(**checks: _Check) -> _Check:
    return lambda value: (
        isinstance(value, dict) and value.keys() == checks.keys() and all(checks[k](value[k]) for k in checks)
    )


def _rising(check: _Check, key: Callable[[Any], Any] = lambda value: value, *, empty: bool = False) -> _Check:
    """Arrays are sorted and distinct; an optional one that is empty had to be left out."""

    def holds(values: Any) -> bool:
        if not isinstance(values, list) or not all(check(value) for value in values):
            return False
        keys = [key(value) for value in values]
        return (empty or bool(values)) and all(a < b for a, b in pairwise(keys))

    return holds


def _day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _counted(name: str) -> _Check:
    return _rising(_record(count=_number, **{name: _ID}), lambda value: value[name])


_HASH: Final = _text(r"[0-9a-f]{64}")
_ROOT: Final = _text(r"[A-Za-z0-9+/]{43}=")
_ID: Final = _text(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
_PARTY: Final = _text(r"[a-z0-9][a-z0-9_.-]{0,63}")
_ORIGIN: Final = _text(r"[!-*,-~]{1,200}")
_VKEY: Final = _text(r"[!-*,-~]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}")
_RUN: Final = _text(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
_TIME: Final = _text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_MANIFEST: Final = _record(count=_number, root=_HASH)
_PLANNED: Final = _record(count=_number, id=_ID, sha256=_HASH)

# A question mark ends the name of a member that may be absent.
_SCHEMA: Final[Mapping[str, Mapping[str, _Check]]] = {
    "log-init": {
        "origin": _ORIGIN,
        "vkey": _VKEY,
        "prev_log?": _record(origin=_ORIGIN, root=_ROOT, size=_number),
    },
    "log-key": {"event": _text("add|retire"), "vkey": _VKEY},
    "ref-key": {"event": _text("create|destroy"), "id": _ID, "dataset": _ID, "commit?": _HASH},
    "policy": {"id": _ID, "version": _text(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,39}"), "sha256": _HASH},
    "dataset": {"id": _ID, "sha256": _HASH},
    "plan": {
        "digest": _HASH,
        "reference_date": _day,
        "prepared_by": _PARTY,
        "datasets": _rising(_PLANNED, lambda value: value["id"], empty=True),
    },
    "approval": {
        "event": _text("grant|withdraw"),
        "of": _HASH,
        "mode": _text("standing|list"),
        "role": _PARTY,
        "signer": _PARTY,
        "expires": _day,
        "signature_sha256?": _HASH,
        "allow?": _counted("dataset"),
    },
    "hold": {
        "event": _text("place|release"),
        "hold": _ID,
        "kind": _text("legal-hold|restriction|open-request|exemption"),
        "scope_commit?": _HASH,
    },
    "run-start": {
        "run": _RUN,
        "prev": _record(root=_ROOT, size=_number),
        "config": _HASH,
        "tool": _text(r"retention/[0-9]+\.[0-9]+\.[0-9]+"),
        "actor": _PARTY,
        "plan?": _HASH,
    },
    "intent": {
        "run": _RUN,
        "dataset": _ID,
        "action": _text("delete|anonymise|erase-fields"),
        "policies": _rising(_ID),
        "fields?": _rising(_text(r"[A-Za-z0-9_$#@ .-]{1,128}")),
        "reference_date": _day,
        "ref_key": _ID,
        "manifest": _MANIFEST,
    },
    "outcome": {
        "run": _RUN,
        "intent": _number,
        "dataset": _ID,
        "check": _text("read-back|locking-read"),
        "recovered": _flag,
        "destroyed?": _MANIFEST,
        "kept?": _MANIFEST,
        "failed?": _MANIFEST,
        "absent?": _MANIFEST,
        "subjects?": _MANIFEST,
        "children?": _counted("dataset"),
        "by_policy?": _counted("policy"),
    },
    "anchor": {"size": _number, "tsr_sha256?": _HASH, "tsa?": _ID, "witness?": _text(r"[!-*,-~]{1,200}")},
    "run-end": {
        "run": _RUN,
        "status": _text("done|failed|refused|at-risk|waiting|aborted"),
        "totals": _record(absent=_number, destroyed=_number, failed=_number, kept=_number),
        "open?": _rising(_number),
    },
}


def read_entry(raw: bytes) -> Members:
    """Read an entry.

    Raises: VerificationError, when its bytes are not canonical or a member is missing, unknown or out of pattern.
    """
    try:
        members = json.loads(raw, object_pairs_hook=_distinct, parse_float=_refuse, parse_constant=_refuse)
        same = rfc8785.dumps(members) == raw
    except (ValueError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise VerificationError("not canonical JSON") from error
    if not same or not isinstance(members, dict) or not all(0x20 <= byte < 0x7F for byte in raw):  # noqa: PLR2004 - printable ASCII
        raise VerificationError("not canonical JSON")
    kind = members.get("type")
    schema = _SCHEMA.get(kind) if isinstance(kind, str) else None
    if schema is None:
        raise VerificationError("without a known type")
    if members.get("v") != 1 or not _time(members.get("time")):
        raise VerificationError(f"{kind} with another version or without a time")
    _check_members(str(kind), members, schema)
    return members


def _check_members(kind: str, members: Members, schema: Mapping[str, _Check]) -> None:
    for name, check in schema.items():
        plain = name.removesuffix("?")
        if plain not in members and name == plain:
            raise VerificationError(f'{kind} without "{plain}"')
        if plain in members and not check(members[plain]):
            raise VerificationError(f'{kind} with "{plain}" out of its pattern')
    for name in members.keys() - {"v", "type", "time"}:
        if name not in schema and f"{name}?" not in schema:
            raise VerificationError(f"{kind} with an unknown member")


def _time(value: Any) -> bool:
    try:
        return _TIME(value) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice")
    return members


def _refuse(text: str) -> Any:
    raise ValueError(text)
