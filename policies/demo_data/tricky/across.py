"""Tricky cases of several stores at once, and the holds that belong to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from retention.text import Text

from ..make_care import client, course, dossier, enrolment, participant, person_in, presence
from ..make_office import call, debtor, invoice, message, recording
from .case import Case, Expected, HoldToPlace, number_of, someone


def _k03() -> Case:
    key, who = number_of(3), someone(3)
    ended, invoiced = date(2024, 6, 30), date(2024, 6, 20)
    enrolled = date(2024, 3, 4)
    return Case(
        number="K03",
        title=Text(nl="Twee doelen, twee termijnen", en="Two purposes, two periods"),
        inserted=(
            participant(key, who, enrolled),
            course(key, "Valpreventie", date(2024, 4, 3), ended),
            enrolment(key, key, key, enrolled),
            presence(key, date(2024, 4, 10)),
            debtor(key, who, invoiced, "deelnemer", key),
            invoice(key, key, invoiced, omschrijving="Cursus Valpreventie, mw. met rollator"),
        ),
        expected=(
            Expected(dataset="act.deelnemer", key=(key,), code="DUE_EXPIRED", last_day=date(2026, 6, 30)),
            Expected(dataset="act.inschrijving", key=(key,), code="GOES_WITH_PARENT", last_day=date(2026, 6, 30)),
            Expected(dataset="fin.factuur", key=(key,), code="KEEP_MINIMUM", last_day=date(2031, 12, 31)),
            Expected(dataset="fin.debiteur", key=(key,), code="KEEP_OTHER_PURPOSE"),
        ),
    )


def _k12() -> Case:
    key, who = number_of(12), someone(12)
    everywhere = ("cvs.dossier", "tel.gesprek", "tel.opname", "msg.bericht", "fin.factuur")
    return Case(
        number="K12",
        title=Text(nl="Een blokkade over systemen heen", en="A hold across systems"),
        inserted=(
            client(key, who, date(2008, 1, 7)),
            dossier(key, key, "wmo", date(2008, 1, 7), date(2009, 3, 2)),
            person_in(key, key),
            call(key, who.telephone, date(2025, 9, 15)),
            recording(key, key),
            message(key, who.telephone, date(2025, 4, 1), date(2025, 4, 3)),
            debtor(key, who, date(2017, 2, 1), "client", key),
            invoice(key, key, date(2017, 2, 1)),
        ),
        expected=tuple(Expected(dataset=dataset, key=(key,), code="KEEP_HOLD") for dataset in everywhere),
        holds=(
            HoldToPlace(
                kind="legal-hold",
                matter=Text(nl="Rechtszaak over de afwijzing van hulp", en="Court case about help refused"),
                placed_on=date(2025, 11, 1),
                subjects=(("client", str(key)), ("phone", who.telephone), ("debiteur", str(key))),
                review_on=date(2026, 12, 1),
            ),
        ),
    )


def _k13() -> Case:
    key = number_of(13)
    return Case(
        number="K13",
        title=Text(nl="Een blokkade na het akkoord", en="A hold after the approval"),
        inserted=(
            client(key, someone(13), date(2007, 5, 14)),
            dossier(key, key, "wmo", date(2007, 5, 14), date(2010, 9, 30)),
            person_in(key, key),
        ),
        expected=(Expected(dataset="cvs.dossier", key=(key,), code="SKIP_HOLD_LATE", last_day=date(2025, 9, 30)),),
        holds=(
            HoldToPlace(
                kind="legal-hold",
                matter=Text(nl="Klacht bij de gemeente", en="Complaint to the municipality"),
                placed_on=date(2026, 6, 28),
                records=(("cvs.dossier", (key,)),),
                after_approval=True,
            ),
        ),
    )


def _k14() -> Case:
    key = number_of(14)
    return Case(
        number="K14",
        title=Text(nl="Beperkt, want de juistheid is betwist", en="Restricted, since accuracy is disputed"),
        inserted=(
            client(key, someone(14), date(2018, 10, 1)),
            dossier(key, key, "schuldhulp", date(2018, 10, 1), date(2021, 6, 15)),
            person_in(key, key),
        ),
        expected=(Expected(dataset="cvs.dossier", key=(key,), code="KEEP_RESTRICTED", last_day=date(2026, 6, 15)),),
        holds=(
            HoldToPlace(
                kind="restriction",
                matter=Text(nl="Juistheid van de schulden betwist", en="Accuracy of the debts disputed"),
                placed_on=date(2026, 3, 1),
                subjects=(("client", str(key)),),
            ),
        ),
    )


def _k20() -> Case:
    first, second = number_of(20, 1), number_of(20, 2)
    who = someone(20)
    return Case(
        number="K20",
        title=Text(nl="De grensdag van een opname", en="The boundary day of a recording"),
        inserted=(
            call(first, who.telephone, date(2026, 4, 1)),
            recording(first, first),
            call(second, who.telephone, date(2026, 4, 2)),
            recording(second, second),
        ),
        expected=(
            Expected(dataset="tel.gesprek", key=(first,), code="DUE_EXPIRED", last_day=date(2026, 6, 30)),
            Expected(dataset="tel.opname", key=(first,), code="GOES_WITH_PARENT", last_day=date(2026, 6, 30)),
            Expected(dataset="tel.gesprek", key=(second,), code="KEEP_RUNNING", last_day=date(2026, 7, 1)),
            Expected(dataset="tel.opname", key=(second,), code="KEEP_RUNNING", last_day=date(2026, 7, 1)),
        ),
    )


def cases() -> Iterator[Case]:
    """The cases, in order of number."""
    yield from (_k03(), _k12(), _k13(), _k14(), _k20())
