"""The public retention table, for a website: what is kept, for how long, and why, in plain words.

Nothing internal stands in it: no column, no dataset id, no purpose id. Where a declaration has no words for people, a
true sentence about the kind of start stands there, and the value says how many such lines there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from msgspec import Struct

from retention.period import Permanent
from retention.policy import Policy, Register, Rule
from retention.reports.activities import Controller
from retention.reports.sentences import disposition_words
from retention.reports.sources import source_summary
from retention.summary import SourceSummary
from retention.text import Text
from retention.trigger import Birth, EndOfYear, Ends, Trigger, Year

_UNNAMED: Final = Text(nl="Overige gegevens", en="Other data")
_A_DATE: Final = Text(nl="Na een datum die bij de gegevens zelf staat.", en="After a date that stands with the data.")


class Kept(Struct, frozen=True, kw_only=True):
    """Data that is kept equally long."""

    data: tuple[Text, ...]
    period: str  # ISO 8601, "P0D" or "permanent"
    since: Text
    action: Text | None  # None: it is not destroyed
    minimum: bool


class PublicPurpose(Struct, frozen=True, kw_only=True):
    """One purpose, as the public reads it."""

    title: Text
    description: Text | None
    legal_basis: str  # LegalBasis
    sources: tuple[SourceSummary, ...]
    kept: tuple[Kept, ...]


class PublicTable(Struct, frozen=True, kw_only=True):
    """How long an organisation keeps what, for everybody to read."""

    organisation: str
    contact: str | None
    privacy_officer: str | None
    made: date
    purposes: tuple[PublicPurpose, ...]
    unworded: int  # rules whose start, or datasets whose name, nobody put in words


def public_table(register: Register, controller: Controller, *, made: date) -> PublicTable:
    """The public retention table of an organisation."""
    rules = [rule for policy in register for rule in policy.rules]
    unnamed = {rule.dataset for rule in rules if rule.dataset.title is None}
    return PublicTable(
        organisation=controller.name,
        contact=controller.contact,
        privacy_officer=controller.privacy_officer,
        made=made,
        purposes=tuple(_purpose(policy) for policy in register),
        unworded=len(unnamed) + sum(rule.shown is None and _start(rule.starts_on) is _A_DATE for rule in rules),
    )


def _purpose(policy: Policy) -> PublicPurpose:
    return PublicPurpose(
        title=policy.title,
        description=policy.description,
        legal_basis=policy.legal_basis.value,
        sources=tuple(source_summary(source) for source in policy.sources),
        kept=tuple(_kept(policy.rules)),
    )


def _kept(rules: Iterable[Rule]) -> Iterable[Kept]:
    """The rules of a purpose, those that say the same taken together."""
    found: dict[tuple[str, Text, Text | None, bool], dict[Text, None]] = {}
    for rule in rules:
        permanent = isinstance(rule.keep_for, Permanent)
        action = None if permanent else disposition_words(rule.then or rule.dataset.then, rule.dataset)
        if rule.needs is not None and not permanent:
            action = Text(nl="wissen", en="erase")
        found.setdefault((rule.keep_for.iso, _since(rule), action, rule.minimum), {})[_data(rule)] = None
    for (period, since, action, minimum), data in found.items():
        yield Kept(data=tuple(data), period=period, since=since, action=action, minimum=minimum)


def _data(rule: Rule) -> Text:
    title = rule.dataset.title or _UNNAMED
    if rule.needs is None or rule.needs == frozenset(rule.dataset.fields):
        return title
    return Text(nl=f"{title.nl} (een deel van de gegevens)", en=f"{title.en} (part of the data)")


def _since(rule: Rule) -> Text:
    if rule.shown is not None:
        return rule.shown
    if isinstance(rule.keep_for, Permanent):
        return Text(nl="Dit wordt niet vernietigd.", en="This is not destroyed.")
    if rule.while_referenced_by is None:
        return _start(rule.starts_on)
    other, start = rule.while_referenced_by.title or _UNNAMED, _start(rule.starts_on)
    return Text(
        nl=f"{start.nl} Langer zolang het nodig is bij: {other.nl}.",
        en=f"{start.en} Longer while it is needed with: {other.en}.",
    )


def _start(trigger: Trigger | None) -> Text:
    match trigger:
        case None:
            return Text(nl="Zodra het er is.", en="As soon as it is there.")
        case Birth():
            return Text(nl="Na de geboorte.", en="After birth.")
        case EndOfYear() | Year():
            return Text(
                nl="Na het einde van het jaar waar de gegevens bij horen.",
                en="After the end of the year that the data belongs to.",
            )
        case Ends():
            return Text(nl="Nadat het is beëindigd.", en="After it has ended.")
        case _:
            return _A_DATE
