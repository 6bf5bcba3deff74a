"""Dates as declared against columns as they are: a trigger that cannot be read never starts a period."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from retention.dataset import Dataset, DateKind, Day, Timestamp, TimeText
from retention.errors import PolicyError
from retention.finding import Finding
from retention.policy import Register, Rule
from retention.stores.check_tools import Checked, error
from retention.stores.schema import SchemaColumn
from retention.stores.sql_time import zone_of
from retention.text import Text
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


class Use(StrEnum):
    """What a trigger takes a column for."""

    DATE = "date"
    YEAR = "year"
    BOUND = "bound"  # a date that another cannot precede


_AS_TEXT = (str, date, datetime, None)  # types under which a column can hold a date, as text or as itself


def check_dates(checked: Checked) -> Iterator[Finding]:
    """Declared dates that the column cannot hold, and triggers that are not declared as dates."""
    live = checked.table.columns
    for name, kind in checked.dataset.dates.items():
        if name in live:
            yield from _held(checked, live[name], kind)
    for name, use in sorted(trigger_columns(checked.register, checked.dataset)):
        if name not in live:
            continue
        if use is Use.YEAR and live[name].python_type not in (int, None):
            yield error(
                "TRIGGER_NO_YEAR",
                checked.at(name),
                Text(
                    nl=f"een regel leest een jaartal, de kolom is {live[name].sql_type or 'zonder type'}",
                    en=f"a rule reads a year, the column is {live[name].sql_type or 'untyped'}",
                ),
                Text(nl="Een jaar is een geheel getal.", en="A year is an integer."),
            )
        if use is not Use.YEAR and name not in checked.dataset.dates:
            yield error(
                "TRIGGER_NO_DATE",
                checked.at(name),
                Text(
                    nl="een regel leest deze kolom als datum, maar zij is niet als datum gedeclareerd",
                    en="a rule reads this column as a date, but it is not declared as one",
                ),
                Text(
                    nl=f"Zet {name!r} bij dates van {checked.dataset.id}: Day() of Timestamp(zone=…).",
                    en=f"Add {name!r} to the dates of {checked.dataset.id}: Day() or Timestamp(zone=…).",
                ),
            )


def trigger_columns(register: Register, dataset: Dataset) -> frozenset[tuple[str, Use]]:
    """The columns of a dataset that the trigger of some rule reads, perhaps a rule of another dataset."""
    return frozenset(
        (name, use) for policy in register for rule in policy.rules for own, name, use in _of(rule) if own is dataset
    )


def scanned_columns(register: Register, dataset: Dataset) -> tuple[str, ...]:
    """The date columns by which a scan can leave out what is not due: those of the dataset's own rules."""
    found = (
        name
        for _, rule in register.rules_for(dataset)
        for own, name, use in _of(rule)
        if own is dataset and use is Use.DATE
    )
    return tuple(dict.fromkeys(found))


def _of(rule: Rule) -> Iterator[tuple[Dataset, str, Use]]:
    return iter(()) if rule.starts_on is None else _dated(rule.dataset, rule.starts_on)


def _dated(own: Dataset, trigger: Trigger) -> Iterator[tuple[Dataset, str, Use]]:
    match trigger:
        case Column(name) | Ends(name) | Birth(name):
            yield own, name, Use.DATE
            bound = own.dates[name].not_before if name in own.dates else None
            if bound is not None:
                yield own, bound, Use.BOUND
        case Year(name):
            yield own, name, Use.YEAR
        case Latest(parts) | Earliest(parts):
            for part in parts:
                yield from _dated(own, part)
        case EndOfYear(of) | FollowedBy(of):
            yield from _dated(own, of)
        case OpenWhileEmpty():
            yield from _dated(own, trigger.of)
            yield from _dated(own, trigger.activity)
        case LatestOf():
            yield from _dated(trigger.dataset, trigger.of)
            if trigger.if_none is not None:
                yield from _dated(own, trigger.if_none)


def _held(checked: Checked, column: SchemaColumn, kind: DateKind) -> Iterator[Finding]:
    match kind:
        case Timestamp(text=TimeText.EPOCH):
            fits = column.python_type in (int, None)
        case Day() | Timestamp():
            fits = column.python_type in _AS_TEXT
    if not fits:
        yield error(
            "TRIGGER_NO_DATE",
            checked.at(column.name),
            Text(
                nl=f"gedeclareerd als {kind!r}, maar de kolom is {column.sql_type}",
                en=f"declared as {kind!r}, but the column is {column.sql_type}",
            ),
            Text(nl="Declareer de vorm die de kolom heeft.", en="Declare the form that the column has."),
        )
    if isinstance(kind, Timestamp):
        try:
            zone_of(kind, checked.at(column.name))
        except PolicyError:
            yield error(
                "TIME_ZONE_UNKNOWN",
                checked.at(column.name),
                Text(nl=f"er is geen tijdzone {kind.zone!r}", en=f"there is no time zone {kind.zone!r}"),
                Text(nl="Schrijf een IANA-naam of UTC.", en="Write an IANA name or UTC."),
            )
