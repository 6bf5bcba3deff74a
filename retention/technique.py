"""Techniques: how one personal field is erased while its record stays (P10).

Each is a value with two questions answered from the value alone: what it becomes, and whether it is done already.
Applying one twice is applying it once. A pseudonym is never called anonymous: it is still personal data.
"""

from __future__ import annotations

from dataclasses import dataclass

from retention.errors import PolicyError


@dataclass(frozen=True, slots=True)
class Nullify:
    """The field becomes NULL."""


@dataclass(frozen=True, slots=True)
class FixedText:
    """The field becomes one text, the same for everybody."""

    text: str


@dataclass(frozen=True, slots=True)
class Truncate:
    """The field keeps its first characters: Truncate(4) makes 2101AB 2101."""

    length: int  # characters kept, at least 1

    def __post_init__(self) -> None:
        if self.length < 1:
            raise PolicyError("Truncate keeps at least one character; write Nullify() to keep none.")


@dataclass(frozen=True, slots=True)
class DateToYear:
    """A date becomes 1 January of its year; a timestamp the first instant of it."""


@dataclass(frozen=True, slots=True)
class DateToMonth:
    """A date becomes the first of its month; a timestamp the first instant of it."""


@dataclass(frozen=True, slots=True)
class IpPrefix:
    """An IP address keeps its network part; what is no address becomes NULL."""

    v4: int = 24  # bits kept, 1 to 31
    v6: int = 48  # bits kept, 1 to 127

    def __post_init__(self) -> None:
        if not (0 < self.v4 < 32 and 0 < self.v6 < 128):  # noqa: PLR2004 - the widths of the two address families
            raise PolicyError("IpPrefix keeps 1 to 31 bits of IPv4 and 1 to 127 bits of IPv6.")


@dataclass(frozen=True, slots=True)
class Band:
    """A number becomes the lower bound of its band: Band(10) makes 47 40, and -3 -10."""

    width: int

    def __post_init__(self) -> None:
        if self.width < 2:  # noqa: PLR2004 - a band of one is the number itself
            raise PolicyError("A band is at least 2 wide.")


@dataclass(frozen=True, slots=True)
class AgeBand:
    """A date of birth becomes 1 January of the first year of its band of years: AgeBand(5) makes 1987-06-30 1985."""

    years: int = 5

    def __post_init__(self) -> None:
        if self.years < 2:  # noqa: PLR2004 - one year is DateToYear
            raise PolicyError("An age band is at least 2 years wide; write DateToYear() for one.")


@dataclass(frozen=True, slots=True)
class Pseudonymise:
    """A text becomes a keyed pseudonym behind a marker: still personal data while the key exists.

    The key is named, never written, in a policy; the store is handed it as bytes.
    """

    key: str  # the name of the key in the keys directory
    marker: str = "psn:"


Technique = Nullify | FixedText | Truncate | DateToYear | DateToMonth | IpPrefix | Band | AgeBand | Pseudonymise
