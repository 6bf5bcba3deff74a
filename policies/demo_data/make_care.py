"""Rows of the stores that serve people, with sensible values for what a caller does not say."""

from __future__ import annotations

import hashlib
from datetime import date

from .names import Person
from .rows import Row, Value, stamp, stamp_z


def client(client_id: int, who: Person, created: date, **more: Value) -> Row:
    """A client."""
    return Row(
        "cvs.client",
        {
            "client_id": client_id,
            "bsn": who.bsn,
            "voornaam": who.first,
            "achternaam": who.last,
            "geboortedatum": who.born,
            "geslacht": who.sex,
            "adres": who.address,
            "postcode": who.postcode,
            "woonplaats": who.town,
            "telefoon": who.telephone,
            "email": who.email,
            "overleden_op": None,
            "taal": "nl",
            "aangemaakt_op": created,
            "gewijzigd_op": created,
            "herkomst": "betrokkene",
            **more,
        },
    )


def relation(relation_id: int, client_id: int, related_id: int | None, kind: str, **more: Value) -> Row:
    """A relation of a client, to another client or to somebody named."""
    return Row(
        "cvs.client_relatie",
        {
            "relatie_id": relation_id,
            "client_id": client_id,
            "gerelateerde_client_id": related_id,
            "naam": None,
            "soort": kind,
            "gezag_tot": None,
            **more,
        },
    )


def dossier(dossier_id: int, client_id: int, regime: str, opened: date, closed: date | None, **more: Value) -> Row:
    """A dossier; closed with a provision ended, open with one running, unless said otherwise."""
    return Row(
        "cvs.dossier",
        {
            "dossier_id": dossier_id,
            "client_id": client_id,
            "regime": regime,
            "opdrachtgever": "duinrand",
            "geopend_op": opened,
            "afgesloten_op": closed,
            "resultaat": "verstrekt" if closed is None else "beeindigd",
            "heropend_van_dossier_id": None,
            "laatste_inhoudelijke_wijziging": closed or opened,
            "laatste_technische_wijziging": date(2025, 11, 3),  # a migration touched everything: no clock reads it
            "selectielijstklasse": None,
            **more,
        },
    )


def person_in(dossier_id: int, client_id: int, role: str = "hoofdpersoon") -> Row:
    """A person in a dossier."""
    return Row("cvs.dossier_betrokkene", {"dossier_id": dossier_id, "client_id": client_id, "rol": role})


def contact(contact_id: int, dossier_id: int | None, client_id: int | None, day: date, **more: Value) -> Row:
    """A contact moment."""
    return Row(
        "cvs.contactmoment",
        {
            "contact_id": contact_id,
            "dossier_id": dossier_id,
            "client_id": client_id,
            "datum_tijd": stamp(day),
            "kanaal": "tel",
            "notitie": "Gesproken over de voortgang.",
            "medewerker_id": 101,
            **more,
        },
    )


def document(document_id: int, dossier_id: int, kind: str, day: date | None, **more: Value) -> Row:
    """A document: received when others made it, made when we did."""
    incoming = kind in {"ingekomen_brief", "indicatie", "medische_verklaring"}
    folder = "onbekend" if day is None else str(day.year)
    return Row(
        "cvs.document",
        {
            "document_id": document_id,
            "dossier_id": dossier_id,
            "pad": f"dossiers/{folder}/{dossier_id}/{kind}-{document_id}.pdf",
            "soort": kind,
            "ontvangen_op": day if incoming else None,
            "vervaardigd_op": None if incoming else day,
            "sha256": hashlib.sha256(str(document_id).encode()).hexdigest(),
            **more,
        },
    )


def volunteer(volunteer_id: int, who: Person, started: date, stopped: date | None, **more: Value) -> Row:
    """A volunteer."""
    return Row(
        "vrij.vrijwilliger",
        {
            "vrijwilliger_id": volunteer_id,
            "naam": who.name,
            "adres": who.address,
            "geboortedatum": who.born,
            "telefoon": who.telephone,
            "email": who.email,
            "iban": who.iban,
            "client_ref": None,
            "gestart_op": started,
            "gestopt_op": stopped,
            **more,
        },
    )


def certificate(certificate_id: int, volunteer_id: int, seen: date, **more: Value) -> Row:
    """A certificate of conduct that was seen."""
    return Row(
        "vrij.vog",
        {
            "vog_id": certificate_id,
            "vrijwilliger_id": volunteer_id,
            "gezien_op": seen,
            "gezien_door": "T. Coördinator",
            "scan_pad": None,
            **more,
        },
    )


def claim(claim_id: int, volunteer_id: int, day: date, paid: date | None, **more: Value) -> Row:
    """An expense claim."""
    return Row(
        "vrij.declaratie",
        {
            "declaratie_id": claim_id,
            "vrijwilliger_id": volunteer_id,
            "datum": day,
            "bedrag": 23.5,
            "betaald_op": None if paid is None else stamp_z(paid),
            **more,
        },
    )


def participant(participant_id: int, who: Person, created: date, **more: Value) -> Row:
    """A participant of courses."""
    return Row(
        "act.deelnemer",
        {
            "deelnemer_id": participant_id,
            "naam": who.name,
            "geboortedatum": who.born,
            "adres": who.address,
            "email": who.email,
            "telefoon": who.telephone,
            "bijzonderheden_gezondheid": None,
            "aangemaakt_op": created,
            **more,
        },
    )


def course(course_id: int, title: str, start: date, end: date | None) -> Row:
    """A course."""
    return Row("act.cursus", {"cursus_id": course_id, "titel": title, "start": start, "eind": end})


def enrolment(enrolment_id: int, participant_id: int, course_id: int, day: date, status: str = "afgerond") -> Row:
    """An enrolment in a course."""
    return Row(
        "act.inschrijving",
        {
            "inschrijving_id": enrolment_id,
            "deelnemer_id": participant_id,
            "cursus_id": course_id,
            "ingeschreven_op": day,
            "status": status,
            "toestemming_foto_id": None,
        },
    )


def presence(enrolment_id: int, day: date) -> Row:
    """One day somebody was there."""
    return Row("act.presentie", {"inschrijving_id": enrolment_id, "datum": day})
