"""Rows of the control store as the values they stand for, and back."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import RowMapping

from retention.control import wire
from retention.control.interface import Allowance, Flight, Run, RunStatus
from retention.control.schema import HOLDS
from retention.holds import Hold, HoldKind, by_name
from retention.plan import Approval, ApprovalMode, Plan, PlannedDataset

Columns = dict[str, Any]

_REMEMBERED: Final = 20_000  # holds


def to_json(value: object) -> str:
    """Lists, and lists of lists, of text and numbers as they are kept."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # a key that is no valid text, which JSON can write as escapes alone
        return json.dumps(value, separators=(",", ":"))
    return text


def hold_columns(hold: Hold) -> Columns:
    """A hold as its row."""
    return {
        "id": hold.id,
        "kind": hold.kind.value,
        "scope": to_json(wire.scope_to_dict(hold.scope)),
        "matter": hold.matter,
        "placed_at": wire.instant_text(hold.placed_at),
        "placed_by": hold.placed_by,
        "salt": hold.salt,
        "review_on": wire.day_text(hold.review_on),
    } | release_columns(hold)


def release_columns(hold: Hold) -> Columns:
    """What a release adds to a hold's row; all None while it is in force."""
    return {
        "released_at": wire.time_text(hold.released_at),
        "released_by": hold.released_by,
        "release_reason": hold.release_reason,
        "cooling_until": wire.time_text(hold.cooling_until),
        "notified_on": wire.day_text(hold.notified_on),
    }


HOLD: Final = ", ".join(column.name for column in HOLDS.c if column.name != "seq")
"""A hold's columns, in the order in which `hold` takes them."""


@lru_cache(_REMEMBERED)
def hold(row: tuple[Any, ...]) -> Hold:
    """The hold of a row. Whenever one has changed all rows are read anew (P1), and few have changed since."""
    id_, kind, scope, matter, placed, by, salt, review, *release = row
    released, released_by, reason, cooling, notified = release
    return Hold(
        id=id_,
        kind=HoldKind(kind),
        scope=wire.scope_from_dict(json.loads(scope)),
        matter=matter,
        placed_at=datetime.fromisoformat(placed),
        placed_by=by,
        salt=salt,
        review_on=wire.day(review),
        released_at=wire.time(released),
        released_by=released_by,
        release_reason=reason,
        cooling_until=wire.time(cooling),
        notified_on=wire.day(notified),
    )


def approval_columns(approval: Approval) -> Columns:
    """An approval as its row."""
    return {
        "of": approval.of,
        "mode": approval.mode.value,
        "granted": int(approval.granted),
        "role": approval.role,
        "signer": approval.signer,
        "at": wire.instant_text(approval.at),
        "expires": approval.expires.isoformat(),
        "signature_sha256": approval.signature_sha256,
        "dataset": approval.dataset,
        "allow": to_json([list(pair) for pair in approval.allow]),
    }


def approval(row: RowMapping) -> Approval:
    """The approval of a row."""
    return Approval(
        of=row["of"],
        mode=ApprovalMode(row["mode"]),
        granted=bool(row["granted"]),
        role=row["role"],
        signer=row["signer"],
        at=datetime.fromisoformat(row["at"]),
        expires=date.fromisoformat(row["expires"]),
        signature_sha256=row["signature_sha256"],
        dataset=row["dataset"],
        allow=tuple((dataset, records) for dataset, records in json.loads(row["allow"])),
    )


def allowance(dataset: str, fingerprint: str, records: int, used: int, expires: str) -> Allowance:
    """The allowance of a row's columns."""
    return Allowance(
        dataset=dataset, fingerprint=fingerprint, records=records, used=used, expires=date.fromisoformat(expires)
    )


def plan(row: RowMapping, datasets: tuple[PlannedDataset, ...]) -> Plan:
    """The plan of a row and its datasets."""
    return Plan(
        made=datetime.fromisoformat(row["made"]),
        reference_date=date.fromisoformat(row["reference_date"]),
        prepared_by=row["prepared_by"],
        datasets=datasets,
    )


def planned(row: RowMapping) -> PlannedDataset:
    """A plan's part for one dataset."""
    return PlannedDataset(
        id=row["id"], fingerprint=row["fingerprint"], count=row["count"], root=row["root"], total=row["total"]
    )


def run_columns(run: Run) -> Columns:
    """A run as its row."""
    return {
        "id": run.id,
        "started": wire.instant_text(run.started),
        "reference_date": run.reference_date.isoformat(),
        "actor": run.actor,
        "plan": run.plan,
        "status": None if run.status is None else run.status.value,
        "ended": wire.time_text(run.ended),
    }


def run(row: RowMapping) -> Run:
    """The run of a row."""
    return Run(
        id=row["id"],
        started=datetime.fromisoformat(row["started"]),
        reference_date=date.fromisoformat(row["reference_date"]),
        actor=row["actor"],
        plan=row["plan"],
        status=None if row["status"] is None else RunStatus(row["status"]),
        ended=wire.time(row["ended"]),
    )


def flight_columns(flight: Flight) -> Columns:
    """A batch in flight as its row."""
    return {
        "intent": flight.intent,
        "run": flight.run,
        "plan": flight.plan,
        "dataset": flight.dataset,
        "action": flight.action,
        "fields": to_json(flight.fields),
        "ref_key": flight.ref_key,
        "records": flight.records,
        "members": to_json({name: [*texts] for name, texts in flight.members.items()}),
        "subjects": to_json({name: [*texts] for name, texts in flight.subjects.items()}),
        "purposes": to_json(flight.purposes),
        "registered": wire.instant_text(flight.registered),
    }


def flight(row: RowMapping) -> Flight:
    """The batch in flight of a row."""
    return Flight(
        intent=row["intent"],
        run=row["run"],
        plan=row["plan"],
        dataset=row["dataset"],
        action=row["action"],
        fields=tuple(json.loads(row["fields"])),
        ref_key=row["ref_key"],
        records=row["records"],
        members=_names(row["members"]),
        subjects=_names(row["subjects"]),
        purposes=tuple(json.loads(row["purposes"])),
        registered=datetime.fromisoformat(row["registered"]),
    )


def _names(text: str) -> dict[str, frozenset[str]]:
    """Names by what they are of; earlier versions wrote them in pairs."""
    found = json.loads(text)
    named = by_name(found) if isinstance(found, list) else found
    return {name: frozenset(texts) for name, texts in named.items()}
