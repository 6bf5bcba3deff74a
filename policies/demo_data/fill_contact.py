"""Telephone, messages, website and the privacy office."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from .make_office import call, complaint, indexed, message, recording
from .names import Person, person
from .rows import Row, Rows, Value, Values, epoch, keyed, stamp
from .size import FIRST_KEY, LAST_DAY, Size, between, later

Known = list[tuple[str, Row, Person]]
"""Everybody the index knows: store, row and person."""

_PAGES: Final = ("/", "/hulp", "/cursussen", "/vrijwilliger-worden", "/contact", "/schulden")


def _uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def fill_telephone(rows: Rows, random: Random, size: Size) -> None:
    """Fill the telephone store: half a year of calls, a third recorded."""
    for n in range(size.calls):
        day = between(random, LAST_DAY - timedelta(days=180), LAST_DAY)
        who = person(600_000 + n, random)
        hour = stamp(day, random.randrange(7, 16), random.randrange(60))
        seconds: dict[str, Value] = {"start_utc": hour, "duur": random.randrange(20, 1800)}
        rows.add(call(FIRST_KEY + n, who.telephone, day, **seconds, medewerker_id=random.randrange(101, 140)))
        if n < size.recordings:
            rows.add(recording(FIRST_KEY + n, FIRST_KEY + n))
            if n % 3 == 0:
                card: Values = {"kaart_id": FIRST_KEY + n, "opname_id": FIRST_KEY + n, "score": random.randrange(4, 11)}
                seen = between(random, LAST_DAY - timedelta(days=700), LAST_DAY)
                rows.add(Row("tel.scorekaart", {**card, "medewerker_id": 101 + n % 30, "beoordeeld_op": seen}))


def fill_messages(rows: Rows, random: Random, size: Size) -> None:
    """Fill the messages store; some were filed in a dossier."""
    for n in range(size.messages):
        received = between(random, date(2025, 1, 1), LAST_DAY - timedelta(days=3))
        handled = None if n % 30 == 0 else later(received, random.randrange(1, 10))
        filed: dict[str, Value] = {"dossier_id": FIRST_KEY + random.randrange(size.dossiers)} if n % 9 == 0 else {}
        channel = random.choice(("sms", "chat", "facebook", "twitter"))
        sender = person(600_000 + n, random).telephone if channel == "sms" else f"@kust{n}"
        rows.add(message(FIRST_KEY + n, sender, received, handled, kanaal=channel, **filed))


def fill_website(rows: Rows, random: Random, size: Size) -> None:
    """Fill the website store."""
    for n in range(size.forms):
        sent = between(random, date(2025, 3, 1), LAST_DAY - timedelta(days=3))
        done = None if n % 40 == 0 else stamp(later(sent, random.randrange(1, 14)), 16)
        form: Values = {"inzending_id": FIRST_KEY + n, "soort": "vraag", "ingediend_utc": stamp(sent, 9)}
        body: Values = {
            "velden_json": '{"vraag": "Wanneer begint de cursus?"}',
            "afzender_email": f"v{n}@voorbeeld.example",
        }
        rows.add(Row("web.formulier", {**form, **body, "afgehandeld_op": done}))
    for n in range(size.cookies):
        cookie = _uuid(random)
        given = between(random, date(2019, 1, 1), LAST_DAY)
        withdrawn = stamp(later(given, random.randrange(1, 300)), 12) if n % 8 == 0 else None
        consent: Values = {
            "consent_id": FIRST_KEY + n,
            "cookie_id": cookie,
            "keuze": "tracking",
            "tekstversie": "2019-1",
        }
        rows.add(Row("web.toestemming_cookie", {**consent, "gegeven_utc": stamp(given), "ingetrokken_utc": withdrawn}))
        if given > LAST_DAY - timedelta(days=900):
            seen = stamp(between(random, given, LAST_DAY), 20)
            profile: Values = {"cookie_id": cookie, "interesses_json": '["cursus"]', "laatst_gezien": seen}
            rows.add(Row("web.profiel", {**profile, "ingetrokken_utc": withdrawn}))
    for n in range(size.clicks):
        day = between(random, LAST_DAY - timedelta(days=210), LAST_DAY)
        ip = f"203.0.113.{random.randrange(1, 255)}" if n % 5 else f"2001:db8::{random.randrange(1, 65_000):x}"
        where: Values = {"tijd_utc": epoch(day, random.randrange(24), random.randrange(3600)), "ip": ip}
        rows.add(Row("web.klik", {"klik_id": FIRST_KEY + n, **where, "pagina": _PAGES[n % 6], "sessie": _uuid(random)}))
    for n in range(size.clicks // 6):
        day, page = date(2025, 1, 1) + timedelta(days=n // 2), _PAGES[n % 2]
        rows.add(Row("web.bezoek_dag", {"dag": day, "pagina": page, "aantal": random.randrange(10, 400)}))


def fill_privacy(rows: Rows, random: Random, size: Size, known: Known) -> None:
    """Fill the privacy office's store: everybody indexed, and what they asked, allowed and complained about."""
    for n, (store, row, who) in enumerate(known):
        (local_key,) = row.key
        if not isinstance(local_key, int):
            raise TypeError("a generated person always has a number")
        rows.add(indexed(FIRST_KEY + n, store, local_key, who, date(2020, 5, 4)))
    whose = [FIRST_KEY + n for n in range(len(known))]
    _consents(rows, random, size, whose)
    _requests(rows, random, size, whose)
    for n in range(size.complaints):
        received = between(random, date(2013, 1, 1), LAST_DAY - timedelta(days=10))
        handled = received + timedelta(days=random.randrange(14, 120))
        sort = ("intern", "intern", "ombudsman", "AP")[n % 4]
        more: dict[str, Value] = {"soort": sort, "financieel": "j" if n % 7 == 0 else "n"}
        done = handled if handled <= LAST_DAY else None
        rows.add(complaint(FIRST_KEY + n, random.choice(whose), received, done, **more))
    for n in range(size.breaches):
        found = between(random, date(2016, 1, 1), LAST_DAY - timedelta(days=5))
        handled = found + timedelta(days=random.randrange(5, 90))
        breach: Values = {"datalek_id": FIRST_KEY + n, "ontdekt_op": found, "gemeld_ap_op": later(found, 2)}
        done = handled if handled <= LAST_DAY else None
        scale: Values = {"aantal_betrokkenen": random.randrange(1, 60), "betrokkenen_pad": f"datalekken/{n}.csv"}
        rows.add(Row("priv.datalek", {**breach, "afgehandeld_op": done, **scale}))
    _disclosures(rows, random, size, known)


