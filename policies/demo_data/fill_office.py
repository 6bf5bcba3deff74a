"""Finance, relations and staff."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from .make_office import applicant, debtor, employee, invoice, payroll
from .names import Person, person
from .rows import Row, Rows, Value, Values
from .size import FIRST_KEY, LAST_DAY, Size, between, later

_KINDS: Final = ("leverancier", "partner", "gemeente", "fonds")


def fill_finance(rows: Rows, random: Random, size: Size, participants: list[tuple[Row, Person]]) -> None:
    """Fill the finance store: debtors are participants of courses."""
    debtors = random.sample(participants, min(len(participants), max(1, size.invoices * 2 // 5)))
    for row, who in debtors:
        key, created = row.values["deelnemer_id"], row.values["aangemaakt_op"]
        if not (isinstance(key, int) and isinstance(created, date)):
            raise TypeError("a generated participant always has a number and a day")
        rows.add(debtor(key, who, created, "deelnemer", key))
        if random.random() < 0.2:
            signed = later(created, random.randrange(1, 100))
            ended = signed + timedelta(days=random.randrange(100, 3000))
            mandate: Values = {"mandaat_id": key, "debiteur_id": key, "getekend_op": signed}
            rows.add(Row("fin.incassomandaat", {**mandate, "ingetrokken_op": ended if ended <= LAST_DAY else None}))
    for n in range(size.invoices):
        key = random.choice(debtors)[0].values["deelnemer_id"]
        if not isinstance(key, int):
            raise TypeError("a generated participant always has a number")
        day = between(random, date(2014, 1, 1), LAST_DAY)
        amount: dict[str, Value] = {"bedrag": random.randrange(1000, 20000) / 100}
        rows.add(invoice(FIRST_KEY + n, key, day, **amount))
    for n, year in enumerate(range(2012, 2026)):
        line: Values = {"regel_id": FIRST_KEY + n, "opdrachtgever": "kennemerhout", "jaar": year, "aantallen": 40 + n}
        names = "; ".join(who.name for _, who in random.sample(participants, min(3, len(participants))))
        rows.add(Row("fin.subsidieverantwoording", {**line, "clientlijst": names}))


def fill_relations(rows: Rows, random: Random, size: Size) -> None:
    """Fill the relations store."""
    for n in range(size.organisations):
        key = FIRST_KEY + n
        rows.add(Row("crm.organisatie", {"org_id": key, "naam": f"Stichting Kust {n}", "soort": _KINDS[n % 4]}))
        if n % 2 == 0:
            start = between(random, date(2008, 1, 1), date(2025, 12, 31))
            end = start + timedelta(days=random.randrange(300, 2500))
            contract: Values = {"contract_id": key, "org_id": key, "van": start, "tot": end if n % 10 else None}
            rows.add(Row("crm.contract", {**contract, "ondertekenaar": person(400_000 + n, random).name}))
    for n in range(size.contact_persons):
        who = person(410_000 + n, random)
        known: Values = {"contact_id": FIRST_KEY + n, "org_id": FIRST_KEY + random.randrange(size.organisations)}
        reach: Values = {"naam": who.name, "functie": "adviseur", "email": who.email, "telefoon": who.telephone}
        spoken = between(random, date(2019, 1, 1), LAST_DAY)
        listed: Values = {"laatste_contact_op": spoken, "aangeleverd_door_org": "j" if n % 3 == 0 else "n"}
        rows.add(Row("crm.contactpersoon", {**known, **reach, **listed}))
    for n in range(size.subscribers):
        who = person(420_000 + n, random)
        joined = between(random, date(2018, 1, 1), date(2026, 1, 1))
        read = between(random, joined, LAST_DAY)
        left = later(read, 3) if n % 12 == 0 else None
        dates: Values = {"aangemeld_op": joined, "laatste_contact_op": read, "afgemeld_op": left}
        subscriber: Values = {"abonnee_id": FIRST_KEY + n}
        rows.add(Row("crm.nieuwsbriefabonnee", {**subscriber, "naam": who.name, "email": who.email, **dates}))


def fill_staff(rows: Rows, random: Random, size: Size) -> None:
    """Fill the staff store; employees are numbered from 101, as the other stores know them."""
    for n in range(size.employees):
        who = person(500_000 + n, random, oldest=1955, youngest=2000)
        joined = between(random, date(2003, 1, 1), date(2025, 12, 31))
        left = joined + timedelta(days=random.randrange(300, 6000))
        gone = left if left <= LAST_DAY else None
        key = 101 + n
        rows.add(employee(key, who, joined, gone))
        rows.add(payroll(key * 100, key, "kopie_id", joined.year))
        rows.add(payroll(key * 100 + 1, key, "loonbelastingverklaring", joined.year))
        for year in range(max(joined.year, 2015), (gone or LAST_DAY).year + 1):
            rows.add(payroll(key * 100 + year - 2000, key, "loonstaat", year))
        promise: Values = {"verklaring_id": key, "persoon_soort": "medewerker", "naam": who.name, "getekend_op": joined}
        rows.add(Row("hr.geheimhouding", {**promise, "einde_op": gone}))
    for n in range(size.applicants):
        ended = between(random, date(2025, 3, 1), LAST_DAY)
        who = person(510_000 + n, random, oldest=1960)
        consent = FIRST_KEY + 50_000 + n if n % 10 == 0 else None
        rows.add(applicant(FIRST_KEY + n, who, None if n % 15 == 0 else ended, consent))
