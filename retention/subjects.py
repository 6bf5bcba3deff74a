"""Whom a record is about: the ends of its dataset's subject paths."""

from __future__ import annotations

from retention.answer import joined
from retention.dataset import SubjectPath
from retention.holds import Subject
from retention.record import UNREADABLE, Facts, Record, value_text


class Unread(Exception):  # noqa: N818 - a value of the record's own, not a fault of ours
    """A subject's identity is there and cannot be read: never a reason to destroy (R8)."""


def subjects_of(record: Record, facts: Facts) -> frozenset[Subject]:
    """Whom a record is about, by namespace and id.

    Raises:
        Unread: an id is there and cannot be read.
    """
    return frozenset(
        [
            (namespace, found)
            for namespace, path in record.dataset.subject_paths
            for found in _at_the_end(path, record, facts)
        ]
    )


def _at_the_end(path: SubjectPath, record: Record, facts: Facts) -> list[str]:
    if isinstance(path, str):
        value = record.values[path]
        if value is UNREADABLE:
            raise Unread
        return [] if value is None else [value_text(value)]
    related = joined(facts, path.dataset, path.on, record)
    if related is None:
        raise Unread
    return [found for one in related for found in _at_the_end(path.column, one, facts)]
