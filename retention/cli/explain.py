"""`retention explain`: why a record stays or goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import click

from retention import bootstrap
from retention.cli import complete
from retention.cli.edge import Edge, EdgeCommand, json_option, pass_edge
from retention.cli.parse import DAY
from retention.cli.show import print_json, print_lines
from retention.errors import UsageError
from retention.explain import Explanation
from retention.explain import explain as explain_record
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
    """Say why a record is kept, until when, and which purpose or hold decides.

    KEY is the record's key; parts are joined by commas. With - the keys are read from standard input, one a line, so
    that none stands in the shell's history.
    """
    keys = [line.strip() for line in sys.stdin if line.strip()] if key == "-" else [key]
    if not keys:
        raise UsageError("No key on standard input. Write one a line.")
    with bootstrap.open_retention(edge.settings) as service:
        day = today or service.installation.today()
        found = [explain_record(service.installation, dataset, one, today=day) for one in keys]
    if edge.as_json:
        return print_json([_plain(one) for one in found])
    return print_lines(edge.say(line) for one in found for line in _lines(one))


def _lines(found: Explanation) -> Iterator[Text]:
    judged, day = found.judged, found.reference_date
    yield Text(nl=f"{found.dataset} {found.key}, peildatum {day}", en=f"{found.dataset} {found.key}, as of {day}")
    if judged.gate is not None:
        yield gate_words(judged.gate)
    yield judgement_words(judged.judgement)
    if (kept := history_words(judged.judgement.dataset)) is not None:
        yield kept
    yield from (_item(reading_words(reading)) for reading in judged.judgement.readings)


def _item(text: Text) -> Text:
    return Text(nl=f"  - {text.nl}", en=f"  - {text.en}")


def _plain(found: Explanation) -> dict[str, Any]:
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