def _consents(rows: Rows, random: Random, size: Size, whose: list[int]) -> None:
    for n in range(size.consents):
        given = between(random, date(2012, 1, 1), date(2026, 5, 1))
        ended = later(given, random.randrange(30, 2000)) if n % 3 == 0 else None
        consent: Values = {"toestemming_id": FIRST_KEY + n, "index_id": random.choice(whose), "doel": "nieuwsbrief"}
        shown: Values = {"tekstversie": "2018-1", "kanaal": "web", "gegeven_op": given, "ingetrokken_op": ended}
        rows.add(Row("priv.toestemming", {**consent, **shown}))
    for n in range(size.consents // 10):
        known: Values = {
            "hmac_email": keyed(f"weg{n}@voorbeeld.example"),
            "sinds": between(random, date(2018, 6, 1), LAST_DAY),
        }
        rows.add(Row("priv.bezwaar_suppressie", {**known, "opgeheven_op": None}))


def _requests(rows: Rows, random: Random, size: Size, whose: list[int]) -> None:
    kinds = ("inzage", "rectificatie", "wissen", "beperking", "bezwaar", "overdracht", "wmo_5.3.5")
    for n in range(size.requests):
        received = between(random, date(2017, 1, 1), LAST_DAY - timedelta(days=5))
        handled = received + timedelta(days=random.randrange(5, 40))
        done = handled if handled <= LAST_DAY else None
        request: Values = {
            "verzoek_id": FIRST_KEY + n,
            "index_id": random.choice(whose),
            "soort": kinds[n % len(kinds)],
        }
        dates: Values = {"ontvangen_op": received, "deadline": received + timedelta(days=30), "afgehandeld_op": done}
        outcome = None if done is None else ("toegewezen", "deels", "afgewezen")[n % 3]
        rows.add(Row("priv.verzoek", {**request, **dates, "uitkomst": outcome, "grond": "AVG hoofdstuk III"}))
        check: Values = {"controle_id": FIRST_KEY + n, "verzoek_id": FIRST_KEY + n, "methode": "aan de balie"}
        scan = f"scans/id/{n}.jpg" if n % 20 == 0 else None
        rows.add(Row("priv.id_controle", {**check, "gecontroleerd_op": later(received, 2), "scan_pad": scan}))


def _disclosures(rows: Rows, random: Random, size: Size, known: Known) -> None:
    told = [(store, row) for store, row, _ in known if store in {"cvs", "vrij"}]
    for n in range(size.requests):
        store, row = random.choice(told)
        whom: Values = {"verstrekking_id": FIRST_KEY + n, "store": store, "lokale_sleutel": row.key[0]}
        day = between(random, date(2018, 6, 1), LAST_DAY)
        what: Values = {"ontvanger": "Gemeente Duinrand", "datum": day, "grondslag": "wettelijke verplichting"}
        rows.add(Row("priv.verstrekking", {**whom, **what}))
