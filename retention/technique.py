"""Techniques: how one personal field is erased while its record stays (P10).

Each is a value with two questions answered from the value alone: what it becomes, and whether it is done already;
`retention.erase` answers them. Here is what a technique is, which columns can take it, and how people read it.
Applying one twice is applying it once. A pseudonym is never called anonymous: it is still personal data.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from msgspec import Struct

from retention.errors import PolicyError
from retention.text import Text


class Nullify(Struct, frozen=True):
    """The field becomes NULL."""


class FixedText(Struct, frozen=True):
    """The field becomes one text, the same for everybody."""

    text: str


class Truncate(Struct, frozen=True):
    """The field keeps its first characters: Truncate(4) makes 2101AB 2101."""

    length: int  # characters kept, at least 1

    def __post_init__(self) -> None:
        if self.length < 1:
            raise PolicyError("Truncate keeps at least one character; write Nullify() to keep none.")


class DateToYear(Struct, frozen=True):
    """A date becomes 1 January of its year; a timestamp the first instant of it."""


class DateToMonth(Struct, frozen=True):
    """A date becomes the first of its month; a timestamp the first instant of it."""


class IpPrefix(Struct, frozen=True):
    """An IP address keeps its network part; what is no address becomes NULL."""

    v4: int = 24  # bits kept, 1 to 31
    v6: int = 48  # bits kept, 1 to 127

    def __post_init__(self) -> None:
        if not (0 < self.v4 < 32 and 0 < self.v6 < 128):  # noqa: PLR2004 - the widths of the two address families
            raise PolicyError("IpPrefix keeps 1 to 31 bits of IPv4 and 1 to 127 bits of IPv6.")


class Band(Struct, frozen=True):
    """A number becomes the lower bound of its band: Band(10) makes 47 40, and -3 -10."""

    width: int

    def __post_init__(self) -> None:
        if self.width < 2:  # noqa: PLR2004 - a band of one is the number itself
            raise PolicyError("A band is at least 2 wide.")


class AgeBand(Struct, frozen=True):
    """A date of birth becomes 1 January of the first year of its band of years: AgeBand(5) makes 1987-06-30 1985."""

    years: int = 5

    def __post_init__(self) -> None:
        if self.years < 2:  # noqa: PLR2004 - one year is DateToYear
            raise PolicyError("An age band is at least 2 years wide; write DateToYear() for one.")


class Pseudonymise(Struct, frozen=True):
    """A text becomes a keyed pseudonym behind a marker: still personal data while the key exists.

    The key is named, never written, in a policy; the store is handed it as bytes.
    """

    key: str  # the name of the key in the keys directory
    marker: str = "psn:"


Technique = Nullify | FixedText | Truncate | DateToYear | DateToMonth | IpPrefix | Band | AgeBand | Pseudonymise

PSEUDONYM_HEX: Final = 32  # hexadecimal digits behind the marker: 128 bits of HMAC-SHA256


def is_pseudonym(technique: Technique) -> bool:
    """Whether its result is still personal data: a pseudonym, to be reported as such."""
    return isinstance(technique, Pseudonymise)


def fits(technique: Technique, *, nullable: bool, python_type: type | None, length: int | None) -> str | None:
    """Why a column cannot take a technique, or cannot show that it is done; None when it can.

    `python_type` is that of the canonical values: date or datetime where the dataset declares the column as one,
    whatever the database holds; None when it is not known. `length` is in characters; None: no bound.
    """
    if not nullable and _may_empty(technique, python_type):
        return "it can become NULL, and the column is NOT NULL"
    if isinstance(technique, Nullify):
        return None
    if python_type not in _types(technique):
        wanted = ", ".join(sorted(kind.__name__ for kind in _types(technique)))
        return (
            f"it works on {wanted}, and the column holds {python_type.__name__ if python_type else 'an unknown type'}"
        )
    return _misfit_of_text(technique, length)


def _may_empty(technique: Technique, python_type: type | None) -> bool:
    """Whether some value of the column becomes NULL: what is no address, no date, no number that can be told apart."""
    match technique:
        case Nullify() | IpPrefix():
            return True
        case DateToYear() | DateToMonth() | AgeBand():
            return python_type is str
        case Band():
            return python_type is float
        case FixedText() | Truncate() | Pseudonymise():
            return False


def _types(technique: Technique) -> tuple[type, ...]:
    match technique:
        case DateToYear() | DateToMonth() | AgeBand():
            return (date, datetime, str)
        case Band():
            return (int, Decimal, float)
        case _:
            return (str,)


def _misfit_of_text(technique: Technique, length: int | None) -> str | None:
    """Why a text column of this length cannot take or mark the result; None when it can."""
    match technique:
        case Pseudonymise(marker=""):
            return "without a marker nobody can tell a pseudonym from a value: give it one"
        case Pseudonymise():
            needed = len(technique.marker) + PSEUDONYM_HEX
        case FixedText():
            needed = len(technique.text)
        case Truncate() if length is not None and technique.length >= length:
            return (
                f"it keeps {technique.length} characters, and the column holds no more than {length}: nothing would go"
            )
        case _:
            needed = 0
    if length is not None and needed > length:
        return f"it needs {needed} characters, and the column holds {length}"
    return None


def sentence(technique: Technique) -> Text:
    """What happens to a field, as the end of a sentence that starts with its name."""
    match technique:
        case Nullify():
            return Text(nl="wordt leeggemaakt", en="is emptied")
        case FixedText(text):
            return Text(nl=f"wordt vervangen door de tekst “{text}”", en=f"is replaced by the text “{text}”")
        case Truncate(1):
            return Text(nl="houdt alleen het eerste teken", en="keeps only its first character")
        case Truncate(length):
            return Text(nl=f"houdt alleen de eerste {length} tekens", en=f"keeps only its first {length} characters")
        case DateToYear():
            return Text(nl="wordt teruggebracht tot 1 januari van het jaar", en="is reduced to 1 January of its year")
        case DateToMonth():
            return Text(nl="wordt teruggebracht tot de eerste van de maand", en="is reduced to the first of its month")
        case IpPrefix(v4, v6):
            return Text(
                nl=f"houdt alleen het netwerkdeel ({v4} bits van IPv4, {v6} van IPv6)",
                en=f"keeps only its network part ({v4} bits of IPv4, {v6} of IPv6)",
            )
        case Band(width):
            return Text(
                nl=f"wordt naar beneden afgerond op een veelvoud van {width}",
                en=f"is rounded down to a multiple of {width}",
            )
        case AgeBand(years):
            return Text(
                nl=f"wordt teruggebracht tot het eerste jaar van een groep van {years} jaar",
                en=f"is reduced to the first year of a band of {years} years",
            )
        case Pseudonymise():
            return Text(
                nl="wordt vervangen door een pseudoniem (blijft een persoonsgegeven)",
                en="is replaced by a pseudonym (still personal data)",
            )
