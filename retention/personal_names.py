"""Column names that look personal, in Dutch and English: for drafts and coverage, never for a decision."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_NAMES: Final = """
    naam namen voornaam voornamen achternaam tussenvoegsel roepnaam meisjesnaam voorletters initialen
    name names firstname lastname surname fullname givenname middlename maidenname initials username nickname
    bsn burgerservicenummer sofinummer ssn passport paspoort paspoortnummer rijbewijs identiteitsbewijs vnummer
    geboren geboortedatum geboorteplaats geboorteland geboortejaar birth birthday birthdate birthplace born dob
    overleden deceased geslacht gender sex nationaliteit nationality leeftijd age
    adres adressen straat straatnaam huisnummer huisnr postcode woonplaats plaats
    address street housenumber zip zipcode postal postalcode city town residence
    telefoon telefoonnummer tel mobiel mobile phone telephone gsm sms fax
    email mail mailadres emailadres website twitter facebook linkedin instagram skype whatsapp
    iban bic rekening rekeningnummer bankrekening account creditcard salaris salary loon inkomen income
    ip ipadres ipaddress cookie cookieid sessie session useragent device imei mac latitude longitude lat lon gps
    kenteken foto photo picture handtekening signature vingerafdruk fingerprint avatar
    diagnose gezondheid health medisch medical medicatie allergie allergy handicap religie religion
    notitie notities opmerking opmerkingen bijzonderheden toelichting samenvatting motivatie tekst
    note notes remark remarks comment comments memo description transcript cv
    partner contactpersoon melder deelnemer vrijwilliger medewerker person persoon afzender sender
"""
_WORDS: Final = frozenset(_NAMES.split())
_PARTS: Final = ("naam", "adres", "address", "geboorte", "telefoon", "email", "postcode", "surname", "phone", "birth")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_OF_ANOTHER: Final = re.compile(r"(?:_id|Id|_code)$")  # an identifier of another record, or of a thing


def looks_personal(name: str) -> bool:
    """Whether a column's name suggests personal data; identifiers of other records do not count."""
    if _OF_ANOTHER.search(name):
        return False
    words = {word.lower() for word in _WORD.findall(name)}  # voor_naam, voorNaam and "Voor Naam" alike
    joined = re.sub("[^a-z]", "", name.lower())
    return not _WORDS.isdisjoint(words) or joined in _WORDS or any(part in joined for part in _PARTS)


def personal_first(names: Iterable[str]) -> list[str]:
    """The names that look personal before the others, each group in its own order."""
    return sorted(names, key=lambda name: not looks_personal(name))
