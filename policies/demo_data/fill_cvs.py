"""The client system: clients, dossiers of eighteen years, and what was filed in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from .make_care import client, contact, document, dossier, person_in, relation
from .names import Person, person
from .rows import Row, Rows, Value, row, stamp
from .size import FIRST_KEY, LAST_DAY, Size, between, later, share

_REGIMES: Final = (
    ("wmo", 46),
    ("schuldhulp", 18),
    ("jeugd", 12),
    ("participatie", 10),
    ("welzijn_licht", 10),
    ("leerplicht", 4),
)
_RESULTS: Final = (("beeindigd", 84), ("geweigerd", 5), ("niet_vastgesteld", 5), ("afgebroken", 6))
_KINDS: Final = ("ingekomen_brief", "indicatie", "medische_verklaring", "intakeverslag", "uitgaande_brief")


def _pick(random: Random, weighted: tuple[tuple[str, int], ...]) -> str:
    return random.choices([name for name, _ in weighted], [weight for _, weight in weighted])[0]


def fill(rows: Rows, random: Random, size: Size) -> list[tuple[Row, Person]]:
    """Fill the store; returns the clients with the persons they are."""
    clients = _clients(rows, random, size)
    helped = [one for n, one in enumerate(clients) if n % 20]  # one in twenty never had a dossier
    dossiers = [_dossier(FIRST_KEY + n, random, helped) for n in range(size.dossiers)]
    _break(dossiers, random)
    rows.add(*dossiers)
    for one in dossiers:
        _below(rows, random, one, clients)
    _contacts(rows, random, size, dossiers)
    _documents(rows, random, size, dossiers)
    _relations(rows, random, clients)
    return clients


def _clients(rows: Rows, random: Random, size: Size) -> list[tuple[Row, Person]]:
    twins = share(size.clients, 0.03)  # the same person, registered a second time
    found: list[tuple[Row, Person]] = []
    for n in range(size.clients):
        again = n >= size.clients - twins
        who = found[n % (size.clients - twins)][1] if again else person(n + 1, random, oldest=1932, youngest=2016)
        found.append((client(FIRST_KEY + n, who, between(random, date(2007, 1, 1), date(2025, 12, 31))), who))
    rows.add(*(row for row, _ in found))
    return found


def _dossier(key: int, random: Random, helped: list[tuple[Row, Person]]) -> Row:
    who = random.choice(helped)[0]
    regime = _pick(random, _REGIMES)
    created = who.values["aangemaakt_op"]
    if not isinstance(created, date):
        raise TypeError("a generated client always has its day of registration")
    opened = between(random, max(created, date(2008, 1, 1)), LAST_DAY - timedelta(days=20))
    closed = opened + timedelta(days=random.randrange(30, 900))
    commissioner = random.choice(("duinrand", "duinrand", "kennemerhout"))
    if closed > LAST_DAY:
        active = between(random, max(opened, LAST_DAY - timedelta(days=200)), LAST_DAY)
        more: dict[str, Value] = {"laatste_inhoudelijke_wijziging": active, "opdrachtgever": commissioner}
        return dossier(key, _client_of(who), regime, opened, None, **more)
    result = _pick(random, _RESULTS)
    return dossier(key, _client_of(who), regime, opened, closed, resultaat=result, opdrachtgever=commissioner)


def _client_of(of: Row) -> int:
    return _number(of.values["client_id"])


def _number(value: Value) -> int:
    if not isinstance(value, int):
        raise TypeError("a generated key is always a number")
    return value


def _day(value: Value) -> date:
    if not isinstance(value, date):
        raise TypeError("a generated day is always a date")
    return value


def _break(dossiers: list[Row], random: Random) -> None:
    """The defects that grow in eighteen years."""
    closed = [n for n, row in enumerate(dossiers) if row.values["afgesloten_op"] is not None]
    random.shuffle(closed)
    defects: tuple[tuple[float, str], ...] = (
        (0.04, "none"),
        (0.002, "future"),
        (0.003, "before"),
        (0.002, "sentinel"),
    )
    for part, defect in defects:
        for _ in range(share(len(dossiers), part)):
            n = closed.pop()
            dossiers[n] = replace(
                dossiers[n], values={**dossiers[n].values, "afgesloten_op": _wrong(defect, n, dossiers)}
            )


def _wrong(defect: str, n: int, dossiers: list[Row]) -> date | None:
    match defect:
        case "none":
            return None
        case "future":
            return date(2062 + n % 30, 3, 14)
        case "before":
            return _day(dossiers[n].values["geopend_op"]) - timedelta(days=365)
        case _:
            return date(1900, 1, 1) if n % 2 else date(1970, 1, 1)


def _span(of: Row) -> tuple[date, date]:
    """The first and last day on which something happened in a dossier."""
    return _day(of.values["geopend_op"]), _day(of.values["laatste_inhoudelijke_wijziging"])


def _below(rows: Rows, random: Random, of: Row, clients: list[tuple[Row, Person]]) -> None:
    key, whose = _number(of.values["dossier_id"]), _number(of.values["client_id"])
    first, last = _span(of)
    rows.add(person_in(key, whose))
    if random.random() < 0.15 and (other := _client_of(random.choice(clients)[0])) != whose:
        rows.add(person_in(key, other, random.choice(("ouder", "kind", "partner", "melder"))))
    if random.random() < 0.6:
        made = between(random, first, last)
        said = "Verslag van het gesprek."
        rows.add(
            row("cvs.rapportage", rapport_id=key, dossier_id=key, opgesteld_op=made, auteur="M. Werker", tekst=said)
        )
    if random.random() < 0.4:
        adopted = between(random, first, last)
        aims = "Doelen en afspraken."
        plan = row("cvs.plan", plan_id=key, dossier_id=key, status="vastgesteld", vastgesteld_op=adopted, tekst=aims)
        rows.add(plan)
    if of.values["regime"] == "schuldhulp":
        for nth in range(random.randrange(1, 4)):
            number, owed = key * 10 + nth, float(random.randrange(50, 9000))
            creditor = "Energie aan Zee"
            debt = row(
                "cvs.schuld", schuld_id=number, dossier_id=key, schuldeiser=creditor, bedrag=owed, stand_op=first
            )
            rows.add(debt)
    if of.values["regime"] in {"wmo", "jeugd"} and random.random() < 0.02:
        decision = row(
            "cvs.noodbesluit",
            besluit_id=key,
            dossier_id=key,
            genomen_op=between(random, first, last),
            reden_code="vitaal_belang",
            beslisser="T. Leider",
            pogingen_toestemming="Twee keer gebeld.",
        )
        rows.add(decision)
    if last > LAST_DAY - timedelta(days=400):
        _log(rows, random, key, last)


def _log(rows: Rows, random: Random, key: int, last: date) -> None:
    for nth in range(random.randrange(1, 6)):
        seen = between(random, last - timedelta(days=60), last)
        moment, who = stamp(seen, random.randrange(8, 18)), random.randrange(101, 140)
        number = key * 10 + nth
        entry = row("cvs.dossier_log", log_id=number, dossier_id=key, tijdstip=moment, medewerker_id=who, actie="lezen")
        rows.add(entry)


def _contacts(rows: Rows, random: Random, size: Size, dossiers: list[Row]) -> None:
    orphans, loose = share(size.contacts, 0.005), share(size.contacts, 0.06)
    for n in range(size.contacts):
        of = random.choice(dossiers)
        day = between(random, *_span(of))
        file, whose = _number(of.values["dossier_id"]), _number(of.values["client_id"])
        hour = stamp(day, random.randrange(7, 17), random.randrange(60))
        channel = random.choice(("tel", "mail", "bezoek", "sms", "chat", "brief"))
        more: dict[str, Value] = {"datum_tijd": hour, "kanaal": channel, "medewerker_id": random.randrange(101, 140)}
        if n < orphans:
            rows.add(contact(FIRST_KEY + n, 80_000 + n, None, day, **more))  # its dossier is gone
        elif n < orphans + loose:
            day = between(random, date(2024, 1, 1), LAST_DAY)
            rows.add(contact(FIRST_KEY + n, None, whose if n % 2 else None, day, **{**more, "datum_tijd": stamp(day)}))
        else:
            rows.add(contact(FIRST_KEY + n, file, whose, day, **more))


def _documents(rows: Rows, random: Random, size: Size, dossiers: list[Row]) -> None:
    orphans = share(size.documents, 0.005)
    for n in range(size.documents):
        of = random.choice(dossiers)
        first, last = _span(of)
        late = random.random() < 0.03  # filed after the closing
        day = later(last, random.randrange(1, 31)) if late else between(random, first, last)
        file = 80_000 + n if n < orphans else _number(of.values["dossier_id"])
        rows.add(document(FIRST_KEY + n, file, random.choice(_KINDS), day))


def _relations(rows: Rows, random: Random, clients: list[tuple[Row, Person]]) -> None:
    for n in range(len(clients) // 4):
        one, other = random.sample(clients, 2)
        kind = random.choice(("ouder", "kind", "partner", "mantelzorger"))
        if n % 3:
            rows.add(relation(FIRST_KEY + n, _client_of(one[0]), _client_of(other[0]), kind))
        else:
            rows.add(relation(FIRST_KEY + n, _client_of(one[0]), None, "huisarts", naam="Praktijk Duinzicht"))
