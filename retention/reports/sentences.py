"""Rules and triggers as plain sentences, Dutch and English side by side.

Total over the closed vocabulary: a new trigger does not type-check until it has words. Column names stand
as they are, since that is what people recognise from their own system.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, assert_never

from retention.dataset import Dataset
from retention.disposition import Anonymise, Delete, Disposition
from retention.period import AtOnce, KeepFor, Period, Permanent
from retention.policy import Register, Rule
from retention.reports.conditions import condition_words, dataset_words, related_words
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


def remark_words(rule: Rule) -> Text | None:
    """What a person should read of a rule before its exact words; None when there is nothing to add."""
    said = [remark for remark in (rule.shown, _protection(rule), _bound(rule)) if remark is not None]
    return Text(nl=" ".join(r.nl for r in said), en=" ".join(r.en for r in said)) if said else None


def history_words(dataset: Dataset) -> Text | None:
    """What the database itself keeps of a dataset's records when they go; None: nothing that is declared."""
    if dataset.history is None:
        return None
    reason = dataset.history.reason
    return Text(
        nl=f"De database zelf kan bewaren wat hier verdwijnt of verandert: {reason.nl.rstrip('.')}.",
        en=f"The database itself may keep what goes or changes here: {reason.en.rstrip('.')}.",
    )


def kept_words(register: Register, dataset: Dataset) -> tuple[Text, ...]:
    """The same of a dataset and of all that goes along with it, each with its name."""
    family = dict.fromkeys((dataset, *(child for _, child, _ in register.below(dataset))))
    said = ((dataset_words(one), history_words(one)) for one in family)
    return tuple(Text(nl=f"{of.nl}: {one.nl}", en=f"{of.en}: {one.en}") for of, one in said if one)


def left_words(dataset: Dataset, versions: int | None) -> Text:
    """What is still in the history of the database after a run."""
    of, kept = dataset_words(dataset), history_words(dataset) or Text(nl="", en="")
    if versions is None:
        left = Text(
            nl="Hoeveel daarvan is achtergebleven, is niet na te gaan", en="How much of it is left cannot be counted"
        )
    else:
        left = Text(
            nl=f"Oude versies die er nog staan van wat deze run vernietigde of wiste: {versions}",
            en=f"Old versions that are still there of what this run destroyed or erased: {versions}",
        )
    return Text(nl=f"{of.nl}: {kept.nl} {left.nl}.", en=f"{of.en}: {kept.en} {left.en}.")


def _additions(rule: Rule) -> Iterable[Text]:
    said = (_protection(rule), _needs(rule), _minimum(rule), _bound(rule), history_words(rule.dataset), rule.shown)
    return (one for one in said if one)


def _protection(rule: Rule) -> Text | None:
    if rule.while_referenced_by is None:
        return None
    other = dataset_words(rule.while_referenced_by)
    return Text(
        nl=f"Zolang {other.nl} ernaar verwijst, blijft het record.",
        en=f"While {other.en} refers to it, the record stays.",
    )


def _needs(rule: Rule) -> Text | None:
    if rule.needs is None:
        return None
    fields = sorted(rule.needs)
    return Text(
        nl=f"Voor dit doel zijn alleen nodig: {_NL.listed(fields)}.",
        en=f"This purpose needs only: {_EN.listed(fields)}.",
    )


def _minimum(rule: Rule) -> Text | None:
    if not rule.minimum:
        return None
    return Text(nl="Dit is een wettelijke bewaarplicht.", en="This is a statutory minimum.")


def _bound(rule: Rule) -> Text | None:
    if rule.at_most is None:
        return None
    return Text(
        nl=f"Langer dan {_NL.period(rule.at_most)} mag niet.",
        en=f"Longer than {_EN.period(rule.at_most)} is not allowed.",
    )


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
            several = _several(parts)
            return Text(nl=f"de laatste van {several.nl}", en=f"the latest of {several.en}")
        case Earliest(parts):
            several = _several(parts)
            return Text(nl=f"de eerste van {several.nl}", en=f"the earliest of {several.en}")
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


def _several(parts: tuple[Trigger, ...]) -> Text:
    """a, b en c; parts that are more than a column's name are set apart by semicolons."""
    words = [trigger_words(part) for part in parts]
    if all(isinstance(part, Column) for part in parts):
        return Text(nl=_NL.listed(w.nl for w in words), en=_EN.listed(w.en for w in words))
    return Text(nl="; ".join(w.nl for w in words), en="; ".join(w.en for w in words))


def _latest_of(trigger: LatestOf) -> Text:
    inner, related = trigger_words(trigger.of), related_words(trigger.dataset, trigger.on)
    nl, en = f"de laatste {inner.nl} in {related.nl}", f"the latest {inner.en} in {related.en}"
    if trigger.if_none is not None:
        otherwise = trigger_words(trigger.if_none)
        nl, en = f"{nl} (zijn die er niet: {otherwise.nl})", f"{en} (where there are none: {otherwise.en})"
    return Text(nl=nl, en=en)
