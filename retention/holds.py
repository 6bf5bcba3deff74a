"""Holds: matters that stop the destruction of what they cover (design.md P1, R8, R11).

A hold's scope is a conjunction: each kind of selector that is given must match; within one kind any value may. What
cannot be told counts as covered. Pure values: the register of holds is in the control store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Self

from msgspec import Struct

from retention.discreet import Discreet
from retention.errors import UsageError
from retention.reason import Reason


class HoldKind(StrEnum):
    """Why something is held; the order of R8 is `_PRECEDENCE`."""

    RESTRICTION = "restriction"  # GDPR art. 18: not processed, not changed, byte-identical
    LEGAL_HOLD = "legal-hold"  # a claim, an investigation, a supervisor
    EXEMPTION = "exemption"  # uitzondering van vernietiging
    OPEN_REQUEST = "open-request"  # of the subject, for access, portability or restriction


_PRECEDENCE = tuple(HoldKind)

REASON_OF: dict[HoldKind, Reason] = {
    HoldKind.RESTRICTION: Reason.KEEP_RESTRICTED,
    HoldKind.LEGAL_HOLD: Reason.KEEP_HOLD,
    HoldKind.EXEMPTION: Reason.KEEP_HOLD,
    HoldKind.OPEN_REQUEST: Reason.KEEP_OPEN_REQUEST,
}

Subject = tuple[str, str]
"""A person a hold can name: namespace and id, as text."""

RecordName = tuple[str, str]
"""A record a hold can name: dataset id, and key as `record.key_text` writes it."""


class Scope(Struct, frozen=True, kw_only=True):
    """What a hold covers; at least one selector."""

    subjects: frozenset[Subject] = frozenset()
    records: frozenset[RecordName] = frozenset()
    datasets: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    starts_from: date | None = None  # records whose period starts on or after; None: no such bound
    starts_to: date | None = None  # … on or before

    def __post_init__(self) -> None:
        if not (self.subjects or self.records or self.datasets or self.purposes or self.starts_from or self.starts_to):
            raise UsageError(
                "A hold without a selector would cover nothing. Say what it covers: --subject client=17, "
                "--record cvs.dossier=KEY, --dataset, --purpose, --from-date or --to-date."
            )


class Hold(Discreet, frozen=True, kw_only=True):
    """A matter in force, or one that was."""

    id: str  # H-YYYYMMDD-8hex
    kind: HoldKind
    scope: Scope
    matter: str  # the case it is placed for; free text, never leaves the control store and its journal
    placed_at: datetime  # aware, UTC
    placed_by: str  # configured id of the person
    salt: bytes  # 32 random bytes of the scope's commitment in the log
    review_on: date | None = None  # when somebody looks again; None: not set
    released_at: datetime | None = None  # None: in force
    released_by: str | None = None
    release_reason: str | None = None
    cooling_until: datetime | None = None  # until then what it covered is not cleared; None: in force, or none
    notified_on: date | None = None  # a restriction's subject was told on (GDPR art. 18(3)); None: not yet

    seen = ("id", "kind")

    @property
    def in_force(self) -> bool:
        """Whether it has not been released."""
        return self.released_at is None


class Member(Discreet, frozen=True, eq=False):
    """What a hold can see of one record of an aggregate or of its family."""

    dataset: str
    key: str
    subjects: frozenset[Subject]
    rules: Callable[[], Mapping[str, Sequence[date | None]]]
    """What the rules that apply say, read when a hold asks: their purposes, and when each started; None: unknown."""

    seen = ("dataset",)

    @property
    def purposes(self) -> frozenset[str]:
        """The purposes whose rules apply; also of a rule of which nobody can tell if it does."""
        return frozenset(self.rules())

    @property
    def starts(self) -> tuple[date | None, ...]:
        """When the periods of these rules started; None: unknown."""
        return tuple(start for starts in self.rules().values() for start in starts)


class Family(NamedTuple):
    """What holds can see of everything that goes or stays with a record: for most holds the first two are enough."""

    names: Sequence[RecordName]  # of its records, some perhaps twice
    subjects: frozenset[Subject]  # whom they are about, together
    members: Callable[[], tuple[Member, ...]]  # its records one by one, read where a hold may cover one of them

    @classmethod
    def of(cls, members: Sequence[Member]) -> Self:
        """The family of these."""
        names = tuple([(one.dataset, one.key) for one in members])
        every = tuple(members)
        return cls(names, frozenset[Subject]().union(*(one.subjects for one in members)), lambda: every)


def by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Records or subjects by their dataset or namespace; what stands twice in pairs stands twice in these."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, text in pairs:
        found[name].append(text)
    return {**found}


class Gate(Struct, frozen=True):
    """A hold that stands before the dates of a record, and the reason that reports show."""

    reason: Reason
    hold: Hold


def covers(scope: Scope, member: Member) -> bool:
    """Whether a scope covers one record."""
    return (
        (not scope.subjects or not scope.subjects.isdisjoint(member.subjects))
        and (not scope.records or (member.dataset, member.key) in scope.records)
        and (not scope.datasets or member.dataset in scope.datasets)
        and (not scope.purposes or not scope.purposes.isdisjoint(member.purposes))
        and _in_range(scope, member)
    )


def _in_range(scope: Scope, member: Member) -> bool:
    if scope.starts_from is None and scope.starts_to is None:
        return True
    low, high = scope.starts_from or date.min, scope.starts_to or date.max
    starts = member.starts
    return not starts or any(start is None or low <= start <= high for start in starts)


def gate(members: Sequence[Member], holds: Iterable[Hold], now: datetime) -> Gate | None:
    """The hold that stops a family of records, the gravest kind first; None when nothing does.

    A released hold whose cooling-off has not passed at `now` stops them too, after every hold in force.
    """
    found = [
        (_PRECEDENCE.index(hold.kind) if hold.in_force else len(_PRECEDENCE), hold)
        for hold in holds
        if stands(hold, now) and any(covers(hold.scope, member) for member in members)
    ]
    if not found:
        return None
    _, hold = min(found, key=lambda pair: (pair[0], pair[1].placed_at, pair[1].id))
    return Gate(REASON_OF[hold.kind] if hold.in_force else Reason.KEEP_COOLING_OFF, hold)


class HoldIndex(Struct, frozen=True):
    """Holds by what they name: a family is asked about those alone that can cover one of its records."""

    by_subject: Mapping[Subject, Sequence[Hold]]
    by_record: Mapping[RecordName, Sequence[Hold]]  # holds that name records and nobody
    others: Sequence[Hold]  # holds that name neither, which are always asked

    @classmethod
    def of(cls, holds: Iterable[Hold]) -> HoldIndex:
        """The index of these holds."""
        by_subject: dict[Subject, list[Hold]] = {}
        by_record: dict[RecordName, list[Hold]] = {}
        others: list[Hold] = []
        for hold in holds:
            for subject in hold.scope.subjects:
                by_subject.setdefault(subject, []).append(hold)
            if hold.scope.subjects:
                continue
            for record in hold.scope.records:
                by_record.setdefault(record, []).append(hold)
            if not hold.scope.records:
                others.append(hold)
        return cls(by_subject, by_record, others)

    def near(self, family: Family) -> list[Hold]:
        """The holds that may cover one of a family: all that do, some perhaps twice, perhaps more."""
        found = [*self.others]
        if self.by_record and not self.by_record.keys().isdisjoint(family.names):
            for name in family.names:
                found += self.by_record.get(name, ())
        if not self.by_subject.keys().isdisjoint(family.subjects):
            for subject in family.subjects:
                found += self.by_subject.get(subject, ())
        return found

    def near_any(self, subjects: frozenset[Subject], names: Callable[[], Mapping[str, Sequence[str]]]) -> bool:
        """Whether some hold may cover one of many records: by whom all of them are about, and by dataset their keys."""
        if self.others or not self.by_subject.keys().isdisjoint(subjects):
            return True
        return bool(self.by_record) and any(
            (name, text) in self.by_record for name, texts in names().items() for text in texts
        )

    def apart(self, families: Iterable[Family]) -> list[bool]:
        """Of each family whether no hold is near it."""
        if self.others:
            return [False for _ in families]
        nobody, nothing = self.by_subject.keys().isdisjoint, self.by_record.keys().isdisjoint
        if not self.by_record:
            return [nobody(family.subjects) for family in families]
        return [nobody(family.subjects) and nothing(family.names) for family in families]

    def gate(self, family: Family, now: datetime) -> Gate | None:
        """The hold that stops a family, as `gate` tells; its records are looked at only where there may be one."""
        near = self.near(family)
        return gate(family.members(), near, now) if near else None


class Standing(Struct, frozen=True):
    """The holds that stop anything, as an index, and the time in which it is exactly these that do."""

    index: HoldIndex
    since: datetime | None  # the last cooling-off that has passed; None: none has
    until: datetime | None  # the first that has not; None: there is none

    @classmethod
    def of(cls, holds: Sequence[Hold], now: datetime) -> Self:
        """Those of all holds that stand at a time."""
        ends = [hold.cooling_until for hold in holds if hold.cooling_until is not None]
        return cls(
            HoldIndex.of(hold for hold in holds if stands(hold, now)),
            max((end for end in ends if end <= now), default=None),
            min((end for end in ends if end > now), default=None),
        )

    def at(self, now: datetime) -> bool:
        """Whether the same holds stand at another time."""
        return (self.since is None or self.since <= now) and (self.until is None or now < self.until)


def stands(hold: Hold, now: datetime) -> bool:
    """Whether a hold stops anything: it is in force, or its cooling-off has not passed."""
    return hold.in_force or (hold.cooling_until is not None and hold.cooling_until > now)
