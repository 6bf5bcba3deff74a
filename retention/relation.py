"""How one dataset's records are reached from another's: equal columns, perhaps of some kind only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from retention.errors import PolicyError

if TYPE_CHECKING:
    from retention.condition import Condition


class Join(Struct, frozen=True):
    """A relation: records of theirs whose columns equal columns of ours.

    Composite joins have several pairs; a polymorphic one says in `where` which of their records count.
    A missing value on either side joins nothing.
    """

    pairs: tuple[tuple[str, str], ...]  # (their column, our column)
    where: Condition | None = None  # None: every joined record counts

    def __post_init__(self) -> None:
        if not self.pairs:
            raise PolicyError("A relation needs at least one pair of columns: Join({'their_column': 'our_column'}).")

    @property
    def theirs(self) -> tuple[str, ...]:
        """Their columns, in declared order."""
        return tuple([theirs for theirs, _ in self.pairs])

    @property
    def ours(self) -> tuple[str, ...]:
        """Our columns, in the same order."""
        return tuple([ours for _, ours in self.pairs])


On = str | tuple[str, ...] | Mapping[str, str] | Join
"""What a declaration may write: a column of the same name on both sides, several, {theirs: ours}, or a Join."""


def join(on: On, where: Condition | None = None) -> Join:
    """The relation that a declaration's `on` means."""
    match on:
        case Join():
            return on
        case str():
            return Join(((on, on),), where)
        case tuple():
            return Join(tuple((name, name) for name in on), where)
        case _:
            return Join(tuple(on.items()), where)
