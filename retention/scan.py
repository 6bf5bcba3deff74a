"""Scan a dataset: page by page, every record judged, gated, and, where it is due, made a candidate.

Reads only: it is handed Readers, which cannot dispose. One page is in memory at a time. A sweep judges its locked
batches with the very same code (`Scanner.judge`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property, partial

from msgspec import Struct, field
from msgspec.structs import replace

from retention.audit.reference import ReferenceKey, record_id
from retention.candidate import Candidate, Take, Unlink
from retention.case import Case
from retention.dataset import Dataset
from retention.gather import Gatherer
from retention.holds import Family, Gate, Hold, HoldIndex, Member, Subject
from retention.judge import Judge, Judgement, starts_by_purpose
from retention.plan import Block
from retention.policy import Register
from retention.reason import Reason
from retention.record import Aggregate, Facts, Key, Record, RecordId, identified, key_text
from retention.seal import Sealer, Stamp
from retention.shared import without_shared
from retention.start import Day
from retention.stores.interface import Expiry, Reader, Source
from retention.subjects import Subjects, Unread

PAGE = 500  # records judged at a time


class Judged(Struct, frozen=True):
    """One record's verdict; a candidate only when something is to be done and nothing stands before it."""

    record: Record
    judgement: Judgement
    reason: Reason  # the gate's, or the judgement's
    gate: Gate | None = None
    case: Case | None = None  # None: it was not needed
    candidate: Candidate | None = None
    seal: bytes = b""  # of a candidate: over all that was read
    block: Block | None = None  # of a candidate: that it is planned in; None: in none


class Scanner(Struct, frozen=True, dict=True):
    """Everything that does not change while a run judges."""

    register: Register
    day: Day
    holds: tuple[Hold, ...]  # as known now; clearing asks again
    now: datetime  # aware; for cooling-off periods
    keys: Mapping[str, ReferenceKey]  # by dataset id; without one no candidate is made, only judged
    held: Mapping[str, frozenset[Key]] | None = None  # where holds need to be asked, by dataset id; None: everywhere
    listing: bool = True  # for a plan: a record that goes with one above it is not listed itself

    @cached_property
    def index(self) -> HoldIndex:
        """The holds, sorted once: every family is asked about them."""
        return HoldIndex.of(self.holds)

    @property
    def judging(self) -> Judge:
        """The judge of that day."""
        return Judge(self.register, self.day)

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
        page = self.page(dataset, records, readers)
        alone = {record.key: page.judge.judge_record(record, page.facts) for record in records}
        wanted = [record for record in records if self._needs_case(record, alone[record.key])]
        cases = {case.aggregate.record.key: case for case in page.gatherer.cases(dataset, wanted)}
        return [page.judged(record, alone[record.key], cases.get(record.key)) for record in records]

    def page(self, dataset: Dataset, records: Sequence[Record], readers: Mapping[str, Reader]) -> Page:
        """What is needed to judge these records, read set by set."""
        gatherer = Gatherer(self.register, readers)
        gatherer.learn(dataset, records)
        return Page(self, self.judging, gatherer, self.lost(dataset, records, gatherer), self.keys.get(dataset.id))

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


class Whom(Struct, frozen=True):
    """Whom the records of one page are about, by identity as in `Page`."""

    paths: Subjects
    known: dict[int, frozenset[Subject]] = field(default_factory=dict)

    def __call__(self, record: Record) -> frozenset[Subject]:
        """Whom a record is about.

        Raises:
            Unread: an id is there and cannot be read.
        """
        found = self.known.get(id(record))
        if found is None:
            found = self.known[id(record)] = self.paths.of(record)
        return found


