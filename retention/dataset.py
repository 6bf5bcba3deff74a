"""Datasets: what a store holds, whom it is about, and how it can be erased."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar, Final

from msgspec import Struct, field
from msgspec.structs import force_setattr

from retention.disposition import Delete, Disposition
from retention.errors import PolicyError
from retention.relation import Join, On, join
from retention.technique import Technique
from retention.text import Text

_REMEMBERED: Final = 1024  # datasets


class TimeText(StrEnum):
    """The text form of a timestamp where the database has no type for it (SQLite)."""

    SPACE = "space"  # 2026-07-01 12:30:00[.ffffff]
    T = "T"  # 2026-07-01T12:30:00[.ffffff], with Z or an offset where the column carries its own
    EPOCH = "epoch"  # seconds since 1970-01-01T00:00Z, an integer


class Day(Struct, frozen=True, kw_only=True):
    """A date column; as text it is YYYY-MM-DD, and nothing else is read as a date."""

    not_before: str | None = None  # another date column of the record that this one cannot precede


class Timestamp(Struct, frozen=True, kw_only=True):
    """A timestamp column, and the zone its values are written in."""

    zone: str | None  # an IANA name (UTC, Europe/Amsterdam); None: each value carries its own offset
    text: TimeText = TimeText.SPACE  # its form where the database stores text
    not_before: str | None = None  # as for Day


DateKind = Day | Timestamp


class Via(Struct, frozen=True):
    """A subject reached through a related dataset: its column, or a further path from there."""

    on: Join
    dataset: Dataset
    column: str | Via


class NoSubject(Struct, frozen=True):
    """A reason why a dataset's records are about nobody who could be named."""

    reason: Text


class Kept(Struct, frozen=True):
    """A reason why the database itself may keep what is destroyed or changed: a history that is not ours to empty.

    It is repeated wherever people read what is done: versions of a system-versioned table, what a trigger copies, a
    materialised view until it is refreshed.
    """

    reason: Text


SubjectPath = str | Via


def via(on: On, dataset: Dataset, column: str | Via) -> Via:
    """A path to the subject: join `dataset` on `on`, take `column` there."""
    return Via(join(on), dataset, column)


_ID = re.compile(r"[a-z][a-z0-9_]*\.[A-Za-z][A-Za-z0-9_]*")


class Dataset(Struct, frozen=True, kw_only=True, eq=False):
    """One kind of record in one store.

    `id` is "store.collection" and stands for the dataset in the log, in reports and in holds; `collection` is the
    table's own name where that differs. Two datasets are the same only when they are the same object.
    """

    id: str
    key: tuple[str, ...]  # columns that identify a record, in order
    subjects: Mapping[str, SubjectPath | tuple[SubjectPath, ...]] | NoSubject
    then: Disposition = field(default_factory=Delete)
    fields: Mapping[str, Technique] = field(default_factory=dict)  # personal fields, and how each is erased
    dates: Mapping[str, DateKind] = field(default_factory=dict)  # date and timestamp columns that rules read
    title: Text | None = None  # None: the id serves
    collection: str = ""  # the table's name, perhaps schema.table; empty: the part of the id after the dot
    plausible_from: date = date(1900, 1, 2)  # no event is believed before it (birth dates apart)
    usual_daily: int | None = None  # the records a normal day disposes of (P4); None: the default limits apply
    notice: int = 1  # days between the plan that lists a record and the run that disposes of it (P13)
    history: Kept | None = None  # None: nothing of what is destroyed stays behind
    triggers: tuple[str, ...] = ()  # the database's own, seen to leave no copy behind

    when_set: ClassVar = frozenset({"history", "triggers"})  # came later: in the canonical text only where they are set

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise PolicyError(f"Dataset id {self.id!r} is not store.collection in plain letters: write cvs.dossier.")
        if not self.key:
            raise PolicyError(f"Dataset {self.id} names no key. Name the columns that identify one record.")
        if self.notice < 0 or (self.usual_daily is not None and self.usual_daily < 0):
            raise PolicyError(f"Dataset {self.id}: notice and usual_daily cannot be negative.")
        if not isinstance(self.subjects, NoSubject):
            force_setattr(self, "subjects", MappingProxyType(dict(self.subjects)))
        force_setattr(self, "fields", MappingProxyType(dict(self.fields)))
        force_setattr(self, "dates", MappingProxyType(dict(self.dates)))
        if not self.collection:
            force_setattr(self, "collection", self.id.partition(".")[2])

    @property
    def store(self) -> str:
        """The name of the store that holds it."""
        return self.id.partition(".")[0]

    @property
    def subject_paths(self) -> tuple[tuple[str, SubjectPath], ...]:
        """Every (namespace, path) by which a subject is reached; none for NoSubject."""
        return _paths(self)

    def __repr__(self) -> str:
        return f"Dataset({self.id!r})"


@lru_cache(_REMEMBERED)
def _paths(dataset: Dataset) -> tuple[tuple[str, SubjectPath], ...]:
    """Asked for every record, and no field: a dataset's fingerprint is of what is declared."""
    if isinstance(dataset.subjects, NoSubject):
        return ()
    return tuple(
        (namespace, path)
        for namespace, paths in dataset.subjects.items()
        for path in (paths if isinstance(paths, tuple) else (paths,))
    )
