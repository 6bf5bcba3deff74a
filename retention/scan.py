"""Scan a dataset: page by page, every record judged, gated, and, where it is due, made a candidate.

Reads only: it is handed Readers, which cannot dispose. One page is in memory at a time. A sweep judges its locked
batches with the very same code (`Scanner.judge`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from retention.audit.reference import ReferenceKey, record_id
from retention.candidate import Candidate, Take, Unlink
from retention.dataset import Dataset
from retention.gather import Case, Gatherer
from retention.holds import Gate, Hold, HoldIndex, Member, gate
from retention.judge import Judge, Judgement
from retention.policy import Register
from retention.reason import Reason
from retention.record import UNREADABLE, Aggregate, Facts, Key, Record, RecordId, key_text
from retention.sealing import Sealer
from retention.shared import without_shared
from retention.start import Day
from retention.stores.interface import Expiry, Reader, Source
from retention.subjects import Unread, subjects_of

PAGE = 500  # records judged at a time


@dataclass(frozen=True, slots=True)
class Judged:
    """One record's verdict; a candidate only when something is to be done and nothing stands before it."""

    record: Record
    judgement: Judgement
    reason: Reason  # the gate's, or the judgement's
    gate: Gate | None = None
    case: Case | None = None  # None: it was not needed
    candidate: Candidate | None = None
    seal: bytes = b""  # of a candidate: over all that was read


@dataclass(frozen=True, slots=True)
class Scanner:
    """Everything that does not change while a run judges."""

    register: Register
    day: Day
    holds: tuple[Hold, ...]  # as known now; clearing asks again
    now: datetime  # aware; for cooling-off periods
    keys: Mapping[str, ReferenceKey]  # by dataset id; without one no candidate is made, only judged
    held: Mapping[str, frozenset[Key]] | None = None  # where holds need to be asked, by dataset id; None: everywhere
    listing: bool = True  # for a plan: a record that goes with one above it is not listed itself
    index: HoldIndex = field(init=False, repr=False)  # of `holds`

    def __post_init__(self) -> None:
        """Sort the holds once: every family is asked about them."""
        object.__setattr__(self, "index", HoldIndex.of(self.holds))

    @property
    def judging(self) -> Judge:
        """The judge of that day."""
        return Judge(self.register, self.day)

    @property
    def holds_ask_rules(self) -> bool:
        """Whether a hold may look at the purposes and dates of a record; always where batches are cleared.

        Holds on persons, records and datasets do not, and reading every rule of every relative takes a third of a plan.
        """
        asking = (hold.scope.purposes or hold.scope.starts_from or hold.scope.starts_to for hold in self.holds)
        return not self.listing or any(asking)

    def scan(
        self,
        dataset: Dataset,
        sources: Mapping[str, Source],
        *,
        page: int = PAGE,
        narrow: tuple[Expiry, ...] | None = None,
    ) -> Iterator[list[Judged]]:
        """Every record of a dataset, in the store's key order, judged; `narrow` leaves out what cannot be due."""
        source = sources[dataset.store]
        gatherer = Gatherer(self.register, sources)
        for records in source.pages(dataset, gatherer.columns(dataset), size=page, narrow=narrow):
            yield self.judge(dataset, records, sources)

    def judge(self, dataset: Dataset, records: Sequence[Record], readers: Mapping[str, Reader]) -> list[Judged]:
        """These records, judged on what the readers say now."""
        gatherer = Gatherer(self.register, readers)
        gatherer.learn(dataset, records)
        judge = self.judging
        alone = {record.key: judge.judge_record(record, gatherer.facts) for record in records}
        wanted = [record for record in records if self._needs_case(record, alone[record.key])]
        cases = {case.aggregate.record.key: case for case in gatherer.cases(dataset, wanted)}
        lost = self.lost(dataset, records, gatherer)
        page = _Page(self, judge, gatherer, lost, self.holds_ask_rules)
        return [page.judged(record, alone[record.key], cases.get(record.key)) for record in records]

    def _needs_case(self, record: Record, judgement: Judgement) -> bool:
        """Whether what lies above and below a record matters: something is to be done, or a hold may cover it."""
        if judgement.action is not None or not self.holds:
            return judgement.action is not None
        return self.held is None or record.key in self.held.get(record.dataset.id, frozenset())

    def lost(self, dataset: Dataset, records: Sequence[Record], gatherer: Gatherer) -> frozenset[Key]:
        """Orphans, and children whom neither a parent nor a rule of their own governs."""
        if not self.register.parents_of(dataset):
            return frozenset()
        orphans = gatherer.orphans(dataset, records)
        return orphans if self.register.rules_for(dataset) else orphans | gatherer.parentless(dataset, records)


