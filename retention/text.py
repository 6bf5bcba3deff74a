"""A text in the two languages of the product."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Language(StrEnum):
    """A language that people read."""

    NL = "nl"
    EN = "en"


class Text(Struct, frozen=True, kw_only=True):
    """The same statement in Dutch and in English."""

    nl: str
    en: str

    def __getitem__(self, language: Language) -> str:
        match language:
            case Language.NL:
                return self.nl
            case Language.EN:
                return self.en


def many(count: int, one: str, more: str) -> str:
    """A number with its noun: 1 dataset, 2 datasets."""
    return f"{count} {one if count == 1 else more}"


def records(count: int) -> str:
    """A number of records, the same in both languages."""
    return many(count, "record", "records")


def bare(said: str) -> str:
    """A sentence without its full stop, to stand within another."""
    return said.strip().rstrip(".")
