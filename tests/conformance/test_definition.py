"""Memory is not simply believed: where rules are simple, a judge by definition, day by day, says what may go."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from retention.dataset import Dataset, DateKind, Timestamp
from retention.disposition import Action
from retention.period import AtOnce, KeepFor, Period
from retention.policy import Register, Rule
from retention.record import Record
from retention.trigger import Column, EndOfYear, Ends, Year
from tests.conformance.generated import worlds
from tests.conformance.generated_cells import AMSTERDAM, TODAY
from tests.conformance.said import judged, scanner

ENOUGH = 100  # records that go, and as many that stay
NEVER = {date(1, 1, 1), date(1900, 1, 1), date(1970, 1, 1), date(9999, 12, 31)}


def first_day(rule: Rule, record: Record) -> date | None:
    """The first day on which this rule lets the record go; None: not up to today."""
    start = started(rule.starts_on, record)
    return None if start is None else day_after(start, rule.keep_for)


def started(trigger: object, record: Record) -> date | None:
    """The local day of the event; None when it cannot be believed, or lies ahead."""
    match trigger:
        case Column(name) | Ends(name):
            return believed(record.values[name], record.dataset.dates[name])
        case Year(name):
            value = record.values[name]
            return date(value, 12, 31) if type(value) is int and 1900 <= value <= TODAY.year else None
        case EndOfYear(of):
            day = started(of, record)
            return day and date(day.year, 12, 31)
    raise AssertionError(trigger)


def believed(value: object, kind: DateKind) -> date | None:
    """A date or timestamp as a local day; no date that stands for none, in UTC or as its column has it."""
    if isinstance(value, datetime):
        if value.date() in NEVER or not 2 <= value.year <= 9998:
            return None
        if isinstance(kind, Timestamp) and kind.zone and value.astimezone(ZoneInfo(kind.zone)).date() in NEVER:
            return None
        value = value.astimezone(AMSTERDAM).date()
    if not isinstance(value, date) or value in NEVER or not date(1900, 1, 2) <= value <= TODAY:
        return None
    return value


@cache
def day_after(start: date, keep_for: KeepFor) -> date | None:
    """Count the days one by one, up to the day after the period's last; None when that is after today."""
    if isinstance(keep_for, AtOnce):
        return start + timedelta(days=1)
    assert isinstance(keep_for, Period)
    months = 12 * keep_for.years + keep_for.months
    day = start
    while not months_have_passed(start, day, months):
        if day > TODAY:
            return None
        day += timedelta(days=1)
    for _ in range(keep_for.days):
        day += timedelta(days=1)
    return day + timedelta(days=1)


def months_have_passed(start: date, day: date, months: int) -> bool:
    """Whether a day is the one so many months after another: the same day of the month, or else the month's last."""
    if (day.year - start.year) * 12 + day.month - start.month != months:
        return False
    is_last = (day + timedelta(days=1)).month != day.month
    return day.day == start.day or (is_last and day.day < start.day)


def simple(register: Register) -> Iterator[tuple[Dataset, list[Rule]]]:
    """The datasets that stand alone, whose rules have plain triggers, apply to every record, and only delete."""
    for dataset in register.all_datasets:
        rules = [rule for _, rule in register.rules_for(dataset)]
        alone = not dataset.then.children and not register.parents_of(dataset)
        if rules and alone and not dataset.fields and all(map(is_simple, rules)):
            yield dataset, rules


def is_simple(rule: Rule) -> bool:
    of = rule.starts_on.of if isinstance(rule.starts_on, EndOfYear) else rule.starts_on
    plain = isinstance(of, Column | Ends | Year)
    bounded = isinstance(of, Column | Ends) and rule.dataset.dates[of.name].not_before is not None
    period = isinstance(rule.keep_for, Period | AtOnce)
    return plain and period and not bounded and rule.where is None and rule.while_referenced_by is None


def test_a_record_is_due_exactly_from_the_day_on_which_every_rule_lets_it_go(seed: int):
    due = kept = 0
    for world in worlds(seed, 4_000, records=90):
        for dataset, rules in simple(world.register):
            for one in judged(scanner(world.register), dataset, world.memory()):
                days = [first_day(rule, one.record) for rule in rules]
                expected = all(day is not None and day <= TODAY for day in days)
                assert (one.judgement.action is Action.DELETE) == expected, (
                    f"{world.label} {dataset.id} {one.record.key}"
                )
                due, kept = due + expected, kept + (not expected)
        if min(due, kept) > ENOUGH:
            return
    raise AssertionError((due, kept))
