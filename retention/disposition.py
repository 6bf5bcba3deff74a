"""Dispositions: how a record, or one personal field of it, is erased.

The record's own disposition belongs to its dataset; the techniques for single fields are in `retention.technique`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from retention.relation import Join, On, join

if TYPE_CHECKING:
    from retention.dataset import Dataset


class Action(StrEnum):
    """What an intent does to its records (audit-format.md 4.2)."""

    DELETE = "delete"
    ANONYMISE = "anonymise"  # the record stays, every personal field is erased
    ERASE_FIELDS = "erase-fields"  # the record stays, the fields that no purpose needs any longer are erased


@dataclass(frozen=True, slots=True, init=False)
class Child:
    """Records that go with the record they belong to (R11).

    `dataset` is a Dataset or the id of one in the same register and the same store. A child of several parents goes
    with the last of them; until then its relation to a parent that goes is set to NULL.
    """

    dataset: Dataset | str
    on: Join

    def __init__(self, dataset: Dataset | str, on: On) -> None:
        object.__setattr__(self, "dataset", dataset)
        object.__setattr__(self, "on", join(on))

    @property
    def dataset_id(self) -> str:
        """The id of the child's dataset."""
        return self.dataset if isinstance(self.dataset, str) else self.dataset.id


class Delete(Struct, frozen=True, kw_only=True):
    """The record goes, with its declared children."""

    children: tuple[Child, ...] = ()


class Anonymise(Struct, frozen=True, kw_only=True):
    """The record stays with every personal field erased; its declared children go."""

    children: tuple[Child, ...] = ()


Disposition = Delete | Anonymise


def action_of(disposition: Disposition) -> Action:
    """The action that a disposition is recorded as."""
    match disposition:
        case Delete():
            return Action.DELETE
        case Anonymise():
            return Action.ANONYMISE
