"""`retention explain`: why a record stays or goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import click
from msgspec import Struct

from retention import bootstrap
from retention.audit.find import Found
from retention.cli import complete
from retention.cli.edge import Edge, EdgeCommand, json_option, pass_edge
from retention.cli.parse import DAY
from retention.cli.show import print_json, print_lines
from retention.errors import UsageError
from retention.explain import AbsentRecordError, Explanation
from retention.explain import explain as explain_record
from retention.gone import RecordName, gone_before
from retention.installation import Installation
from retention.judge import RuleReading
from retention.period import first_day_destructible
from retention.reason import SENTENCE
from retention.reports.explained import gate_words, judgement_words, reading_words
from retention.reports.sentences import history_words
from retention.text import Text


@click.command(cls=EdgeCommand, short_help="Say why a record stays or goes.")
@click.argument("dataset", shell_complete=complete.datasets)
@click.argument("key")
@click.option("--today", type=DAY, help="As of this day; else today.")
@json_option
@pass_edge
def explain(edge: Edge, dataset: str, key: str, today: date | None) -> None:
    """Say why a record is kept, until when, and which purpose or hold decides; or when it was destroyed.

    KEY is the record's key; parts are joined by commas. With - the keys are read from standard input, one a line, so
    that none stands in the shell's history.
    """
    keys = [line.strip() for line in sys.stdin if line.strip()] if key == "-" else [key]
    if not keys:
        raise UsageError("No key on standard input. Write one a line.")
    with bootstrap.open_retention(edge.settings) as service:
        day = today or service.installation.today()
        found = [_answer(edge, service.installation, (dataset, one), day) for one in keys]
    if edge.as_json:
        return print_json([_plain(one) for one in found])
    return print_lines(edge.say(line) for one in found for line in _lines(edge, one))


class _Gone(Struct, frozen=True):
    """A record that is not there, and that the log calls destroyed."""

    name: RecordName
    outcomes: tuple[Found, ...]


def _answer(edge: Edge, installation: Installation, name: RecordName, day: date) -> Explanation | _Gone:
    """Why a record is kept or goes; of one that is not there, what the log says of it.

    Raises:
        AbsentRecordError: the log says nothing of it either, as far as this account has the keys to tell.

    """
    try:
        return explain_record(installation, *name, today=day)
    except AbsentRecordError:
        manifests, keys = bootstrap.open_manifests(edge.settings), edge.settings.keys.directory
        with installation.ledger.control.reading() as tx:
            gone = gone_before(tx, manifests, keys, [name])
        if not gone.destroyed:
            raise
        return _Gone(name, tuple(found for _, found in gone.destroyed))


def _lines(edge: Edge, found: Explanation | _Gone) -> Iterator[Text]:
    if isinstance(found, _Gone):
        yield from (_gone_words(edge, found.name, one) for one in found.outcomes)
        return
    judged, day = found.judged, found.reference_date
    yield Text(nl=f"{found.dataset} {found.key}, peildatum {day}", en=f"{found.dataset} {found.key}, as of {day}")
    if judged.gate is not None:
        yield gate_words(judged.gate)
    yield judgement_words(judged.judgement)
    if (kept := history_words(judged.judgement.dataset)) is not None:
        yield kept
    yield from (_item(reading_words(reading)) for reading in judged.judgement.readings)


def _gone_words(edge: Edge, name: RecordName, one: Found) -> Text:
    when = f"{one.time.astimezone(edge.settings.zone):%Y-%m-%d %H:%M:%S}"
    return Text(
        nl=f"{' '.join(name)}: vernietigd op {when}, run {one.run} (auditlog {one.index})",
        en=f"{' '.join(name)}: destroyed on {when}, run {one.run} (log entry {one.index})",
    )


def _item(text: Text) -> Text:
    return Text(nl=f"  - {text.nl}", en=f"  - {text.en}")


def _plain(found: Explanation | _Gone) -> dict[str, Any]:
    if isinstance(found, _Gone):
        dataset, key = found.name
        destroyed = [{"entry": one.index, "run": one.run, "time": one.time} for one in found.outcomes]
        return {"dataset": dataset, "key": key, "destroyed": destroyed}
    judgement, gate = found.judged.judgement, found.judged.gate
    return {
        "dataset": found.dataset,
        "key": found.key,
        "reference_date": found.reference_date,
        "reason": found.judged.reason,
        "sentence": SENTENCE[found.judged.reason],
        "hold": None if gate is None else gate.hold.id,
        "action": judgement.action,
        "fields": judgement.fields,
        "history": history_words(judgement.dataset),
        "decided_by": None if judgement.decider is None else judgement.decider.policy.purpose,
        "rules": [_rule(reading) for reading in judgement.readings],
    }


def _rule(reading: RuleReading) -> dict[str, Any]:
    return {
        "purpose": reading.policy.purpose,
        "keep_for": reading.rule.keep_for.iso,
        "state": reading.state,
        "start": reading.start,
        "last_day_kept": reading.last_day,
        "first_day_destructible": first_day_destructible(reading.last_day),
        "sentence": reading_words(reading),
    }
