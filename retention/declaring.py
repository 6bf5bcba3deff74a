"""The stripped list and the declaration of a run, put together from the log's outcomes and the plan's words."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace

from retention.disposition import Action
from retention.installation import Installation
from retention.reason import Reason
from retention.reporting import Remembered, along, approved, planned_dataset, remember
from retention.reports.activities import Controller
from retention.reports.destruction import (
    Declaration,
    DestructionList,
    Disclosed,
    Exclusion,
    Failure,
    Ground,
    Line,
    Remains,
    StoreFacts,
    kept,
)
from retention.reports.figures import Fate, fate, pseudonymises
from retention.reports.values import as_json
from retention.run_summary import DatasetRun
from retention.text import Text

LIST_FILE: Final = "destruction-list.json"
"""What a stripped list is written as; the declaration has the SHA-256 of exactly these bytes."""


def destruction_list(installation: Installation, run: str) -> DestructionList:
    """The stripped list of a run.

    Raises:
        UsageError: there is no such run.
    """
    return _list(installation, remember(installation, run))


def declaration(
    installation: Installation, run: str, *, controller: Controller, stores: Mapping[str, StoreFacts]
) -> tuple[Declaration, DestructionList]:
    """The declaration of a run, with the stripped list that it has the hash of.

    Raises:
        UsageError: there is no such run.
    """
    found = remember(installation, run)
    listed = _list(installation, found)
    declared = Declaration(
        id=f"VV-{found.run.id}",
        organisation=installation.organisation,
        address=controller.address or "",
        zone=installation.zone.key,
        tool=found.logged.tool,
        run=found.run.id,
        actor=found.run.actor,
        reference_date=found.run.reference_date,
        plan=found.run.plan,
        plan_reference_date=listed.reference_date,
        prepared_by=None if found.plan is None else found.plan.prepared_by,
        started=listed.started,
        ended=listed.ended,
        final=listed.final,
        told=found.told is not None,
        list_id=listed.id,
        list_file=LIST_FILE,
        list_sha256=hashlib.sha256(as_json(listed).encode()).hexdigest(),
        lines=listed.lines,
        grounds=listed.grounds,
        approvals=tuple(replace(one, allow=()) for one in approved(found)),  # a number may be under 5
        exclusions=tuple(_exclusions(found)),
        failures=tuple(_failures(found)),
        disclosed=tuple(_disclosed(found, listed.lines, controller)),
        remains=_remains(found, listed.lines, stores, installation),
        histories=_histories(listed.lines, installation),
        open_intents=tuple(one.intent for one in found.logged.batches if one.outcome is None),
        first_entry=found.logged.first,
        last_entry=found.logged.last,
        checkpoint=found.checkpoint,
    )
    return declared, listed


def _list(installation: Installation, found: Remembered) -> DestructionList:
    lines = tuple(_lines(found))
    purposes = {purpose for line in lines for purpose in line.purposes}
    policies = () if found.planned is None else found.planned.policies
    return DestructionList(
        id=f"VL-{found.run.id}",
        organisation=installation.organisation,
        zone=installation.zone.key,
        tool=found.logged.tool,
        run=found.run.id,
        reference_date=None if found.plan is None else found.plan.reference_date,
        plan=found.run.plan,
        started=found.logged.started,
        ended=found.logged.ended,
        final=found.logged.ended is not None and all(one.outcome is not None for one in found.logged.batches),
        lines=lines,
        grounds=tuple(Ground.of(policy) for policy in policies if policy.purpose in purposes),
    )


def _lines(found: Remembered) -> Iterator[Line]:
    """What was destroyed, by dataset, manner and purposes."""
    groups = sorted({(one.dataset, one.action, one.fields, one.policies) for one in found.logged.batches})
    for dataset, action, fields, purposes in groups:
        batches = [
            one
            for one in found.logged.batches
            if (one.dataset, one.action, one.fields, one.policies) == (dataset, action, fields, purposes)
            and one.destroyed
        ]
        if not batches:
            continue
        planned = planned_dataset(dataset, found.planned)
        techniques = {} if planned is None else planned.techniques
        erased = () if action == Action.DELETE else fields or tuple(sorted(techniques))
        yield Line(
            dataset=dataset,
            title=Text(nl=dataset, en=dataset) if planned is None else planned.title,
            store=dataset.partition(".")[0],
            action=action,
            fields=erased,
            techniques={name: techniques[name] for name in erased if name in techniques},
            purposes=purposes,
            records=kept(sum(one.destroyed for one in batches)),
            children={name: kept(count) for name, count in along(batches).items()},
            pseudonyms=planned is not None and action != Action.DELETE and pseudonymises(planned),
            entries=tuple(sorted(one.outcome for one in batches if one.outcome is not None)),
        )


def _exclusions(found: Remembered) -> Iterator[Exclusion]:
    """What was exempted when planning, and what the run left alone."""
    for planned in () if found.planned is None else found.planned.datasets:
        for code, count in sorted(planned.reasons.items()):
            if count and fate(Reason(code)) is Fate.HELD:
                yield Exclusion(dataset=planned.id, title=planned.title, reason=code, records=kept(count))
    for told in () if found.told is None else found.told.datasets:
        title = _title(told.id, found)
        for code, count in _left(told).items():
            yield Exclusion(dataset=told.id, title=title, reason=code, records=kept(count))


def _left(told: DatasetRun) -> Mapping[str, int]:
    late = {Reason.SKIP_HOLD_LATE.value: sum(told.held.values()) - told.held.get(Reason.KEEP_COOLING_OFF, 0)}
    others = {
        Reason.KEEP_COOLING_OFF.value: told.held.get(Reason.KEEP_COOLING_OFF, 0),
        Reason.SKIP_CHANGED.value: told.changed,
        Reason.SKIP_GONE.value: told.gone,
        "refused": told.refused,
        "waiting": told.waiting,
        "postponed": told.postponed,
    }
    return {code: count for code, count in (late | others).items() if count}


def _failures(found: Remembered) -> Iterator[Failure]:
    told = {} if found.told is None else {one.id: tuple(one.failed) for one in found.told.datasets}
    for dataset, count in sorted(found.logged.failed.items()):
        if count is None or count:
            records = None if count is None else kept(count)
            title = _title(dataset, found)
            yield Failure(dataset=dataset, title=title, reasons=told.get(dataset, ()), records=records)
    pending = Counter[str]()
    for one in found.logged.batches:
        if one.outcome is None:
            pending[one.dataset] += one.cleared
    for dataset, count in sorted(pending.items()):
        yield Failure(dataset=dataset, title=_title(dataset, found), reasons=(), records=kept(count), open=True)


def _disclosed(found: Remembered, lines: Iterable[Line], controller: Controller) -> Iterator[Disclosed]:
    """Who may have received the data, as far as anybody declared it: also of what went along under rules of its own."""
    policies = () if found.planned is None else found.planned.policies
    named = {policy.purpose: policy.title for policy in policies}
    ruled = {(rule.dataset, policy.purpose) for policy in policies for rule in policy.rules}
    gone = {(line.dataset, purpose) for line in lines for purpose in line.purposes}
    along = {name for line in lines for name in line.children}
    for dataset, purpose in sorted(gone | {one for one in ruled if one[0] in along}):
        yield Disclosed(
            dataset=dataset,
            title=_title(dataset, found),
            purpose=purpose,
            purpose_title=named.get(purpose, Text(nl=purpose, en=purpose)),
            recipients=controller.of_purpose(purpose).recipients,
        )


def _title(dataset: str, found: Remembered) -> Text:
    planned = planned_dataset(dataset, found.planned)
    return Text(nl=dataset, en=dataset) if planned is None else planned.title


def _remains(
    found: Remembered, lines: Iterable[Line], stores: Mapping[str, StoreFacts], installation: Installation
) -> tuple[Remains, ...]:
    last = found.logged.ended or found.logged.started
    day = last.astimezone(installation.zone).date()
    return tuple(_remaining(name, day, stores.get(name)) for name in sorted({line.store for line in lines}))


def _histories(lines: Iterable[Line], installation: Installation) -> Mapping[str, Text]:
    """What the data map says of histories that are not ours to empty, of what went and what went along."""
    gone = {name for line in lines for name in (line.dataset, *line.children)}
    every = {one.id: one.history for one in installation.register.all_datasets if one.id in gone}
    return {name: history.reason for name, history in every.items() if history is not None}


def _remaining(store: str, day: date, facts: StoreFacts | None) -> Remains:
    days = None if facts is None else facts.backup_days
    return Remains(
        store=store,
        engine="" if facts is None else facts.engine,
        backups_until=None if days is None else day + timedelta(days=days),
    )
