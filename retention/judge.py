"""The judge: what a record's purposes say of it on one day (design.md R1 to R4, R11).

Pure, and the only one: every store is read into the same values and judged here, in the plan and again in each batch.
Gates (holds, restrictions, open requests) are asked in `retention.holds`; their reason is shown before any of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from retention.answer import holds_of, joined
from retention.dataset import Dataset
from retention.disposition import Action, Anonymise, action_of
from retention.erase import done
from retention.period import Permanent, ended, last_day_kept
from retention.policy import Policy, Register, Rule
from retention.reason import Reason
from retention.record import Aggregate, Facts, Record
from retention.start import Clock, Day, is_chained, links_broken_chain, read_start

_REMEMBERED: Final = 1024  # answers: a register never changes, and every record asks


class State(StrEnum):
    """What one rule says of one record."""

    EXPIRED = "expired"
    RUNNING = "running"
    REFERENCED = "referenced"  # protected by a record that refers to it
    PERMANENT = "permanent"
    OPEN = "open"
    NO_TRIGGER = "no trigger"
    FUTURE = "future"
    IMPLAUSIBLE = "implausible"
    UNKNOWN = "unknown"  # whether it applies cannot be told


_STATE_OF: Mapping[Clock, State] = {
    Clock.RUNNING: State.RUNNING,
    Clock.OPEN: State.OPEN,
    Clock.MISSING: State.NO_TRIGGER,
    Clock.FUTURE: State.FUTURE,
    Clock.IMPLAUSIBLE: State.IMPLAUSIBLE,
}

_REASON_OF: Mapping[State, Reason] = {  # the gravest first: what a person must look at comes before what may wait
    State.UNKNOWN: Reason.REVIEW_UNMAPPED,
    State.IMPLAUSIBLE: Reason.REVIEW_IMPLAUSIBLE,
    State.FUTURE: Reason.REVIEW_FUTURE,
    State.NO_TRIGGER: Reason.REVIEW_NO_TRIGGER,
    State.OPEN: Reason.KEEP_OPEN_CASE,
    State.PERMANENT: Reason.KEEP_PERMANENT,
    State.REFERENCED: Reason.KEEP_OTHER_PURPOSE,
    State.RUNNING: Reason.KEEP_RUNNING,
}


class RuleReading(Struct, frozen=True):
    """What one applicable rule says: everything that `explain` shows (R10)."""

    policy: Policy
    rule: Rule
    state: State
    start: date | None = None  # the trigger's local date; None: not started, or at once
    last_day: date | None = None  # last day kept; None: unknown, or never ends


class Judgement(Struct, frozen=True):
    """What becomes of a record, and why."""

    dataset: Dataset
    reason: Reason
    readings: tuple[RuleReading, ...]  # of the record's own applicable rules
    action: Action | None = None  # None: nothing is done
    fields: tuple[str, ...] = ()  # what is erased, sorted; empty for a delete
    decider: RuleReading | None = None  # the rule that decides, perhaps a child's; None: no rule does
    stays: Reason | None = None  # for an erasure of fields: why the record itself stays

    @property
    def due(self) -> bool:
        """Whether the record as a whole is to be disposed of."""
        return self.action in {Action.DELETE, Action.ANONYMISE}

    @property
    def purposes(self) -> frozenset[str]:
        """The purposes whose rules apply."""
        return frozenset(reading.policy.purpose for reading in self.readings)


class Judge(Struct, frozen=True):
    """The rules of a register on one day."""

    register: Register
    day: Day

    def judge(self, aggregate: Aggregate, facts: Facts, own: Judgement | None = None) -> Judgement:
        """What becomes of a record with everything below it; `own` is what its own rules say, where that is known."""
        own = own or self.judge_record(aggregate.record, facts)
        if own.reason is Reason.DUE_EXPIRED and governed_below(self.register, aggregate.record.dataset):
            for child in aggregate.children:
                if (keeps := self._keeps_parent(child, facts)) is not None:
                    return self._fields_only(aggregate.record, own, keeps)
        return own

    def judge_record(self, record: Record, facts: Facts) -> Judgement:
        """What a record's own rules say, as if it had no children."""
        readings = self.read_rules(record, facts)
        states = {reading.state for reading in readings}
        if self._settled(record):  # known from its values alone: what its rules asked of others may be gone with it
            return Judgement(record.dataset, Reason.SETTLED, readings)
        if not readings:
            return Judgement(record.dataset, Reason.REVIEW_UNGOVERNED, readings)
        if states == {State.EXPIRED}:
            return _due(record, readings)
        stays = _why_it_stays(readings)
        kept = Judgement(record.dataset, stays.reason, readings, decider=stays.decider)
        return kept if State.UNKNOWN in states else self._fields_only(record, kept, kept)

    def read_rules(self, record: Record, facts: Facts, *, references: bool = True) -> tuple[RuleReading, ...]:
        """What every applicable rule says, in the register's order; perhaps as if nothing referred to the record."""
        return self.read(self.register.rules_for(record.dataset), record, facts, references=references)

    def read(
        self, rules: Sequence[tuple[Policy, Rule]], record: Record, facts: Facts, *, references: bool = True
    ) -> tuple[RuleReading, ...]:
        """What those of some rules say that apply."""
        found = [_read_rule(policy, rule, record, facts, self.day, references=references) for policy, rule in rules]
        return tuple([reading for reading in found if reading is not None])

    def _keeps_parent(self, child: Aggregate, facts: Facts) -> Judgement | None:
        """The judgement of a record below that keeps those above it; None: it goes with them (R11)."""
        own = self.judge(child, facts)
        if own.due or own.reason is Reason.SETTLED:
            return None
        if own.reason is not Reason.REVIEW_UNGOVERNED:
            return own
        below = (self._keeps_parent(one, facts) for one in child.children)
        return next((keeps for keeps in below if keeps is not None), None)

    def _settled(self, record: Record) -> bool:
        """Whether a record that is anonymised as a whole shows no personal value any longer."""
        dataset = record.dataset
        rules = self.register.rules_for(dataset)
        if not rules or not dataset.fields:
            return False
        if not all(isinstance(rule.then or dataset.then, Anonymise) for _, rule in rules):
            return False
        return not _undone(record, dataset.fields)

    def _fields_only(self, record: Record, own: Judgement, keeps: Judgement) -> Judgement:
        """The judgement of a record that stays: the fields that no purpose needs any longer go (R2)."""
        expired = [
            name
            for name in record.dataset.fields
            if (needing := [r for r in own.readings if r.rule.needs is None or name in r.rule.needs])
            and all(reading.state is State.EXPIRED for reading in needing)
        ]
        why = keeps.stays or keeps.reason  # of a record below of which only fields go, why it stays itself
        stays = replace(own, reason=why, decider=keeps.decider, action=None, fields=(), dataset=record.dataset)
        fields = _undone(record, expired)
        if not fields:
            return stays
        return replace(stays, reason=Reason.PARTIAL_PURPOSE, action=Action.ERASE_FIELDS, fields=fields, stays=why)


