"""Holds as bytes, the same in the control store, in the journal, and under the log's commitment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from msgspec.structs import replace

from retention.holds import Hold, HoldKind, Scope

_COMMIT_TAG: Final = b"retain-hold/v1\0"
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)

Json = dict[str, Any]


def scope_to_dict(scope: Scope) -> Json:
    """A scope as JSON: sorted, what is not given left out."""
    members: Json = {
        "datasets": sorted(scope.datasets),
        "from": day_text(scope.starts_from),
        "purposes": sorted(scope.purposes),
        "records": [list(record) for record in sorted(scope.records)],
        "subjects": [list(subject) for subject in sorted(scope.subjects)],
        "to": day_text(scope.starts_to),
    }
    return {name: value for name, value in members.items() if value}


def scope_from_dict(members: Mapping[str, Any]) -> Scope:
    """The scope that `scope_to_dict` wrote."""
    return Scope(
        subjects=frozenset((namespace, id_) for namespace, id_ in members.get("subjects", ())),
        records=frozenset((dataset, key) for dataset, key in members.get("records", ())),
        datasets=frozenset(members.get("datasets", ())),
        purposes=frozenset(members.get("purposes", ())),
        starts_from=day(members.get("from")),
        starts_to=day(members.get("to")),
    )


def scope_commit(hold: Hold) -> str:
    """What the log says of a hold's scope: a salted commitment, 64 lower-case hex (audit-format.md 4.2)."""
    return hashlib.sha256(_COMMIT_TAG + hold.salt + canonical(scope_to_dict(hold.scope))).hexdigest()


def canonical(members: Json) -> bytes:
    """RFC 8785 of what a hold is made of, text under our own names: there json writes the same, at a tenth of the cost.

    A UnicodeEncodeError where text is not valid Unicode.
    """
    return _CANONICAL.encode(members).encode()


def hold_to_dict(hold: Hold) -> Json:
    """A hold as JSON; what is None is left out."""
    members: Json = {
        "cooling_until": time_text(hold.cooling_until),
        "id": hold.id,
        "kind": hold.kind.value,
        "matter": hold.matter,
        "notified_on": day_text(hold.notified_on),
        "placed_at": time_text(hold.placed_at),
        "placed_by": hold.placed_by,
        "release_reason": hold.release_reason,
        "released_at": time_text(hold.released_at),
        "released_by": hold.released_by,
        "review_on": day_text(hold.review_on),
        "salt": hold.salt.hex(),
        "scope": scope_to_dict(hold.scope),
    }
    return {name: value for name, value in members.items() if value is not None}


def hold_from_dict(members: Mapping[str, Any]) -> Hold:
    """The hold that `hold_to_dict` wrote; KeyError, TypeError or ValueError when it did not."""
    return Hold(
        id=members["id"],
        kind=HoldKind(members["kind"]),
        scope=scope_from_dict(members["scope"]),
        matter=members["matter"],
        placed_at=datetime.fromisoformat(members["placed_at"]),
        placed_by=members["placed_by"],
        salt=bytes.fromhex(members["salt"]),
        review_on=day(members.get("review_on")),
        released_at=time(members.get("released_at")),
        released_by=members.get("released_by"),
        release_reason=members.get("release_reason"),
        cooling_until=time(members.get("cooling_until")),
        notified_on=day(members.get("notified_on")),
    )


def as_placed(hold: Hold) -> Hold:
    """A hold as it was when it was placed, whatever became of it."""
    return replace(hold, released_at=None, released_by=None, release_reason=None, cooling_until=None, notified_on=None)


def instant_text(value: datetime) -> str:
    """An aware instant as text: UTC, six decimals."""
    if value.tzinfo is None:
        raise ValueError("an instant without a zone")
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def time_text(value: datetime | None) -> str | None:
    """An aware instant as text; None stays None."""
    return None if value is None else instant_text(value)


def time(text: str | None) -> datetime | None:
    """The instant that `time_text` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def day_text(value: date | None) -> str | None:
    """A date as text; None stays None."""
    return None if value is None else value.isoformat()


def day(text: str | None) -> date | None:
    """The date that `day_text` wrote."""
    return None if text is None else date.fromisoformat(text)
