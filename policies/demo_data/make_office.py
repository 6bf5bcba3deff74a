"""Rows of the office and of contact, with sensible values for what a caller does not say."""

from __future__ import annotations

from datetime import date

from .names import Person
from .rows import Row, Value, keyed, stamp


def debtor(debtor_id: int, who: Person, created: date, source: str, source_id: int) -> Row:
    """A debtor, and where they came from."""
    return Row(
        "fin.debiteur",
        {
            "debiteur_id": debtor_id,
            "naam": who.name,
            "adres": who.address,
            "iban": who.iban,
            "bron": source,
            "bron_id": source_id,
            "aangemaakt_op": created,
        },
    )


def invoice(invoice_id: int, debtor_id: int, day: date, **more: Value) -> Row:
    """An invoice, booked in its own year."""
    return Row(
        "fin.factuur",
        {
            "factuur_id": invoice_id,
            "debiteur_id": debtor_id,
            "factuurdatum": day,
            "boekjaar": day.year,
            "bedrag": 45.0,
            "omschrijving": "Eigen bijdrage",
            **more,
        },
    )


def employee(employee_id: int, who: Person, joined: date, left: date | None, **more: Value) -> Row:
    """An employee."""
    return Row(
        "hr.medewerker",
        {
            "medewerker_id": employee_id,
            "naam": who.name,
            "bsn": who.bsn,
            "geboortedatum": who.born,
            "iban": who.iban,
            "in_dienst": joined,
            "uit_dienst": left,
            **more,
        },
    )


def payroll(paper_id: int, employee_id: int, kind: str, year: int) -> Row:
    """A payroll paper."""
    return Row(
        "hr.loonstuk",
        {
            "stuk_id": paper_id,
            "medewerker_id": employee_id,
            "soort": kind,
            "jaar": year,
            "pad": f"loon/{employee_id}/{kind}-{year}.pdf",
        },
    )


def applicant(applicant_id: int, who: Person, ended: date | None, consent_id: int | None = None) -> Row:
    """An applicant who was not appointed."""
    return Row(
        "hr.sollicitant",
        {
            "sollicitant_id": applicant_id,
            "naam": who.name,
            "email": who.email,
            "cv_pad": f"cv/{applicant_id}.pdf",
            "procedure_einde": ended,
            "toestemming_bewaren_id": consent_id,
        },
    )


def call(call_id: int, number: str, day: date, **more: Value) -> Row:
    """A telephone call."""
    return Row(
        "tel.gesprek",
        {
            "gesprek_id": call_id,
            "start_utc": stamp(day),
            "duur": 240,
            "nummer": number,
            "medewerker_id": 101,
            "richting": "in",
            **more,
        },
    )


def recording(recording_id: int, call_id: int, complaint_id: int | None = None) -> Row:
    """The recording of a call."""
    return Row(
        "tel.opname",
        {
            "opname_id": recording_id,
            "gesprek_id": call_id,
            "pad": f"opnames/{call_id}.wav",
            "transcript": "Goedemorgen, waarmee kan ik u helpen?",
            "doel": "training",
            "klacht_id": complaint_id,
            "in_wacht_fragment": "n",
        },
    )


def message(message_id: int, sender: str, received: date, handled: date | None, **more: Value) -> Row:
    """A message by text, chat or social media."""
    return Row(
        "msg.bericht",
        {
            "bericht_id": message_id,
            "kanaal": "sms",
            "afzender": sender,
            "ontvangen_utc": stamp(received, 9),
            "tekst": "Kunt u mij terugbellen?",
            "afgehandeld_op": None if handled is None else stamp(handled, 15),
            "dossier_id": None,
            **more,
        },
    )


def indexed(index_id: int, store: str, local_key: int, who: Person, created: date) -> Row:
    """A person in the index of the privacy office."""
    return Row(
        "priv.persoon_index",
        {
            "index_id": index_id,
            "store": store,
            "lokale_sleutel": local_key,
            "hmac_naam_geb": keyed(f"{who.name}|{who.born.isoformat()}"),
            "hmac_email": keyed(who.email),
            "hmac_tel": keyed(who.telephone),
            "aangemaakt_op": created,
        },
    )


def complaint(complaint_id: int, index_id: int, received: date, handled: date | None, **more: Value) -> Row:
    """A complaint."""
    return Row(
        "priv.klacht",
        {
            "klacht_id": complaint_id,
            "index_id": index_id,
            "ontvangen_op": received,
            "afgehandeld_op": handled,
            "soort": "intern",
            "financieel": "n",
            "omschrijving": "Voelde zich niet gehoord.",
            **more,
        },
    )