@lru_cache(_REMEMBERED)
def governed_below(register: Register, dataset: Dataset) -> bool:
    """Whether a record below may have a rule of its own: where none has, nothing below keeps what is above it."""
    return any(register.rules_for(child) for _, child, _ in register.below(dataset))


def starts_by_purpose(readings: Iterable[RuleReading]) -> Mapping[str, Sequence[date | None]]:
    """When the rules that apply to a record started, by purpose; None: unknown."""
    starts: dict[str, list[date | None]] = {}
    for reading in readings:
        starts.setdefault(reading.policy.purpose, []).append(reading.start)
    return starts


def is_protected(rule: Rule) -> bool:
    """Whether something outside a record may protect it by this rule: then reading it without references says less."""
    return rule.while_referenced_by is not None or (rule.starts_on is not None and is_chained(rule.starts_on))


def _read_rule(  # noqa: PLR0913 - everything a rule is read from
    policy: Policy, rule: Rule, record: Record, facts: Facts, day: Day, *, references: bool
) -> RuleReading | None:
    applies = True if rule.where is None else holds_of(rule.where, record, facts)
    if applies is None:
        return RuleReading(policy, rule, State.UNKNOWN)
    if not applies:
        return None
    if references and _referenced(rule, record, facts):
        return RuleReading(policy, rule, State.REFERENCED)
    if isinstance(rule.keep_for, Permanent):
        return RuleReading(policy, rule, State.PERMANENT)
    if rule.starts_on is None:
        return RuleReading(policy, rule, State.EXPIRED)
    start = read_start(rule.starts_on, record, facts, day)
    if references and start.day is not None and links_broken_chain(rule.starts_on, record, facts):
        return RuleReading(policy, rule, State.IMPLAUSIBLE)
    if start.day is None:
        return RuleReading(policy, rule, _STATE_OF[start.clock])
    last_day = last_day_kept(start.day, rule.keep_for)
    state = State.EXPIRED if ended(last_day, day.today) else State.RUNNING
    return RuleReading(policy, rule, state, start.day, last_day)


def _referenced(rule: Rule, record: Record, facts: Facts) -> bool:
    """Whether a record refers to this one; what cannot be told protects."""
    if rule.while_referenced_by is None or rule.on is None:
        return False
    referring = joined(facts, rule.while_referenced_by, rule.on, record)
    return referring is None or bool(referring)


def _due(record: Record, readings: tuple[RuleReading, ...]) -> Judgement:
    last = max(reading.last_day or date.min for reading in readings)
    deciding = [reading for reading in readings if (reading.last_day or date.min) == last]
    actions = {action_of(reading.rule.then or record.dataset.then) for reading in deciding}
    action = Action.DELETE if Action.DELETE in actions else Action.ANONYMISE
    if action is Action.DELETE:
        return Judgement(record.dataset, Reason.DUE_EXPIRED, readings, action, decider=deciding[0])
    fields = _undone(record, record.dataset.fields)
    if not fields:
        return Judgement(record.dataset, Reason.SETTLED, readings)
    every = tuple(sorted(record.dataset.fields))
    return Judgement(record.dataset, Reason.DUE_EXPIRED, readings, action, every, deciding[0])


def _undone(record: Record, names: Mapping[str, object] | Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if not done(record.dataset.fields[name], record.values[name])))


class _Stays(Struct, frozen=True):
    reason: Reason
    decider: RuleReading


def _why_it_stays(readings: tuple[RuleReading, ...]) -> _Stays:
    for state, reason in _REASON_OF.items():
        found = [reading for reading in readings if reading.state is state]
        if found and state is State.RUNNING:
            return _running(found, readings)
        if found:
            return _Stays(reason, _longest(found))
    raise AssertionError("a record whose every rule has expired does not stay")


def _running(running: list[RuleReading], readings: tuple[RuleReading, ...]) -> _Stays:
    statutory = [reading for reading in running if reading.rule.minimum]
    if statutory:
        return _Stays(Reason.KEEP_MINIMUM, _longest(statutory))
    needed = {reading.policy.purpose for reading in running}
    other = any(r.state is State.EXPIRED and r.policy.purpose not in needed for r in readings)
    return _Stays(Reason.KEEP_OTHER_PURPOSE if other else Reason.KEEP_RUNNING, _longest(running))


def _longest(readings: list[RuleReading]) -> RuleReading:
    return max(readings, key=lambda reading: reading.last_day or date.max)
