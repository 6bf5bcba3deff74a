"""A text in the two languages of the product."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language that people read."""

    NL = "nl"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The same statement in Dutch and in English."""

    nl: str
    en: str

    def __getitem__(self, language: Language) -> str:
        match language:
            case Language.NL:
                return self.nl
            case Language.EN:
                return self.en
