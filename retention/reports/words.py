"""Words, dates and numbers as a reader of one language expects them.

English is the source language of the catalogues: its text is the key. Dutch is in `locale/nl`. Vocabulary that has a
grammar of its own (rules, triggers, conditions) is in `retention.reports.sentences`, both languages side by side.
"""

from __future__ import annotations

import gettext as catalogues
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from msgspec import Struct

from retention.errors import ConfigError
from retention.period import AT_ONCE, PERMANENT, AtOnce, KeepFor, Period, Permanent
from retention.reason import SENTENCE, Reason
from retention.text import Language, Text

LOCALES: Final = Path(__file__).parent / "locale"
LOCALE_OF: Final = {Language.NL: "nl_NL", Language.EN: "en_GB"}
MASKED_BELOW: Final = 5
"""In a report for keeping, smaller groups of records are not shown as a number (P7)."""

_PERHAPS: Final = re.compile("[^ -~\\n\\t\u00a0-\u00ac\u00ae-\u05ff\u2010-\u2027]")  # what might; the others never do
_MANY: Final = 16_384  # numbers that are written often
_ISO = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")


class Words(Struct, frozen=True):
    """How one reader is spoken to."""

    language: Language
    keeping: bool = False  # a report for keeping: counts from 1 to 4 show as <5

    @property
    def locale(self) -> str:
        """The reader's locale: nl_NL or en_GB."""
        return LOCALE_OF[self.language]

    def gettext(self, message: str) -> str:
        """A message of the catalogue."""
        return _catalogue(self.language).gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """A message of the catalogue in the form that belongs to a number."""
        return _catalogue(self.language).ngettext(one, many, n)

    def text(self, text: Text) -> str:
        """A declared text in the reader's language."""
        return text[self.language]

    def date(self, day: date) -> str:
        """1 juli 2026, 1 July 2026."""
        return format_date(day, "d MMMM y", locale=self.locale)

    def month(self, year: int, month: int) -> str:
        """A short month with its year: "jul 2026", "Jul 2026"."""
        return format_date(datetime(year, month, 1), "LLL y", locale=self.locale)  # noqa: DTZ001 - no moment: a month

    def moment(self, at: datetime, zone: str) -> str:
        """A date and the time of day in a zone, to the minute."""
        return format_datetime(at, "d MMMM y HH:mm", tzinfo=ZoneInfo(zone), locale=self.locale)

    def number(self, value: float | Decimal) -> str:
        """A number with the reader's separators, none of its digits rounded away."""
        if isinstance(value, int):
            return _whole(value, self.locale)
        return format_decimal(value, locale=self.locale, decimal_quantization=False)

    def exact(self, value: int | Decimal) -> str:
        """A number as a constant: the reader's decimal sign, no separators, so that a year stays a year."""
        return format_decimal(value, locale=self.locale, decimal_quantization=False, group_separator=False)

    def count(self, n: int) -> str:
        """A number of records; in a report for keeping, small numbers are masked."""
        return f"<{MASKED_BELOW}" if self.keeping and 0 < n < MASKED_BELOW else self.number(n)

    def kept(self, n: int | str) -> str:
        """A number as a report for keeping has it: 1,286, <5, \u22651,320."""
        sign, digits = ("", n) if isinstance(n, int) else (n[:1], n[1:])
        return f"{sign}{self.number(int(digits))}"

    def records(self, n: int) -> str:
        """1 record, 1,286 records."""
        return self.ngettext("%(count)s record", "%(count)s records", n) % {"count": self.count(n)}

    def days(self, n: int) -> str:
        """1 dag, 1.204 dagen."""
        return self.ngettext("%(count)s day", "%(count)s days", n) % {"count": self.number(n)}

    def months(self, n: int) -> str:
        """1 maand, 6 maanden."""
        return self.ngettext("%(count)s month", "%(count)s months", n) % {"count": self.number(n)}

    def years(self, n: int) -> str:
        """1 jaar, 5 jaar."""
        return self.ngettext("%(count)s year", "%(count)s years", n) % {"count": self.number(n)}

    def listed(self, parts: Iterable[str]) -> str:
        """a, b en c."""
        return format_list(list(parts), locale=self.locale)

    def either(self, parts: Iterable[str]) -> str:
        """a, b of c."""
        return format_list(list(parts), style="or", locale=self.locale)

    def period(self, keep_for: KeepFor) -> str:
        """5 jaar, 1 year and 6 months."""
        match keep_for:
            case Period(years, months, days):
                units = ((self.years, years), (self.months, months), (self.days, days))
                return self.listed(say(n) for say, n in units if n)
            case AtOnce():
                return self.gettext("at once")
            case Permanent():
                return self.gettext("permanently")

    def reason(self, code: str) -> str:
        """Why a record goes or stays, in words."""
        return SENTENCE[Reason(code)][self.language]


def parse_period(iso: str) -> KeepFor:
    """The period that a summary writes as ISO 8601, "P0D" or "permanent"."""
    if iso == PERMANENT.iso:
        return PERMANENT
    if iso == AT_ONCE.iso:
        return AT_ONCE
    found = _ISO.fullmatch(iso)
    if found is None:
        raise ValueError(f"{iso!r} is not a period of whole years, months and days.")
    years, months, days = (int(part or 0) for part in found.groups())
    return Period(years, months, days)


def plain(text: str) -> str:
    """A text without characters that would steer a terminal or turn the reading direction round."""
    return _PERHAPS.sub(lambda found: "\ufffd" if _steers(found[0]) else found[0], text)


def _steers(char: str) -> bool:
    return char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} and char != "\u00ad"


@lru_cache(_MANY)
def _whole(value: int, locale: str) -> str:
    return format_decimal(value, locale=locale)


@cache
def _catalogue(language: Language) -> catalogues.NullTranslations:
    match language:
        case Language.NL:
            return _translation("nl")
        case Language.EN:
            return catalogues.NullTranslations()


def _translation(name: str) -> catalogues.NullTranslations:
    try:
        return catalogues.translation("messages", LOCALES, [name])
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"The texts in {name!r} are missing from this installation, or cannot be read. Install retention again, or "
            "ask for --lang en."
        ) from error
