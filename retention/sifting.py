"""Sift a plan's pages: what is said of many records alike is said once; what is listed, or may be held, one by one.

What comes out is what `Scanner.scan` makes of the same records, to the byte of the seal; a test holds the two to each
other. Of a record that stays, only what its own rules and its parents say is looked at. Where rules look into other
records, or keys do not tell records apart, the scanner judges the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import compress
from operator import not_
from typing import Final, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from retention.columns import Unordered, stands_alone
from retention.dataset import Dataset
from retention.gather import Gatherer
from retention.judge import Judgement
from retention.listing import Listing
from retention.reading import joined_by, reader_of
from retention.reads import columns_read
from retention.record import UNREADABLE, Key, Record, identify
from retention.relation import Join
from retention.rows import Rows
from retention.scan import PAGE, Judged, Page, Scanner
from retention.seal import Stamp
from retention.stores.interface import Expiry, Source
from retention.weighing import Weighing, weighs

_MOST: Final = 20_000  # verdicts that are kept
SIFTED: Final = 2000  # records at a time: of most only a tuple is made


class Alike(NamedTuple):
    """Records of one dataset of which the same is said: nothing is done with them, and no hold was asked."""

    said: Judged  # of each of them; its record is some record of that dataset
    keys: Sequence[Key]


class Sifted(Struct, frozen=True):
    """One page of a dataset, judged: every record is in one of the two."""

    alike: Sequence[Alike] = ()
    each: Sequence[Judged] = ()  # in the page's order

    def __len__(self) -> int:
        """How many records there are."""
        return len(self.each) + sum(len(one.keys) for one in self.alike)


class Sifter(Struct, dict=True):
    """One dataset, sifted page by page."""

    scanner: Scanner
    dataset: Dataset
    sources: Mapping[str, Source]
    _weighings: dict[Dataset, Weighing] = field(default_factory=dict)
    _said: dict[tuple[int, bool], tuple[Judgement, Judged]] = field(default_factory=dict)  # by judgement, and if lost

    @cached_property
    def _page(self) -> Page:
        """On which nothing is listed: it judges what stays."""
        gatherer = Gatherer(self.scanner.register, self.sources)
        return Page(self.scanner, self.scanner.judging, gatherer, frozenset(), None)

    def pages(self, *, page: int | None = None, narrow: tuple[Expiry, ...] | None = None) -> Iterator[Sifted]:
        """Every record, in the store's key order; `narrow` leaves out what cannot be due."""
        columns = columns_read(self.scanner.register, self.dataset)
        size = page or (SIFTED if weighs(self.scanner.register, self.dataset) else PAGE)
        for rows in self.sources[self.dataset.store].pages(self.dataset, columns, size=size, narrow=narrow):
            yield self.sift(rows)

    def sift(self, rows: Rows) -> Sifted:
        """These records, judged on what the sources say now."""
        keys = rows.keys
        lost = None
        if weighs(self.scanner.register, self.dataset) and identify(keys) and len(set(keys)) == len(keys):
            lost = self._lost(rows)
        if lost is None:
            return Sifted(each=self._judged(rows))
        judgements = self._weigh(rows)
        asked = self._asked(keys, judgements)
        rest = [*map(not_, asked)]
        alike = self._alike(rows.chosen(rest), [*compress(judgements, rest)], [*compress(lost, rest)])
        return Sifted(alike, self._each(rows.chosen(asked), [*compress(judgements, asked)]))

    def _weigh(self, rows: Rows) -> list[Judgement]:
        if rows.dataset not in self._weighings:
            self._weighings[rows.dataset] = Weighing(self.scanner.judging, rows.dataset)
        return self._weighings[rows.dataset].of(rows)

    def _asked(self, keys: Sequence[Key], judgements: Sequence[Judgement]) -> list[bool]:
        """Whether something is to be done with each, or a hold may cover it."""
        if not self.scanner.holds:
            return [one.action is not None for one in judgements]
        if self.scanner.held is None:
            return [True for _ in keys]
        held = self.scanner.held.get(self.dataset.id, frozenset())
        return [one.action is not None or key in held for key, one in zip(keys, judgements, strict=True)]

    def _lost(self, rows: Rows) -> list[bool] | None:
        """Whether each is an orphan, or governed by nobody, as `Scanner.lost`; None: objects must tell."""
        relations = self.scanner.register.parents_of(self.dataset)
        if any(parent is self.dataset or child.on.where is not None for parent, child in relations):
            return None
        unknown, named, found = ([False] * len(rows) for _ in range(3))
        for parent, child in relations:
            values = rows.of(child.on.theirs)
            asked = {value for value in values if None not in value and UNREADABLE not in value}
            there = self._there(parent, child.on, asked)
            for place, value in enumerate(values):
                if value in asked:
                    named[place] = True
                    found[place] = found[place] or value in there
                elif UNREADABLE in value:
                    unknown[place] = True
        if not relations or not self.scanner.register.rules_for(self.dataset):
            named = [bool(relations)] * len(rows)
        return [no or (name and not parent) for no, name, parent in zip(unknown, named, found, strict=True)]

    def _there(self, parent: Dataset, on: Join, asked: set[Key]) -> set[Key]:
        """Those of the values by which records name a parent that some parent has."""
        if not asked:
            return set()
        up = Join(tuple((ours, theirs) for theirs, ours in on.pairs))
        columns = columns_read(self.scanner.register, parent)
        return set(joined_by(reader_of(self.sources, parent), parent, columns, up, asked).of(up.theirs))

    def _alike(self, rows: Rows, judgements: Sequence[Judgement], lost: Sequence[bool]) -> list[Alike]:
        """These records by what is said of them."""
        if len(self._said) > _MOST:
            self._said.clear()
        groups: dict[tuple[int, bool], list[Key]] = {}
        for place, (key, judgement, no) in enumerate(zip(rows.keys, judgements, lost, strict=True)):
            which = id(judgement), no
            if which not in groups:
                groups[which] = []
                if which not in self._said:
                    self._said[which] = judgement, self._stays(rows.one(place), judgement, lost=no)
            groups[which].append(key)
        return [Alike(self._said[which][1], keys) for which, keys in groups.items()]

    def _stays(self, record: Record, judgement: Judgement, *, lost: bool) -> Judged:
        """What the scanner says of a record with which nothing is to be done."""
        astray = frozenset([record.key] if lost else ())
        page = replace(self._page, lost=astray) if lost else self._page
        return page.judged(record, judgement, None)

    def _each(self, rows: Rows, judgements: Sequence[Judgement]) -> list[Judged]:
        """These records one by one: by columns where that is enough."""
        if not rows:
            return []
        key = self.scanner.keys.get(self.dataset.id)
        if key is not None and stands_alone(self.scanner.register, self.dataset):
            with suppress(Unordered):
                listing = Listing(self.scanner.judging, self.sources, Stamp(key), rows)
                return listing.judged(self.scanner, key, judgements, self._weigh)
        return self._judged(rows)

    def _judged(self, rows: Rows) -> list[Judged]:
        """These records as the scanner judges them, so many at a time that their families fit in memory."""
        some = (rows.at(range(start, min(start + PAGE, len(rows)))) for start in range(0, len(rows), PAGE))
        return [one for part in some for one in self.scanner.judge(self.dataset, part, self.sources)]
