"""Fictitious people: names from common Dutch ones, numbers and addresses that nobody can have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

_FIRST: Final = (
    "Anna Bram Carla Daan Els Femke Gijs Hanna Ibrahim Joke Kees Lotte Mohamed Nienke Oscar Petra Quinten Rosa Sem "
    "Thea Umit Vera Willem Xandra Yara Zeynep Aart Bea Corrie Dirk Emine Frits Greet Henk Ineke Jan Karin Leo Mieke "
    "Noor Olga Piet Ria Sander Tineke Ursula Vincent Wilma Youssef Zoë"
)
_LAST: Final = (
    "de Boer|Bakker|van Dam|Duinker|el Amrani|Faber|de Graaf|van der Helm|Jansen|Kaya|Klinkhamer|Kuiper|van Leeuwen|"
    "Meijer|Mulder|Nijssen|Özdemir|Peters|Postma|Prins|van Rijn|de Ruiter|Schouten|Smit|Spaans|van der Steen|Timmer|"
    "Tuinstra|Veenstra|Verhoef|de Vries|Vink|Visser|de Wit|Wolters|Yilmaz|Zandstra|Zeeman|Zonneveld|Zwart"
)
FIRST: Final = tuple(_FIRST.split())
LAST: Final = tuple(_LAST.split("|"))
STREETS: Final = (
    "Helmgraslaan",
    "Duindoornstraat",
    "Zeewindkade",
    "Vuurtorenpad",
    "Meeuwenplein",
    "Schelpenweg",
    "Parnassiahof",
    "Strandwal",
)
TOWNS: Final = (("Duinrand", "9901"), ("Kennemerhout", "9902"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person who does not exist."""

    number: int  # makes telephone, BSN, IBAN and e-mail address unique
    first: str
    last: str
    born: date
    sex: str
    address: str
    postcode: str
    town: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"

    @property
    def telephone(self) -> str:
        """A number in a range that is not given out."""
        return f"+3160{self.number:07d}"

    @property
    def email(self) -> str:
        """An address under a top-level domain reserved for examples."""
        letters = "".join(c for c in self.last.lower() if c.isascii() and c.isalpha())
        return f"{self.first[0].lower()}.{letters}{self.number}@voorbeeld.example"

    @property
    def bsn(self) -> str:
        """Nine digits of the range for tests."""
        return f"99{self.number:07d}"

    @property
    def iban(self) -> str:
        """An account whose check digits are never right."""
        return f"NL00DUIN{self.number:010d}"


def person(number: int, random: Random, *, oldest: int = 1938, youngest: int = 2004) -> Person:
    """A new person, born in one of the years from `oldest` to `youngest`."""
    town, area = random.choice(TOWNS)
    born = date(oldest, 1, 1) + timedelta(days=random.randrange((youngest - oldest + 1) * 365))
    return Person(
        number=number,
        first=random.choice(FIRST),
        last=random.choice(LAST),
        born=born,
        sex=random.choice("mv"),
        address=f"{random.choice(STREETS)} {random.randrange(1, 240)}",
        postcode=f"{area} {random.choice('ABCDEFGH')}{random.choice('KLMNPRST')}",
        town=town,
    )
