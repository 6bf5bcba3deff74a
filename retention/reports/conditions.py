"""Conditions as plain words, Dutch and English side by side: which records a rule is about.

Total over the closed vocabulary: a new condition does not type-check until it has words. A negation goes inside, since
nobody reads "not (a and b)"; conditions are two-valued, so that this is the same.
"""

from __future__ import annotations

from datetime import date
from typing import Final, assert_never

from retention.condition import And, Compare, Comparison, Condition, Constant, Empty, Equals, Exists, In, Not, Or
from retention.dataset import Dataset
from retention.relation import Join
from retention.reports.words import Words
from retention.text import Language, Text

_NL: Final = Words(Language.NL)
_EN: Final = Words(Language.EN)


def dataset_words(dataset: Dataset) -> Text:
    """A dataset as people know it, with the id that stands for it in the log."""
    if dataset.title is None:
        return Text(nl=dataset.id, en=dataset.id)
    return Text(nl=f"{dataset.title.nl} ({dataset.id})", en=f"{dataset.title.en} ({dataset.id})")


def related_words(dataset: Dataset, on: Join) -> Text:
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
            return Text(nl=f"{column} ingevuld is", en=f"{column} is filled in")
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
    related = related_words(condition.dataset, condition.on)
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
