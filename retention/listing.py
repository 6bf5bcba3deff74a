"""List by columns: verdicts on records that stand alone, with which something is to be done or which may be held.

What `Page.judged` says of each, asked of columns (docs/adr/0024, 0038): the hold that stops it, the reason it stays, or
the candidate with its seal. Where a record below may keep the one above it, the scanner judges that one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, islice
from typing import Final

from msgspec.structs import replace

from retention.alone import Alone, Level, together
from retention.audit.reference import ReferenceKey, record_id
from retention.columns import Columns
from retention.judge import Judgement, governed_below
from retention.plan import MOST_TOGETHER, Block
from retention.reason import Reason
from retention.rows import Rows
from retention.scan import Judged, Scanner, stays

_KEEPS_NOTHING: Final = frozenset({Reason.SETTLED, Reason.REVIEW_UNGOVERNED})  # of a record below, if not due itself

Weigh = Callable[[Rows], Sequence[Judgement]]
"""What the judge says of each row, as if it had no children."""


class Listing(Columns, frozen=True):
    """One page's reading, by columns."""

    def judged(
        self, scanner: Scanner, key: ReferenceKey, judgements: Sequence[Judgement], weigh: Weigh
    ) -> list[Judged]:
        """What becomes of each record; `judgements` is what its own rules say.

        Raises:
            Unordered: they must be looked at one by one.
        """
        rows, levels = self.top, self.levels()
        refs = key.refs(record_id(rows.dataset.id, one) for one in levels[0].keys)
        alone = Alone(self.judge, levels, refs, together(levels), whole=True)
        seals = self.stamp.each(refs, self.texts(levels))
        found: list[Judged] = []
        columns = (rows.records, judgements, alone.each(), alone.whom, seals)
        for record, said, candidate, whom, seal in zip(*columns, strict=True):
            if whom is None:
                found.append(stays(record, said, Reason.REVIEW_UNREADABLE))
            elif (gate := scanner.index.gate(candidate.family, scanner.now)) is not None:
                found.append(Judged(record, said, gate.reason, gate))
            elif said.action is None:
                found.append(Judged(record, said, said.reason))
            else:
                listed = candidate if said.due else candidate._replace(takes=())
                found.append(Judged(record, said, said.reason, None, None, listed, seal))
        for place, one in zip(*self._kept(scanner, levels, judgements, weigh), strict=True):
            found[place] = one
        return self._in_blocks(found, alone)

    def _in_blocks(self, found: list[Judged], alone: Alone) -> list[Judged]:
        """The same, what is listed in blocks that are sealed together: the same is to be done with all of one.

        `alone` has them all, place by place.
        """
        listed = (place for place, one in enumerate(found) if one.candidate is not None)
        for _, alike in groupby(listed, lambda place: (found[place].judgement.action, found[place].judgement.fields)):
            while places := [*islice(alike, MOST_TOGETHER)]:
                some = alone.only(places)
                block = Block(len(places), self.seal_of_block(some.refs, some.levels))
                for place in places:
                    found[place] = replace(found[place], block=block)
        return found

    def _kept(
        self, scanner: Scanner, levels: Sequence[Level], judgements: Sequence[Judgement], weigh: Weigh
    ) -> tuple[list[int], list[Judged]]:
        """The places of records that one below them may keep, and what the scanner says of these."""
        dataset = self.top.dataset
        if not governed_below(scanner.register, dataset):
            return [], []
        keeping = {
            top
            for level in levels[1:]
            for top, said in zip(level.tops, weigh(level.rows), strict=True)
            if not (said.due or said.reason in _KEEPS_NOTHING)
        }
        places = [place for place in sorted(keeping) if judgements[place].reason is Reason.DUE_EXPIRED]
        return places, scanner.judge(dataset, self.top.at(places), self.readers) if places else []
