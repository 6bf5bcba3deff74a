"""A record with everything that judging and clearing it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from retention.answer import holds_of
from retention.record import UNREADABLE, Aggregate, Facts, Record, RecordId
from retention.relation import Join


class Case(NamedTuple):
    """A record as it is judged and cleared: with all below it, and the topmost records above it with all below them."""

    aggregate: Aggregate  # without the children that stay with another parent
    unlinks: tuple[Aggregate, ...]  # those children
    tops: tuple[Aggregate, ...]  # empty when nothing is above it; without the children that stay, as `aggregate`
    orphan: bool  # it names a parent, and none of those it names exists
    family: tuple[Aggregate, ...]  # what a hold on keeps the record: `tops`, whole, and those of what it would unlink

    def above_unlinks(self, above: Mapping[RecordId, list[Aggregate]]) -> Iterator[Aggregate]:
        """What stands above the children that stay; `above` has the topmost aggregates of every one of them."""
        for one in self.unlinks:
            yield from above.get(one.id, ())


def can_tell(on: Join, child: Record, facts: Facts) -> bool:
    """Whether it can be told if a relation joins the child to a parent."""
    if any(child.values[column] is UNREADABLE for column in on.theirs):
        return False
    return on.where is None or child.at(on.theirs) is None or holds_of(on.where, child, facts) is not None
