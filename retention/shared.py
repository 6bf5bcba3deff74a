"""Children of several parents: they stay until the last of these goes (docs/adr/0010)."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from retention.record import Aggregate, RecordId

Named = tuple[tuple[str, ...], RecordId]
"""A parent, and by which of a record's columns it is named."""

NONE: Final[frozenset[Named]] = frozenset()


def below_one(one: Aggregate, named: frozenset[Named], here: RecordId) -> Aggregate:
    """A record as it stands below one of the parents that it names."""
    others = frozenset(parent for _, parent in named) - {here}
    alike = frozenset(parent for columns, parent in named if columns == one.link) - {here}
    return Aggregate(one.record, one.children, one.link, others, alike)


def without_shared(aggregate: Aggregate) -> tuple[Aggregate, tuple[Aggregate, ...]]:
    """The aggregate without the children that another parent keeps, and those of them to be unlinked.

    A child goes along when every parent it has is in the aggregate itself: it goes with the last of them. One whose
    columns name a parent that stays too is left as it is: to empty them would take it from that parent as well.
    """
    members = {one.id for one in aggregate}
    unlinks: list[Aggregate] = []

    def kept(one: Aggregate) -> Aggregate:
        staying = [child for child in one.children if not child.others <= members]
        unlinks.extend(staying)
        going = tuple(kept(child) for child in one.children if child.others <= members)
        return one if going == one.children else replace(one, children=going)

    while True:
        pruned = kept(aggregate)
        now = {one.id for one in pruned}
        if now == members:
            return pruned, tuple(one for one in unlinks if one.alike <= now)
        members, aggregate = now, pruned