class Page(Struct, frozen=True, dict=True):
    """What is known while one page or batch of a dataset is judged; nothing in it refers to it, so it goes at once."""

    scanner: Scanner
    judge: Judge
    gatherer: Gatherer
    lost: frozenset[Key]
    key: ReferenceKey | None  # the dataset's; None: nothing is made a candidate, only judged
    # By identity, which the page's cases keep from being used again: a large family is walked once, not once a record.
    members: dict[int, Member] = field(default_factory=dict)  # of the families so far: siblings share theirs
    taken: dict[int, frozenset[RecordId]] = field(default_factory=dict)  # what an aggregate above takes
    above: dict[int, Mapping[RecordId, list[Aggregate]]] = field(default_factory=dict)  # in a topmost aggregate
    families: dict[tuple[int, ...], Family] = field(default_factory=dict)
    gates: dict[int, Gate | None] = field(default_factory=dict)  # of a family

    @cached_property
    def subjects(self) -> Whom:
        """Whom its records are about."""
        return Whom(Subjects(self.facts))

    @cached_property
    def sealer(self) -> Sealer | None:
        """Seals under one key, over the subjects that holds are asked about; None: as `key`."""
        return None if self.key is None else Sealer(self.judge, self.facts, self.subjects, Stamp(self.key))

    @property
    def facts(self) -> Facts:
        """What is known of related records."""
        return self.gatherer.facts

    def judged(self, record: Record, alone: Judgement, case: Case | None) -> Judged:
        """One record's verdict: identity, gates, then rules (R8)."""
        if not identified(record.key):
            return stays(record, alone, Reason.REVIEW_UNREADABLE)
        judgement = alone if case is None else self.judge.judge(case.aggregate, self.facts, alone)
        try:
            family = None if case is None else self._family(case)
        except Unread:
            circling = (record.dataset.id, record.key) in self.gatherer.circles.members
            return stays(record, judgement, Reason.REVIEW_ORPHAN if circling else Reason.REVIEW_UNREADABLE)
        found = None if family is None else self._gate(family)
        if found is not None:
            return Judged(record, judgement, found.reason, found, case)
        if record.key in self.lost:
            return stays(record, judgement, Reason.REVIEW_ORPHAN)
        if judgement.reason is Reason.REVIEW_UNGOVERNED and self.scanner.register.parents_of(record.dataset):
            return stays(record, judgement, Reason.KEEP_PARENT)
        if case is None or family is None or judgement.action is None:
            return Judged(record, judgement, judgement.reason, None, case)
        if self.scanner.listing and self._goes_with_parent(case):
            return stays(record, judgement, Reason.GOES_WITH_PARENT)
        return self._candidate(judgement, case, family)

    def _candidate(self, judgement: Judgement, case: Case, family: Family) -> Judged:
        record = case.aggregate.record
        if self.key is None or self.sealer is None:
            return Judged(record, judgement, judgement.reason, None, case)
        ref = self.key.ref(record_id(record.dataset.id, record.key))
        candidate = _candidate(case, ref, family, whole=judgement.due)
        return Judged(record, judgement, judgement.reason, None, case, candidate, self.sealer.seal(case, ref))

    def sealed(self, case: Case, ref: bytes, seal: bytes, *, whole: bool) -> Candidate | None:
        """The candidate of a record that still has the seal of the plan; None: it has not, or has lost its parents."""
        try:
            family = self._family(case)
            same = self.sealer is not None and self.sealer.seal(case, ref) == seal
        except Unread:
            return None
        return (
            _candidate(case, ref, family, whole=whole) if same and case.aggregate.record.key not in self.lost else None
        )

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
            goes = not lost and self.judge.judge(own, self.facts).due and not self._kept_for_others(own.record)
            self.taken[id(above)] = frozenset(one.id for one in own) if goes else frozenset()
        return self.taken[id(above)]

    def _kept_for_others(self, above: Record) -> bool:
        """Whether a hold on another parent of what it would unlink stops a record: no hold on what it takes along."""
        if not (self.gatherer.shared and self.scanner.holds):
            return False
        [case] = self.gatherer.cases(above.dataset, [above])
        try:  # this case is thrown away, so nothing of it may be remembered by its identity
            family = Family.of([self._seen(one.record) for top in case.family for one in top] if case.unlinks else [])
        except Unread:
            return True
        return self.scanner.index.gate(family, self.scanner.now) is not None

    def _family(self, case: Case) -> Family:
        """What holds can see of a record's family; of one that is reached along two paths, twice."""
        which = tuple(map(id, case.family))
        if which not in self.families:
            self.families[which] = Family.of([self._member(one.record) for top in case.family for one in top])
        return self.families[which]

    def _gate(self, family: Family) -> Gate | None:
        if id(family) not in self.gates:
            self.gates[id(family)] = self.scanner.index.gate(family, self.scanner.now)
        return self.gates[id(family)]

    def _member(self, record: Record) -> Member:
        found = self.members.get(id(record))
        if found is None:
            found = self.members[id(record)] = self._seen(record)
        return found

    def _seen(self, record: Record) -> Member:
        doubted = self.gatherer.doubted
        if not identified(record.key) or (doubted and (record.dataset.id, record.key) in doubted):
            raise Unread
        starts = partial(_applying, self.judge, record, self.facts)
        return Member(record.dataset.id, key_text(record.key), self.subjects(record), starts)


def _applying(judge: Judge, record: Record, facts: Facts) -> Mapping[str, Sequence[date | None]]:
    return starts_by_purpose(judge.read_rules(record, facts))


def _candidate(case: Case, ref: bytes, family: Family, *, whole: bool) -> Candidate:
    """What goes with a record that goes as a whole; with one that stays, nothing does."""
    unlinks = tuple(Unlink(one.record.dataset, one.link, (one.record.key,)) for one in case.unlinks) if whole else ()
    return Candidate(case.aggregate.record.key, ref, takes_of(case.aggregate) if whole else (), unlinks, family)


def takes_of(aggregate: Aggregate) -> tuple[Take, ...]:
    """The records below one, by depth and dataset."""
    takes: list[Take] = []
    level, depth = aggregate.children, 1
    while level:
        keys: dict[Dataset, dict[Key, None]] = {}
        for one in level:
            keys.setdefault(one.record.dataset, {})[one.record.key] = None
        takes += (Take(depth, dataset, tuple(found)) for dataset, found in keys.items())
        level, depth = tuple([child for one in level for child in one.children]), depth + 1
    return tuple(takes)


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


def stays(record: Record, judgement: Judgement, reason: Reason) -> Judged:
    """The verdict on a record that stays for another reason than its rules."""
    return Judged(record, replace(judgement, reason=reason, action=None, fields=()), reason)
