"""What a store may leave out of a scan: records of which, by one comparison per rule, nothing can be due.

Adding a period is monotone (design.md R5), so a rule can have expired only where its trigger's column lies at or
before a cut-off that is computed here. Something is done with a record only when at least one of its rules has
expired, so whatever is past every rule's cut-off stays. Leaving out less than could be left out is always right.
"""

from __future__ import annotations

from datetime import date
from typing import assert_never

from retention.dataset import Dataset
from retention.period import cutoff
from retention.policy import Register, Rule
from retention.stores.interface import Expiry
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


def expiries(register: Register, dataset: Dataset, today: date) -> tuple[Expiry, ...] | None:
    """The expiries one of which holds of every record to which something is to be done; empty: there is none such.

    None: some rule cannot be said as a comparison with a column of the record, so every record must be read.
    """
    found: dict[Expiry, None] = {}
    for _, rule in register.rules_for(dataset):
        implied = _of_rule(rule, today)
        if implied is None:
            return None
        found |= dict.fromkeys(implied)
    return tuple(found)


def _of_rule(rule: Rule, today: date) -> tuple[Expiry, ...] | None:
    last = cutoff(rule.keep_for, today)
    if last is None:  # permanent, or longer than the calendar: never expired
        return ()
    return None if rule.starts_on is None else _implied(rule.starts_on, last)


def _implied(trigger: Trigger, last: date) -> tuple[Expiry, ...] | None:
    """The expiries one of which holds when a trigger has started on `last` or earlier; None: none need hold."""
    match trigger:
        case Column() | Ends() | Birth() | Year():
            return (Expiry(trigger.name, last),)
        case Latest():  # every part has then started by then: the first that can be said is enough
            return next((said for part in trigger.parts if (said := _implied(part, last)) is not None), None)
        case Earliest():  # one of the parts has, and it may be any
            parts = [_implied(part, last) for part in trigger.parts]
            return None if None in parts else tuple(one for part in parts for one in part or ())
        case EndOfYear():
            return _implied(trigger.of, _last_of_year(last)) if last.year > 1 or last == _last_of_year(last) else ()
        case OpenWhileEmpty():
            return _implied(trigger.of, last)
        case LatestOf() | FollowedBy():  # other records decide
            return None
        case _:
            assert_never(trigger)


def _last_of_year(last: date) -> date:
    """The latest day whose year ends on `last` or earlier, in the second year of the calendar or later."""
    end = last.replace(month=12, day=31)
    return end if end == last else end.replace(year=max(1, last.year - 1))