@dataclass(frozen=True, slots=True)
class _Page:
    """What is known while one page or batch is judged."""

    scanner: Scanner
    judge: Judge
    gatherer: Gatherer
    lost: frozenset[Key]
    ask_rules: bool  # of the members of families, for holds
    members: dict[RecordId, Member] = field(default_factory=dict)  # of the families so far: siblings share theirs
    # By identity, which the page's cases keep from being used again: a large family is walked once, not once a record.
    taken: dict[int, frozenset[RecordId]] = field(default_factory=dict)  # what an aggregate above takes
    above: dict[int, Mapping[RecordId, list[Aggregate]]] = field(default_factory=dict)  # in a topmost aggregate
    families: dict[tuple[int, ...], tuple[Member, ...]] = field(default_factory=dict)
    gates: dict[int, Gate | None] = field(default_factory=dict)  # of a family

    @property
    def facts(self) -> Facts:
        """What is known of related records."""
        return self.gatherer.facts

    def judged(self, record: Record, alone: Judgement, case: Case | None) -> Judged:
        """One record's verdict: identity, gates, then rules (R8)."""
        if not identified(record.key):
            return _stays(record, alone, Reason.REVIEW_UNREADABLE)
        judgement = alone if case is None else self.judge.judge(case.aggregate, self.facts, alone)
        try:
            family = () if case is None else self._members(case)
        except Unread:
            circling = (record.dataset.id, record.key) in self.gatherer.circles.members
            return _stays(record, judgement, Reason.REVIEW_ORPHAN if circling else Reason.REVIEW_UNREADABLE)
        found = self._gate(family) if family else None
        if found is not None:
            return Judged(record, judgement, found.reason, found, case)
        if record.key in self.lost:
            return _stays(record, judgement, Reason.REVIEW_ORPHAN)
        if judgement.reason is Reason.REVIEW_UNGOVERNED and self.scanner.register.parents_of(record.dataset):
            return _stays(record, judgement, Reason.KEEP_PARENT)
        if case is None or judgement.action is None:
            return Judged(record, judgement, judgement.reason, None, case)
        if self.scanner.listing and self._goes_with_parent(case):
            return _stays(record, judgement, Reason.GOES_WITH_PARENT)
        return self._candidate(judgement, case, family)

    def _candidate(self, judgement: Judgement, case: Case, family: tuple[Member, ...]) -> Judged:
        record = case.aggregate.record
        key = self.scanner.keys.get(record.dataset.id)
        if key is None:
            return Judged(record, judgement, judgement.reason, None, case)
        unlinks = (Unlink(one.record.dataset, one.link, (one.record.key,)) for one in case.unlinks)
        candidate = Candidate(
            record.key,
            key.ref(record_id(record.dataset.id, record.key)),
            takes_of(case.aggregate) if judgement.due else (),
            tuple(unlinks) if judgement.due else (),
            family,
        )
        seal = Sealer(self.judge).seal(case, self.facts, key.key32)
        return Judged(record, judgement, judgement.reason, None, case, candidate, seal)

    def _goes_with_parent(self, case: Case) -> bool:
        """Whether a record above this one is due itself, and takes it along: then the plan lists that one only."""
        which = case.aggregate.id
        for top in case.tops:
            if id(top) not in self.above:
                self.above[id(top)] = _above(top)
            if any(which in self._taken(one) for one in self.above[id(top)].get(which, ())):
                return True
        return False

    def _taken(self, above: Aggregate) -> frozenset[RecordId]:
        """What goes with a record above: nothing unless it goes itself, and nothing that another parent keeps."""
        if id(above) not in self.taken:
            own, _ = without_shared(above)
            lost = self.scanner.lost(own.record.dataset, [own.record], self.gatherer)
            goes = not lost and self.judge.judge(own, self.facts).due
            self.taken[id(above)] = frozenset(one.id for one in own) if goes else frozenset()
        return self.taken[id(above)]

    def _members(self, case: Case) -> tuple[Member, ...]:
        """What holds can see of a record's family."""
        which = tuple(id(top) for top in case.family)
        if which not in self.families:
            found = {one.id: self._member(one.id, one.record) for top in case.family for one in top}
            self.families[which] = tuple(found.values())
        return self.families[which]

    def _gate(self, family: tuple[Member, ...]) -> Gate | None:
        if id(family) not in self.gates:
            self.gates[id(family)] = gate(family, self.scanner.index.near(family), self.scanner.now)
        return self.gates[id(family)]

    def _member(self, which: RecordId, record: Record) -> Member:
        if which not in self.members:
            self.members[which] = self._seen(record)
        return self.members[which]

    def _seen(self, record: Record) -> Member:
        if not identified(record.key) or (record.dataset.id, record.key) in self.gatherer.doubted:
            raise Unread
        said = self.judge.read_rules(record, self.facts) if self.ask_rules else ()
        return Member(
            record.dataset.id,
            key_text(record.key),
            subjects_of(record, self.facts),
            frozenset(reading.policy.purpose for reading in said),
            tuple(reading.start for reading in said),
        )


def identified(key: Key) -> bool:
    """Whether a key says which record it is: nothing in it is missing, unreadable, or a number without exact form."""
    return not any(
        part is None
        or part is UNREADABLE
        or isinstance(part, float)
        or (isinstance(part, Decimal) and not part.is_finite())
        for part in key
    )


def takes_of(aggregate: Aggregate) -> tuple[Take, ...]:
    """The records below one, by depth and dataset."""
    found: dict[tuple[int, str], tuple[Dataset, dict[Key, None]]] = {}

    def walk(one: Aggregate, depth: int) -> None:
        for child in one.children:
            dataset = child.record.dataset
            found.setdefault((depth, dataset.id), (dataset, {}))[1][child.record.key] = None
            walk(child, depth + 1)

    walk(aggregate, 1)
    return tuple(Take(depth, dataset, tuple(keys)) for (depth, _), (dataset, keys) in found.items())


def _above(top: Aggregate) -> Mapping[RecordId, list[Aggregate]]:
    """For every record in `top` the aggregates that have it below them, along every path to it."""
    found: dict[RecordId, list[Aggregate]] = {}

    def walk(one: Aggregate, over: list[Aggregate]) -> None:
        path = [*over, one]
        for child in one.children:
            found.setdefault(child.id, []).extend(path)
            walk(child, path)

    walk(top, [])
    return found


def _stays(record: Record, judgement: Judgement, reason: Reason) -> Judged:
    return Judged(record, replace(judgement, reason=reason, action=None, fields=()), reason)
