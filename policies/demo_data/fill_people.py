"""Volunteers with their claims; participants with their courses and services."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from .make_care import certificate, claim, course, enrolment, participant, presence, volunteer
from .names import Person, person
from .rows import Row, Rows, Value, row
from .size import FIRST_KEY, LAST_DAY, Size, between, later

_TITLES: Final = ("Valpreventie", "Taalcafé", "Samen koken", "Digitaal vaardig", "Wandelclub", "Mantelzorgcafé")
_SERVICES: Final = ("vervoer", "klusdienst", "maaltijd")
_STATUS: Final = ("actief", "geannuleerd", "wachtlijst", *("afgerond",) * 7)


def fill_volunteers(rows: Rows, random: Random, size: Size) -> list[tuple[Row, Person]]:
    """Fill the volunteers' store; returns the volunteers with the persons they are."""
    found = []
    for n in range(size.volunteers):
        who = person(200_000 + n, random, oldest=1940, youngest=2003)
        started = between(random, date(2009, 1, 1), date(2026, 3, 31))
        stopped = started + timedelta(days=random.randrange(100, 4000))
        left = stopped if stopped <= LAST_DAY else None
        reference: dict[str, Value] = {"client_ref": f"zie dossier {FIRST_KEY + n}"} if n % 40 == 3 else {}
        one = volunteer(FIRST_KEY + n, who, started, left, **reference)
        found.append((one, who))
        rows.add(one)
        _of_volunteer(rows, random, FIRST_KEY + n, started, left)
    _claims(rows, random, size, found)
    return found


def _of_volunteer(rows: Rows, random: Random, key: int, started: date, left: date | None) -> None:
    activity = random.choice(_TITLES)
    rows.add(row("vrij.inzet", inzet_id=key, vrijwilliger_id=key, activiteit=activity, van=started, tot=left))
    if random.random() < 0.8:
        scan: dict[str, Value] = {"scan_pad": f"vog/{key}.pdf"} if key % 25 == 0 else {}
        rows.add(certificate(key, key, later(started, 14), **scan))


def _claims(rows: Rows, random: Random, size: Size, volunteers: list[tuple[Row, Person]]) -> None:
    for n in range(size.claims):
        who = random.choice(volunteers)[0].values
        key, first, last = who["vrijwilliger_id"], who["gestart_op"], who["gestopt_op"] or LAST_DAY
        if not (isinstance(key, int) and isinstance(first, date) and isinstance(last, date)):
            raise TypeError("a generated volunteer always has a key and days")
        day = between(random, first, last)
        paid = day + timedelta(days=random.randrange(3, 40))
        amount = random.randrange(500, 9000) / 100
        rows.add(claim(FIRST_KEY + n, key, day, paid if paid <= LAST_DAY else None, bedrag=amount))


def fill_participants(rows: Rows, random: Random, size: Size) -> list[tuple[Row, Person]]:
    """Fill the activities' store; returns the participants with the persons they are."""
    courses = _courses(rows, random, size)
    found = []
    for n in range(size.participants):
        who = person(300_000 + n, random, oldest=1935, youngest=2012)
        created = between(random, date(2017, 1, 1), date(2026, 6, 1))
        health: dict[str, Value] = {"bijzonderheden_gezondheid": "Slecht ter been."} if n % 7 == 0 else {}
        one = participant(FIRST_KEY + n, who, created, **health)
        found.append((one, who))
        rows.add(one)
        if random.random() < 0.15:
            start = later(created, random.randrange(0, 200))
            end = start + timedelta(days=random.randrange(30, 900))
            service = row(
                "act.dienst",
                dienst_id=FIRST_KEY + n,
                deelnemer_id=FIRST_KEY + n,
                soort=random.choice(_SERVICES),
                van=start,
                tot=end if end <= LAST_DAY else None,
                bijzonderheden="Derde bel.",
            )
            rows.add(service)
    _enrolments(rows, random, size, courses, found)
    return found


def _courses(rows: Rows, random: Random, size: Size) -> list[tuple[int, date, date | None]]:
    found = []
    for n in range(size.courses):
        start = between(random, date(2017, 1, 15), date(2026, 9, 30))
        end = None if n % 20 == 7 else start + timedelta(days=random.randrange(28, 200))  # some never end
        found.append((FIRST_KEY + n, start, end))
        rows.add(course(FIRST_KEY + n, random.choice(_TITLES), start, end))
    return found


def _enrolments(
    rows: Rows,
    random: Random,
    size: Size,
    courses: list[tuple[int, date, date | None]],
    participants: list[tuple[Row, Person]],
) -> None:
    for n in range(size.enrolments):
        whose, start, _ = random.choice(courses)
        who = random.choice(participants)[0].values["deelnemer_id"]
        if not isinstance(who, int):
            raise TypeError("a generated participant always has a number")
        key, status = FIRST_KEY + n, random.choice(_STATUS)
        rows.add(enrolment(key, who, whose, min(start - timedelta(days=20), LAST_DAY), status))
        if status == "afgerond":
            for week in range(random.randrange(3)):
                if (day := start + timedelta(weeks=week)) <= LAST_DAY:
                    rows.add(presence(key, day))
