"""Tricky cases of the office: complaints, years' ends, applicants, scans, annexes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from retention.text import Text

from ..make_care import certificate, claim, volunteer
from ..make_office import applicant, call, complaint, debtor, employee, invoice, payroll, recording
from ..rows import Row
from .case import Case, Expected, number_of, someone


def _k19() -> Case:
    running, handled, plain = number_of(19, 1), number_of(19, 2), number_of(19, 3)
    who = someone(19)
    return Case(
        number="K19",
        title=Text(nl="Een opname bij een klacht", en="A recording linked to a complaint"),
        inserted=(
            complaint(running, 1, date(2026, 3, 15), None),
            complaint(handled, 1, date(2023, 9, 18), date(2023, 11, 20)),
            call(running, who.telephone, date(2026, 3, 1)),
            recording(running, running, running),
            call(handled, who.telephone, date(2023, 9, 11)),
            recording(handled, handled, handled),
            call(plain, who.telephone, date(2026, 3, 1)),
            recording(plain, plain),
        ),
        expected=(
            Expected(dataset="tel.opname", key=(running,), code="KEEP_OTHER_PURPOSE"),
            Expected(dataset="tel.opname", key=(handled,), code="KEEP_OTHER_PURPOSE", last_day=date(2028, 11, 20)),
            Expected(dataset="tel.gesprek", key=(running,), code="KEEP_OTHER_PURPOSE"),
            Expected(dataset="tel.gesprek", key=(plain,), code="DUE_EXPIRED", last_day=date(2026, 5, 30)),
            Expected(dataset="tel.opname", key=(plain,), code="GOES_WITH_PARENT", last_day=date(2026, 5, 30)),
            Expected(dataset="priv.klacht", key=(running,), code="KEEP_OPEN_CASE"),
        ),
    )


def _k23() -> Case:
    one, two = number_of(23, 1), number_of(23, 2)
    return Case(
        number="K23",
        title=Text(nl="Het einde van het kalenderjaar", en="The end of the calendar year"),
        inserted=(
            debtor(one, someone(23, 1), date(2018, 12, 31), "organisatie", one),
            invoice(one, one, date(2018, 12, 31)),
            debtor(two, someone(23, 2), date(2019, 1, 1), "organisatie", two),
            invoice(two, two, date(2019, 1, 1)),
            employee(one, someone(23, 3), date(2011, 5, 1), date(2020, 3, 15), geboortedatum=None),
            payroll(one, one, "kopie_id", 2011),
            employee(two, someone(23, 4), date(2011, 5, 1), date(2021, 1, 1), geboortedatum=None),
            payroll(two, two, "kopie_id", 2011),
        ),
        expected=(
            Expected(dataset="fin.factuur", key=(one,), code="DUE_EXPIRED", last_day=date(2025, 12, 31)),
            Expected(dataset="fin.factuur", key=(two,), code="KEEP_MINIMUM", last_day=date(2026, 12, 31)),
            Expected(dataset="hr.loonstuk", key=(one,), code="DUE_EXPIRED", last_day=date(2025, 12, 31)),
            Expected(dataset="hr.loonstuk", key=(two,), code="KEEP_MINIMUM", last_day=date(2026, 12, 31)),
        ),
    )


def _k24() -> Case:
    key = number_of(24)
    return Case(
        number="K24",
        title=Text(nl="Betaald op oudejaarsavond, in UTC", en="Paid on New Year's Eve, in UTC"),
        inserted=(
            volunteer(key, someone(24), date(2016, 1, 1), date(2020, 1, 1)),
            claim(key, key, date(2018, 12, 20), None, betaald_op="2018-12-31T23:30:00Z"),
        ),
        expected=(Expected(dataset="vrij.declaratie", key=(key,), code="KEEP_MINIMUM", last_day=date(2026, 12, 31)),),
    )


def _k28() -> Case:
    ends = (date(2026, 6, 2), date(2026, 6, 3), date(2025, 9, 1))
    consents = (None, None, number_of(28, 9))
    last_days = (date(2026, 6, 30), date(2026, 7, 1), date(2026, 9, 1))
    codes = ("DUE_EXPIRED", "KEEP_RUNNING", "KEEP_RUNNING")
    keys = [number_of(28, nth) for nth in (1, 2, 3)]
    consent = Row(
        "priv.toestemming",
        {
            "toestemming_id": number_of(28, 9),
            "index_id": number_of(28, 9),
            "doel": "sollicitatie",
            "tekstversie": "2025-1",
            "kanaal": "mail",
            "gegeven_op": date(2025, 9, 1),
            "ingetrokken_op": None,
        },
    )
    applicants = (
        applicant(key, someone(28, nth), ended, consent_id)
        for nth, (key, ended, consent_id) in enumerate(zip(keys, ends, consents, strict=True), 1)
    )
    return Case(
        number="K28",
        title=Text(nl="Sollicitanten", en="Applicants"),
        inserted=(*applicants, consent),
        expected=tuple(
            Expected(dataset="hr.sollicitant", key=(key,), code=code, last_day=last_day)
            for key, code, last_day in zip(keys, codes, last_days, strict=True)
        ),
    )


def _k31() -> Case:
    key = number_of(31)
    return Case(
        number="K31",
        title=Text(nl="Een scan van een VOG", en="A scan of a certificate of conduct"),
        inserted=(
            volunteer(key, someone(31), date(2022, 9, 1), None),
            certificate(key, key, date(2022, 8, 25), scan_pad=f"vog/{key}.pdf"),
        ),
        expected=(
            Expected(
                dataset="vrij.vog", key=(key,), code="PARTIAL_PURPOSE", erases=("scan_pad",), stays="KEEP_RUNNING"
            ),
        ),
    )


def _k37() -> Case:
    old, new = number_of(37, 1), number_of(37, 2)

    def line(key: int, year: int) -> Row:
        names = "; ".join(someone(37, nth).name for nth in (11, 12, 13))
        return Row(
            "fin.subsidieverantwoording",
            {"regel_id": key, "opdrachtgever": "duinrand", "jaar": year, "aantallen": 3, "clientlijst": names},
        )

    return Case(
        number="K37",
        title=Text(nl="Namen bij de subsidieverantwoording", en="Names in the accountability of a subsidy"),
        inserted=(line(old, 2017), line(new, 2019)),
        expected=(
            Expected(
                dataset="fin.subsidieverantwoording",
                key=(old,),
                code="DUE_EXPIRED",
                last_day=date(2024, 12, 31),
                erases=("clientlijst",),
            ),
            Expected(
                dataset="fin.subsidieverantwoording", key=(new,), code="KEEP_MINIMUM", last_day=date(2026, 12, 31)
            ),
        ),
    )


def cases() -> Iterator[Case]:
    """The cases, in order of number."""
    yield from (_k19(), _k23(), _k24(), _k28(), _k31(), _k37())
