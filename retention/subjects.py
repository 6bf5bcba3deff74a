"""Whom a record is about: the ends of its dataset's subject paths."""

from __future__ import annotations

from typing import Final

from retention.answer import joined
from retention.dataset import SubjectPath, Via
from retention.holds import Subject
from retention.record import UNREADABLE, Facts, Key, Record, value_text


class Unread(Exception):  # noqa: N818 - a value of the record's own, not a fault of ours
    """A subject's identity is there and cannot be read: never a reason to destroy (R8)."""


_NOBODY: Final[frozenset[Subject]] = frozenset()


class Subjects:
    """Whom the records of one page are about; siblings reach theirs once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: dict[tuple[str, int], dict[Key, frozenset[Subject]]] = {}  # of each path, which outlives a page

    def of(self, record: Record) -> frozenset[Subject]:
        """Whom a record is about, by namespace and id.

        Raises:
            Unread: an id is there and cannot be read.
        """
        paths = record.dataset.subject_paths
        if len(paths) == 1:
            return self._reached(*paths[0], record)
        return _NOBODY.union(*(self._reached(namespace, path, record) for namespace, path in paths))

    def _reached(self, namespace: str, path: SubjectPath, record: Record) -> frozenset[Subject]:
        if isinstance(path, str):
            value = record.values[path]
            if value is UNREADABLE:
                raise Unread
            return _NOBODY if value is None else frozenset([(namespace, value_text(value))])
        ours = record.at(path.on.ours)
        if ours is None:
            return self._joined(namespace, path, record)
        known = self._known.setdefault((namespace, id(path)), {})
        found = known.get(ours)
        if found is None:
            found = known[ours] = self._joined(namespace, path, record)
        return found

    def _joined(self, namespace: str, path: Via, record: Record) -> frozenset[Subject]:
        related = joined(self._facts, path.dataset, path.on, record)
        if related is None:
            raise Unread
        return _NOBODY.union(*(self._reached(namespace, path.column, one) for one in related))
