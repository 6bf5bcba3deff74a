"""Why one record is kept or goes, in sentences: what `explain` says (R10)."""

from __future__ import annotations

from typing import Final, assert_never

from retention.holds import Gate
from retention.judge import Judgement, RuleReading, State
from retention.period import first_day_destructible
from retention.reason import SENTENCE
from retention.reports.conditions import condition_words, dataset_words
from retention.reports.sentences import when_words
from retention.reports.words import Words
from retention.text import Language, Text

_NL: Final = Words(Language.NL)
_EN: Final = Words(Language.EN)


def state_words(state: State) -> Text:
    """What one rule says of a record, in a word or a few."""
    match state:
        case State.EXPIRED:
            return Text(nl="termijn verstreken", en="period expired")
        case State.RUNNING:
            return Text(nl="termijn loopt nog", en="period still running")
        case State.REFERENCED:
            return Text(nl="nog in gebruik: een ander record verwijst ernaar", en="in use: another record refers to it")
        case State.PERMANENT:
            return Text(nl="blijvend te bewaren", en="to be kept permanently")
        case State.OPEN:
            return Text(nl="nog niet afgesloten", en="not closed yet")
        case State.NO_TRIGGER:
            return Text(
                nl="de startdatum ontbreekt, dus de termijn loopt niet",
                en="the start date is missing, so the period does not run",
            )
        case State.FUTURE:
            return Text(nl="de startdatum ligt in de toekomst", en="the start date lies in the future")
        case State.IMPLAUSIBLE:
            return Text(nl="de startdatum is onwaarschijnlijk", en="the start date is implausible")
        case State.UNKNOWN:
            return Text(
                nl="niet te zeggen of deze regel geldt: een waarde ontbreekt of is onleesbaar",
                en="nobody can say whether this rule applies: a value is missing or unreadable",
            )
        case _:
            assert_never(state)


def reading_words(reading: RuleReading) -> Text:
    """What one rule says of a record: its purpose, its period, where it stands, and both dates."""
    rule, title, state = reading.rule, reading.policy.title, state_words(reading.state)
    when = when_words(rule.keep_for, rule.starts_on)
    nl, en = f"{title.nl}: {when.nl}", f"{title.en}: {when.en}"
    if rule.where is not None:
        where = condition_words(rule.where)
        nl, en = f"{nl}, als {where.nl}", f"{en}, if {where.en}"
    nl, en = f"{nl}. {_sentence(state.nl)}.", f"{en}. {_sentence(state.en)}."
    if reading.start is not None:
        nl, en = f"{nl} Begonnen op {_NL.date(reading.start)}.", f"{en} Started on {_EN.date(reading.start)}."
    if reading.last_day is not None and (first := first_day_destructible(reading.last_day)) is not None:
        nl = f"{nl} Laatste bewaardag {_NL.date(reading.last_day)}, eerste vernietigingsdag {_NL.date(first)}."
        en = f"{en} Last day kept {_EN.date(reading.last_day)}, first day destructible {_EN.date(first)}."
    return Text(nl=nl, en=en)


def judgement_words(judgement: Judgement) -> Text:
    """What becomes of a record, and which purpose decides that."""
    name, reason = dataset_words(judgement.dataset), SENTENCE[judgement.reason]
    nl, en = f"{name.nl}: {reason.nl}.", f"{name.en}: {reason.en}."
    if judgement.fields and not judgement.due:
        nl = f"{nl} Gewist wordt alleen: {_NL.listed(judgement.fields)}."
        en = f"{en} Erased is only: {_EN.listed(judgement.fields)}."
    if judgement.stays is not None:
        stays = SENTENCE[judgement.stays]
        nl, en = f"{nl} Het record zelf blijft: {stays.nl}.", f"{en} The record itself stays: {stays.en}."
    if judgement.decider is not None:
        title = judgement.decider.policy.title
        nl, en = f"{nl} Dit bepaalt het doel {title.nl}.", f"{en} The purpose {title.en} decides."
    return Text(nl=nl, en=en)


def gate_words(gate: Gate) -> Text:
    """Which hold keeps a record, and when somebody looks again; never what the matter is."""
    hold, reason = gate.hold, SENTENCE[gate.reason]
    nl, en = f"Niet vernietigd: {reason.nl} ({hold.id})", f"Not destroyed: {reason.en} ({hold.id})"
    if hold.review_on is not None:
        nl, en = f"{nl}, herbeoordeling op {_NL.date(hold.review_on)}", f"{en}, review on {_EN.date(hold.review_on)}"
    return Text(nl=f"{nl}.", en=f"{en}.")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
