"""What the name of a column suggests, in Dutch and in English: never more than a suggestion to confirm."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import Final

from retention.personal_names import looks_personal


class Kind(Enum):
    """What a column may hold, by its name."""

    NAME = "name"
    CONTACT = "contact"
    BIRTH = "birth"
    POSTCODE = "postcode"
    NETWORK = "network"
    NUMBER = "number"  # of a person or an account: bsn, iban
    FREE_TEXT = "free text"
    OTHER = "personal data"


_PERSONAL: Final = (  # the first that matches counts
    (Kind.POSTCODE, r"post_?code|postal_?code|zip(_?code)?"),
    (Kind.BIRTH, r"geboren(_?op)?|geboorte_?datum|geb_?datum|birth_?(date|day)|date_?of_?birth|dob"),
    (Kind.NETWORK, r"ip|ip_?adres|ip_?address|remote_?addr"),
    (Kind.NUMBER, r"bsn|burgerservicenummer|ssn|iban|rekening(nummer)?|paspoort(nummer)?|passport(_?number)?|kenteken"),
    (
        Kind.CONTACT,
        (
            r"e?_?mail(_?adres|_?address)?|telefoon(nummer)?|tel(nr)?|mobiel|gsm|(tele)?phone(_?number)?|mobile"
            r"|adres|address|straat(naam)?|street|huis_?nummer|house_?number|woonplaats|city|town"
        ),
    ),
    (
        Kind.NAME,
        (
            r"naam|name|(voor|achter|geboorte|volledige_?|roep|partner|tussen)_?na?am|voorletters|tussenvoegsel|initials"
            r"|(first|last|full|given|family|middle|sur|maiden)_?name"
        ),
    ),
    (
        Kind.FREE_TEXT,
        (
            r"notitie|notities|opmerking(en)?|toelichting|omschrijving|samenvatting|verslag|tekst|bericht|inhoud|reden"
            r"|bijzonderheden|notes?|remarks?|comments?|summary|description|message|body|content"
        ),
    ),
)
_WORD: Final = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])")

_CLOSING: Final = re.compile(
    r"(?:^|_)(afgesloten|gesloten|afgehandeld|beeindigd|eind(e|datum)?|uit_?dienst|gestopt|vertrokken|tot"
    r"|closed|ended?|finished|completed|terminated|left|until|returned|return_date)(?:_|$)"
)
_EVENT: Final = re.compile(
    r"(?:^|_)(datum|date|op|at|on|tijd|tijdstip|time|timestamp|created|aangemaakt|ontvangen|received|start(ed)?"
    r"|geopend|opened)(?:_|$)"
)
_STAMP: Final = re.compile(
    r"(?:^|_)(last_?(update|change|modified)d?|updated?|modified|changed|gewijzigd|bijgewerkt|wijziging)(?:_|$)"
)
_WHOLE_PERSON: Final = re.compile(
    r"(voor|achter|geboorte|roep)_?na?am|voorletters|(first|last|given|family|sur|maiden)_?name|surname"
)
_WORKER: Final = re.compile(r"(?:^|_)(staff|employees?|medewerkers?|users?|gebruikers?|agents?|operators?)(?:_|$)")


def words(name: str) -> str:
    """A name in lower case with underscores: `postCode` and `Post Code` are post_code, `Cliënt` is client."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return "_".join(part for part in _WORD.sub("_", plain).lower().split("_") if part)


def personal_kind(name: str) -> Kind | None:
    """What a column of this name probably holds of a person; None: nothing, as far as the name tells."""
    plain = words(name)
    for kind, pattern in _PERSONAL:
        if re.fullmatch(pattern, plain) or re.search(rf"(?:^|_)(?:{pattern})$", plain):
            return kind
    return Kind.OTHER if looks_personal(name) else None


def looks_like_closing(name: str) -> bool:
    """Whether a date column of this name probably says when something ended."""
    return _CLOSING.search(words(name)) is not None


def looks_like_stamp(name: str) -> bool:
    """Whether a date column of this name probably says when its record was last changed, whatever changed."""
    return _STAMP.search(words(name)) is not None


def is_of_a_person(name: str) -> bool:
    """Whether only a person has what a column of this name holds: a first name, never just a name."""
    return _WHOLE_PERSON.fullmatch(words(name)) is not None


def looks_like_worker(table: str) -> bool:
    """Whether a table of this name probably holds those who do the work, not those whom it is about."""
    return _WORKER.search(words(table)) is not None


def looks_like_date(name: str) -> bool:
    """Whether a text column of this name probably holds a date."""
    return looks_like_closing(name) or _EVENT.search(words(name)) is not None or personal_kind(name) is Kind.BIRTH


def constant(name: str) -> str:
    """A table's name as a Python constant: `order lines` is ORDER_LINES."""
    plain = words(name).upper() or "TABLE"
    return plain if plain[0].isalpha() else f"T_{plain}"


def namespace(table: str) -> str:
    """The namespace of the persons in a table: small letters, digits and hyphens, a letter first."""
    return constant(table).lower().replace("_", "-")
