"""Rules, triggers and conditions as plain sentences, Dutch and English side by side.

Total over the closed vocabulary: a new trigger or condition does not type-check until it has words. Column names stand
as they are, since that is what people recognise from their own system.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, assert_never

from retention.condition import And, Compare, Comparison, Condition, Constant, Empty, Equals, Exists, In, Not, Or
from retention.dataset import Dataset
from retention.disposition import Anonymise, Delete, Disposition
from retention.period import AtOnce, KeepFor, Period, Permanent
from retention.policy import Rule
from retention.relation import Join
from retention.reports.words import Words
from retention.technique import is_pseudonym
from retention.text import Language, Text
from retention.trigger import (
    Birth,
    Column,
    Earliest,
    EndOfYear,
    Ends,
    FollowedBy,
    Latest,
    LatestOf,
    OpenWhileEmpty,
    Trigger,
    Year,
)

_NL: Final = Words(Language.NL)
_EN: Final = Words(Language.EN)


def rule_sentence(rule: Rule) -> Text:
    """What one rule decides, as a sentence or a few: which records, what happens, and when."""
    subject = dataset_words(rule.dataset)
    nl, en = subject.nl, subject.en
    if rule.where is not None:
        where = condition_words(rule.where)
        nl, en = f"{nl}, als {where.nl}", f"{en}, if {where.en}"
    act, when = (
        disposition_words(rule.then or rule.dataset.then, rule.dataset),
        when_words(rule.keep_for, rule.starts_on),
    )
    if isinstance(rule.keep_for, Permanent):
        nl, en = f"{nl}: {when.nl}.", f"{en}: {when.en}."
    else:
        nl, en = f"{nl}: {act.nl} {when.nl}.", f"{en}: {act.en} {when.en}."
    for more in _additions(rule):
        nl, en = f"{nl} {more.nl}", f"{en} {more.en}"
    return Text(nl=nl, en=en)


def dataset_words(dataset: Dataset) -> Text:
    """A dataset as people know it, with the id that stands for it in the log."""
    if dataset.title is None:
        return Text(nl=dataset.id, en=dataset.id)
    return Text(nl=f"{dataset.title.nl} ({dataset.id})", en=f"{dataset.title.en} ({dataset.id})")


def disposition_words(disposition: Disposition, dataset: Dataset) -> Text:
    """What is done to a record, as an infinitive; erasing that leaves a pseudonym is not called anonymising."""
    match disposition:
        case Delete():
            return Text(nl="vernietigen", en="destroy")
        case Anonymise() if any(is_pseudonym(technique) for technique in dataset.fields.values()):
            return Text(nl="pseudonimiseren", en="pseudonymise")
        case Anonymise():
            return Text(nl="anonimiseren", en="anonymise")
        case _:
            assert_never(disposition)


def when_words(keep_for: KeepFor, starts_on: Trigger | None) -> Text:
    """How long, from when: "5 jaar na afgesloten_op"."""
    match keep_for:
        case Permanent():
            return Text(nl="blijvend bewaren", en="keep permanently")
        case AtOnce() if starts_on is None:
            return trigger_words(None)
        case AtOnce():
            start = trigger_words(starts_on)
            return Text(nl=f"meteen na {start.nl}", en=f"immediately after {start.en}")
        case Period():
            start = trigger_words(starts_on)
            return Text(nl=f"{_NL.period(keep_for)} na {start.nl}", en=f"{_EN.period(keep_for)} after {start.en}")
        case _:
            assert_never(keep_for)


def _additions(rule: Rule) -> Iterable[Text]:
    if rule.while_referenced_by is not None and rule.on is not None:
        other = dataset_words(rule.while_referenced_by)
        yield Text(
            nl=f"Zolang {other.nl} ernaar verwijst, blijft het record.",
            en=f"While {other.en} refers to it, the record stays.",
        )
    if rule.needs is not None:
        fields = sorted(rule.needs)
        yield Text(
            nl=f"Voor dit doel zijn alleen nodig: {_NL.listed(fields)}.",
            en=f"This purpose needs only: {_EN.listed(fields)}.",
        )
    if rule.minimum:
        yield Text(nl="Dit is een wettelijke bewaarplicht.", en="This is a statutory minimum.")
    if rule.at_most is not None:
        yield Text(
            nl=f"Langer dan {_NL.period(rule.at_most)} mag niet.",
            en=f"Longer than {_EN.period(rule.at_most)} is not allowed.",
        )
    if rule.shown is not None:
        yield rule.shown


def trigger_words(trigger: Trigger | None) -> Text:
    """What starts a period, as words that follow "5 jaar na"; None is a rule that waits for nothing."""
    match trigger:
        case None:
            return Text(nl="zodra het er is", en="as soon as it exists")
        case Column(name):
            return Text(nl=name, en=name)
        case Ends(name):
            return Text(
                nl=f"de einddatum {name} (leeg of in de toekomst: het loopt nog)",
                en=f"the end date {name} (empty or ahead: it still runs)",
            )
        case Year(name):
            return Text(nl=f"het einde van het jaar in {name}", en=f"the end of the year in {name}")
        case Birth(name):
            return Text(nl=f"de geboortedatum ({name})", en=f"the date of birth ({name})")
        case Latest(parts):
            words = [trigger_words(part) for part in parts]
            return Text(
                nl=f"de laatste van {_NL.listed(w.nl for w in words)}",
                en=f"the latest of {_EN.listed(w.en for w in words)}",
            )
        case Earliest(parts):
            words = [trigger_words(part) for part in parts]
            return Text(
                nl=f"de eerste van {_NL.listed(w.nl for w in words)}",
                en=f"the earliest of {_EN.listed(w.en for w in words)}",
            )
        case EndOfYear(of):
            inner = trigger_words(of)
            return Text(nl=f"het einde van het jaar van {inner.nl}", en=f"the end of the year of {inner.en}")
        case LatestOf():
            return _latest_of(trigger)
        case FollowedBy(of):
            inner = trigger_words(of)
            return Text(
                nl=f"{inner.nl} van de laatste opvolger (zonder opvolger: van het record zelf)",
                en=f"{inner.en} of its last successor (without one: of the record itself)",
            )
        case OpenWhileEmpty(of, activity, stale_after):
            inner, active = trigger_words(of), trigger_words(activity)
            return Text(
                nl=f"{inner.nl} (leeg: nog open, tot {_NL.period(stale_after)} na {active.nl})",
                en=f"{inner.en} (empty: still open, until {_EN.period(stale_after)} after {active.en})",
            )
        case _:
            assert_never(trigger)


def _latest_of(trigger: LatestOf) -> Text:
    inner, related = trigger_words(trigger.of), _related(trigger.dataset, trigger.on)
    nl, en = f"de laatste {inner.nl} in {related.nl}", f"the latest {inner.en} in {related.en}"
    if trigger.if_none is not None:
        otherwise = trigger_words(trigger.if_none)
        nl, en = f"{nl} (zijn die er niet: {otherwise.nl})", f"{en} (where there are none: {otherwise.en})"
    return Text(nl=nl, en=en)


def _related(dataset: Dataset, on: Join) -> Text:
    """The records that a relation reaches; which columns are equal is for the data map, not for the reader."""
    name = dataset_words(dataset)
    nl, en = f"bijbehorende {name.nl}", f"related {name.en}"
    if on.where is not None:
        where = condition_words(on.where)
        nl, en = f"{nl} waarvan {where.nl}", f"{en} of which {where.en}"
    return Text(nl=nl, en=en)


def condition_words(condition: Condition) -> Text:
    """Which records, as words that follow "als" and "if"."""
    return _condition(condition, yes=True)


def _condition(condition: Condition, *, yes: bool) -> Text:
    match condition:
        case Equals(column, value):
            shown, no = _constant(value), ("", "") if yes else ("niet ", "not ")
            return Text(nl=f"{column} {no[0]}gelijk is aan {shown.nl}", en=f"{column} is {no[1]}{shown.en}")
        case In(column, values):
            nl, en = _NL.either(_constant(v).nl for v in values), _EN.either(_constant(v).en for v in values)
            if yes:
                return Text(nl=f"{column} gelijk is aan {nl}", en=f"{column} is {en}")
            return Text(nl=f"{column} niet gelijk is aan {nl}", en=f"{column} is not {en}")
        case Empty(column):
            if yes:
                return Text(nl=f"{column} leeg is", en=f"{column} is empty")
            return Text(nl=f"{column} is ingevuld", en=f"{column} is filled in")
        case Compare(column, comparison, value):
            return _compare(column, comparison, value, yes=yes)
        case And(parts):
            return _several(parts, every=True, yes=yes)
        case Or(parts):
            return _several(parts, every=False, yes=yes)
        case Not(part):
            return _condition(part, yes=not yes)
        case Exists():
            return _exists(condition, yes=yes)
        case _:
            assert_never(condition)


def _several(parts: tuple[Condition, ...], *, every: bool, yes: bool) -> Text:
    """Parts joined by "and" or "or"; a negation goes inside, which turns the one into the other (De Morgan)."""
    words = [_bracketed(part, yes=yes) for part in parts] if len(parts) > 1 else [_condition(parts[0], yes=yes)]
    nl, en = (" en ", " and ") if every == yes else (" of ", " or ")
    return Text(nl=nl.join(w.nl for w in words), en=en.join(w.en for w in words))


def _bracketed(part: Condition, *, yes: bool) -> Text:
    words = _condition(part, yes=yes)
    inner = part
    while isinstance(inner, Not):
        inner = inner.part
    if isinstance(inner, And | Or) and len(inner.parts) > 1:
        return Text(nl=f"({words.nl})", en=f"({words.en})")
    return words


def _exists(condition: Exists, *, yes: bool) -> Text:
    related = _related(condition.dataset, condition.on)
    nl, en = ("er", "there are") if yes else ("er geen", "there are no")
    nl, en = f"{nl} {related.nl} zijn", f"{en} {related.en}"
    if condition.where is not None:
        where = condition_words(condition.where)
        nl, en = f"{nl} waarvan {where.nl}", f"{en} of which {where.en}"
    return Text(nl=nl, en=en)


def _compare(column: str, comparison: Comparison, value: Constant, *, yes: bool) -> Text:
    shown = _constant(value)
    nl, en = ("", "") if yes else ("niet ", "not ")
    words = _comparison(comparison)
    if isinstance(value, date):
        on = _before_or_after(comparison)
        return Text(nl=f"{column} {nl}{on.nl} {shown.nl} ligt", en=f"{column} is {en}{on.en} {shown.en}")
    return Text(nl=f"{column} {nl}{words.nl} {shown.nl}", en=f"{column} is {en}{words.en} {shown.en}")


def _comparison(comparison: Comparison) -> Text:
    match comparison:
        case Comparison.LESS:
            return Text(nl="kleiner is dan", en="less than")
        case Comparison.AT_MOST:
            return Text(nl="hoogstens gelijk is aan", en="at most")
        case Comparison.MORE:
            return Text(nl="groter is dan", en="more than")
        case Comparison.AT_LEAST:
            return Text(nl="minstens gelijk is aan", en="at least")
        case _:
            assert_never(comparison)


def _before_or_after(comparison: Comparison) -> Text:
    match comparison:
        case Comparison.LESS:
            return Text(nl="vóór", en="before")
        case Comparison.AT_MOST:
            return Text(nl="op of vóór", en="on or before")
        case Comparison.MORE:
            return Text(nl="na", en="after")
        case Comparison.AT_LEAST:
            return Text(nl="op of na", en="on or after")
        case _:
            assert_never(comparison)


def _constant(value: Constant) -> Text:
    match value:
        case bool():
            return Text(nl="ja" if value else "nee", en="yes" if value else "no")
        case str():
            return Text(nl=f"“{value}”", en=f"“{value}”")
        case date():
            return Text(nl=_NL.date(value), en=_EN.date(value))
        case _:
            return Text(nl=_NL.exact(value), en=_EN.exact(value))
