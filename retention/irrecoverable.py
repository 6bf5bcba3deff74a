"""What is already gone that new rules would have kept: bounded by the log, since nobody can look at what is gone.

A record that was destroyed on a day had started, by the rule that destroyed it, no later than that rule's cut-off of
the day. Where the new rule has ended for such a start too, by today, the record would be gone anyway.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from retention.audit.annals import LoggedDestruction
from retention.dataset import Dataset
from retention.period import AtOnce, KeepFor, Permanent, cutoff
from retention.policy import Register, Rule
from retention.reports.policy_change import course


class Gone(Struct):
    """What was destroyed of one dataset that a new register would perhaps have kept."""

    by_purpose: Counter[str] = field(default_factory=Counter)  # a purpose of the new register: records, at most
    together: int = 0  # records, each once
    since: date | None = None  # the first day of those
    unknown: int = 0  # destroyed under other rules than the old register's


class _Change(Struct, frozen=True):
    """A rule of the new register that the old one does not have."""

    of: str  # dataset
    purpose: str
    rule: Rule
    before: KeepFor | None  # how long the old one kept the same records from the same start; None: it had no such rule


def irrecoverable(  # noqa: PLR0913 - both registers, the log, and by what it is read
    log: Iterable[LoggedDestruction],
    old: Register,
    new: Register,
    *,
    fingerprints: Mapping[str, str],
    zone: ZoneInfo,
    today: date,
) -> Mapping[str, Gone]:
    """By dataset what is gone; `fingerprints` are of the datasets as the old register governs them."""
    found: dict[str, Gone] = {}
    own = {one.id: tuple(_changes(old, new, one)) for one in new.all_datasets}
    changes = {one.id: tuple(each for name in _deciding(new, one) for each in own[name]) for one in new.all_datasets}
    for batch in log:
        day = batch.at.astimezone(zone).date()
        for dataset, count in {**batch.children, batch.dataset: batch.destroyed}.items():
            if not changes.get(dataset) or not count:
                continue
            gone = found.setdefault(dataset, Gone())
            if batch.fingerprint != fingerprints.get(batch.dataset):
                gone.unknown += count
            elif keeping := _keeping(batch, dataset, changes[dataset], day, today):
                gone.by_purpose.update(dict.fromkeys(keeping, count))
                gone.together += count
                gone.since = min(day, gone.since or day)
    return found


def _keeping(
    batch: LoggedDestruction, dataset: str, changes: tuple[_Change, ...], day: date, today: date
) -> tuple[str, ...]:
    """The purposes by whose new rules something of a batch would perhaps still be there."""
    fields = set(batch.fields) if dataset == batch.dataset else set()
    concerned = (one for one in changes if not fields or one.of != dataset or _needs(one.rule, fields))
    return tuple(dict.fromkeys(one.purpose for one in concerned if _keeps(one, day, today)))


def _needs(rule: Rule, fields: set[str]) -> bool:
    return rule.needs is None or bool(fields & rule.needs)


def _deciding(register: Register, dataset: Dataset) -> tuple[str, ...]:
    """The datasets whose rules may keep a record of this one: its own, those below it, those that refer to it."""
    found: dict[Dataset, None] = {}
    waiting = [dataset]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            waiting += [child for child, _ in register.children_of(one)]
            referring = (rule.while_referenced_by for _, rule in register.rules_for(one))
            waiting += [other for other in referring if other is not None]
    return tuple(one.id for one in found)


def _keeps(change: _Change, day: date, today: date) -> bool:
    after = change.rule.keep_for
    if isinstance(after, AtOnce) and change.rule.starts_on is None:
        return False
    last = cutoff(after, today)
    if last is None:
        return True
    if change.before is None:  # it may have started any day up to then
        return day > last
    latest = cutoff(change.before, day)
    return latest is not None and latest > last


def _changes(old: Register, new: Register, dataset: Dataset) -> Iterator[_Change]:
    """The rules for a dataset that are new, or that keep for another time than the old register did."""
    before: dict[bytes, list[KeepFor]] = {}
    for was in old.all_datasets:
        for _, rule in old.rules_for(was) if was.id == dataset.id else ():
            before.setdefault(course(rule), []).append(rule.keep_for)
    for policy, rule in new.rules_for(dataset):
        lengths = before.get(course(rule), [])
        if rule.keep_for not in lengths:
            yield _Change(dataset.id, policy.purpose, rule, _longest(lengths))


def _longest(lengths: list[KeepFor]) -> KeepFor | None:
    """The one that ends last: what it kept was destroyed after it alone."""
    if any(isinstance(one, Permanent) for one in lengths):
        return next(one for one in lengths if isinstance(one, Permanent))
    return min(lengths, key=lambda one: cutoff(one, date(2000, 3, 1)) or date.min, default=None)
