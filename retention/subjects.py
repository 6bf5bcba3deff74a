"""Whom a record is about: the ends of its dataset's subject paths."""

from __future__ import annotations

from retention.answer import joined
from retention.dataset import SubjectPath, Via
from retention.holds import Subject
from retention.record import UNREADABLE, Facts, Key, Record, value_text


class Unread(Exception):  # noqa: N818 - a value of the record's own, not a fault of ours
    """A subject's identity is there and cannot be read: never a reason to destroy (R8)."""


class Subjects:
    """Whom the records of one page are about; siblings reach theirs once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._ends: dict[int, dict[Key, list[str]]] = {}  # of each path by identity: declarations outlive a page

    def of(self, record: Record) -> frozenset[Subject]:
        """Whom a record is about, by namespace and id.

        Raises:
            Unread: an id is there and cannot be read.
        """
        return frozenset(
            [
                (namespace, found)
                for namespace, path in record.dataset.subject_paths
                for found in self._at_the_end(path, record)
            ]
        )

    def _at_the_end(self, path: SubjectPath, record: Record) -> list[str]:
        if isinstance(path, str):
            value = record.values[path]
            if value is UNREADABLE:
                raise Unread
            return [] if value is None else [value_text(value)]
        ours = record.at(path.on.ours)
        if ours is None:
            return self._joined(path, record)
        known = self._ends.setdefault(id(path), {})
        if ours not in known:
            known[ours] = self._joined(path, record)
        return known[ours]

    def _joined(self, path: Via, record: Record) -> list[str]:
        related = joined(self._facts, path.dataset, path.on, record)
        if related is None:
            raise Unread
        return [found for one in related for found in self._at_the_end(path.column, one)]
