"""What a person can do about what a plan found in the records themselves: one finding a reason, both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from retention.details import SINGLED_OUT, Remains
from retention.finding import Finding, Severity
from retention.reason import SENTENCE, Reason
from retention.reports.words import Words
from retention.text import Language, Text

_LOOK_UP: Final = Text(
    nl="Zoek de records op met `retention explain` en herstel ze in de bron.",
    en="Look the records up with `retention explain`, and mend them at the source.",
)
_HINTS: Final[Mapping[Reason, Text]] = {
    Reason.REVIEW_NO_TRIGGER: Text(
        nl="Vul de datum in de bron in. Is hij vaker leeg omdat iets nog loopt, zeg dat dan in de regel: "
        "`open_while_empty`.",
        en="Fill the date in at the source. If it is empty because something still runs, say so in the rule: "
        "`open_while_empty`.",
    ),
    Reason.REVIEW_FUTURE: Text(
        nl="Een gebeurtenis kan niet na vandaag liggen: verbeter hem in de bron. Is het een einddatum, noem hem dan "
        "zo in de regel: `ends`.",
        en="An event cannot lie after today: correct the date at the source. If it is an end date, call it one in the "
        "rule: `ends`.",
    ),
    Reason.REVIEW_IMPLAUSIBLE: Text(
        nl="Verbeter de datum in de bron. Is het een waarde die “leeg” betekent (1900-01-01, 9999-12-31), maak hem dan "
        "leeg.",
        en="Correct the date at the source. If it is a value that stands for “empty” (1900-01-01, 9999-12-31), make it "
        "empty.",
    ),
    Reason.REVIEW_ORPHAN: Text(
        nl="Deze records verwijzen naar iets wat niet meer bestaat. Zoek uit waar ze bij horen, of laat de beheerder "
        "ze opruimen.",
        en="These records refer to something that no longer exists. Find out what they belong to, or have the "
        "administrator clear them up.",
    ),
    Reason.REVIEW_UNMAPPED: Text(
        nl="In een veld waarop de regels vergelijken ontbreekt de waarde. Vul haar in de bron in.",
        en="A field by which the rules tell records apart has no value. Fill it in at the source.",
    ),
    Reason.REVIEW_UNREADABLE: Text(
        nl="Van deze records is niet te lezen over wie ze gaan. Herstel de sleutel in de bron.",
        en="Whom these records are about cannot be read. Mend the key at the source.",
    ),
    Reason.REVIEW_UNGOVERNED: Text(
        nl="Geen regel gaat over deze records. Beslis waarvoor ze nodig zijn, en schrijf een regel.",
        en="No rule is about these records. Decide what they are needed for, and write a rule.",
    ),
}


def review(reason: Reason, where: str, count: int) -> Finding:
    """Records of a dataset that are in doubt for one reason."""
    return Finding(
        severity=Severity.WARNING,
        code=reason.value,
        where=where,
        text=SENTENCE[reason],
        hint=_HINTS.get(reason, _LOOK_UP),
        count=count,
    )


def singled_out(where: str, remains: Remains) -> Finding:
    """Records that are called anonymised, and of which one can still be told from all others."""
    nl, en = (Words(language).listed(remains.columns) for language in (Language.NL, Language.EN))
    if remains.smallest is None:
        text = Text(
            nl="niet aantoonbaar anoniem: hoeveel records in wat overblijft gelijk zijn, is niet vast te stellen",
            en="not shown to be anonymous: how many records are alike in what remains could not be counted",
        )
    else:
        text = Text(
            nl=f"niet anoniem: nog steeds herleidbaar tot een persoon, minder dan {SINGLED_OUT} records zijn gelijk",
            en=f"not anonymous: still singles out, fewer than {SINGLED_OUT} records are alike",
        )
    return Finding(
        severity=Severity.WARNING,
        code="NOT_ANONYMOUS",
        where=where,
        text=text,
        hint=Text(
            nl=f"Wat overblijft: {nl}. Wis hiervan meer, maak het grover, of vernietig het record in zijn geheel.",
            en=f"What remains: {en}. Erase more of it, make it coarser, or destroy the record as a whole.",
        ),
        count=remains.records,
    )


def uncovered(store: str, tables: int, personal: int) -> Finding:
    """Tables of a store of which nothing disposes."""
    return Finding(
        severity=Severity.NOTICE,
        code="TABLES_UNGOVERNED",
        where=store,
        text=Text(
            nl=f"tabellen waarover geen regel gaat: {tables}, waarvan {personal} met kolommen die op persoonsgegevens "
            "lijken",
            en=f"tables that no rule is about: {tables}, of which {personal} have columns that look like personal data",
        ),
        hint=Text(
            nl="Bekijk ze onder Dekking. Staan er persoonsgegevens in, beschrijf ze dan en geef ze een termijn.",
            en="See them under Coverage. If they hold personal data, declare them and give them a period.",
        ),
    )
