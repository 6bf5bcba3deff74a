"""The tally: the records of a plan, counted dataset by dataset while they are judged.

Records of which the same is said are counted together, once: of hundreds of thousands that are a few thousand sums.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

from msgspec import Struct, field

from retention.details import Remains
from retention.disposition import Action
from retention.holds import Gate
from retention.judge import Judgement, RuleReading, State
from retention.outlook import Outlook
from retention.policy import Rule
from retention.reason import Reason
from retention.scan import Judged
from retention.sifting import Sifted
from retention.text import Text

_MOST: Final = 5_000  # verdicts that wait to be counted


class _Several(Struct):
    """Records of which the same is said."""

    said: Judged
    records: int = 0


class Counts(Struct):
    """What is counted of one dataset."""

    outlook: Outlook
    fingerprint: str = ""
    judged: int = 0
    planned: int = 0
    reasons: Counter[Reason] = field(default_factory=Counter)
    actions: Counter[Action] = field(default_factory=Counter)
    children: Counter[str] = field(default_factory=Counter)
    fields: set[str] = field(default_factory=set)
    overdue: int | None = None  # days
    oldest: date | None = None
    failed: Text | None = None
    total: int | None = None  # records in the dataset; None: all of them were judged
    destroyed_today: int = 0  # under other plans of the same reference date
    remains: Remains | None = None
    alike: dict[tuple[int, Reason], _Several] = field(default_factory=dict)  # not counted yet, by judgement's identity


class Tally(Struct):
    """The numbers of one plan's records."""

    today: date
    datasets: dict[str, Counts] = field(default_factory=dict)  # by dataset id
    applies: Counter[Rule] = field(default_factory=Counter)
    expired: Counter[Rule] = field(default_factory=Counter)
    oldest: dict[Rule, date] = field(default_factory=dict)
    held: dict[str, Counter[str]] = field(default_factory=dict)  # hold: dataset: records under it
    stopped: dict[str, Counter[str]] = field(default_factory=dict)  # … that were due otherwise

    def add(self, name: str, page: Sifted) -> None:
        """Count one page of a dataset's judged records."""
        counts = self.datasets[name]
        counts.judged += len(page)
        for said, keys in page.alike:
            self._several(counts, said, len(keys))
        for judged in page.each:
            if judged.gate is None:
                self._several(counts, judged, 1)
            else:
                self._count(name, counts, judged, 1)
            if judged.candidate is not None:
                for take in judged.candidate.takes:
                    counts.children[take.dataset.id] += len(take.keys)
                counts.outlook.lose(judged.candidate.unlinks)
        if len(counts.alike) > _MOST:
            self.settle()

    def _several(self, counts: Counts, said: Judged, records: int) -> None:
        """Count records of which the same is said, later and together: they share their judgement."""
        which = id(said.judgement), said.reason
        if which not in counts.alike:
            counts.alike[which] = _Several(Judged(said.record, said.judgement, said.reason))  # its page may go
        counts.alike[which].records += records

    def settle(self) -> None:
        """Count what is not counted yet."""
        for name, counts in self.datasets.items():
            for one in counts.alike.values():
                self._count(name, counts, one.said, one.records)
            counts.alike.clear()

    def _count(self, name: str, counts: Counts, judged: Judged, records: int) -> None:
        counts.reasons[judged.reason] += records
        for reading in judged.judgement.readings:
            self._rule(reading, judged, records)
        counts.outlook.add(judged, records)
        if judged.gate is not None:
            self._gated(name, judged, judged.gate, records)
        elif judged.judgement.action is not None:
            self._disposal(counts, judged.judgement, judged.judgement.action, records)

    def _rule(self, reading: RuleReading, judged: Judged, records: int) -> None:
        self.applies[reading.rule] += records
        if reading.state is State.EXPIRED:
            self.expired[reading.rule] += records
            if judged.judgement.due and reading.start is not None:
                self.oldest[reading.rule] = min(self.oldest.get(reading.rule, date.max), reading.start)

    def _gated(self, name: str, judged: Judged, gate: Gate, records: int) -> None:
        self.held.setdefault(gate.hold.id, Counter())[name] += records
        if judged.judgement.action is not None:
            self.stopped.setdefault(gate.hold.id, Counter())[name] += records

    def _disposal(self, counts: Counts, judgement: Judgement, action: Action, records: int) -> None:
        counts.planned += records
        counts.actions[action] += records
        counts.fields |= set(judgement.fields)
        for reading in judgement.readings:
            if reading.start is not None and judgement.due:
                counts.oldest = min(counts.oldest or reading.start, reading.start)
        last = None if judgement.decider is None else judgement.decider.last_day
        if judgement.due and last is not None:
            counts.overdue = max(counts.overdue or 0, (self.today - last).days - 1)
