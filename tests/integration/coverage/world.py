"""A small organisation drawn at random: two stores, paths to the subject of every form, records with two parents."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from retention.condition import Equals
from retention.dataset import Dataset, Day, NoSubject, via
from retention.disposition import Child, Delete
from retention.holds import Hold, HoldKind, Scope
from retention.period import years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.record import key_text
from retention.relation import join
from retention.scan import Scanner
from retention.start import Day as Today
from retention.stores.memory import MemoryStore
from retention.stores.registry import open_source
from retention.text import Text

ZONE = ZoneInfo("Europe/Amsterdam")
DAY = Today(date(2026, 7, 1), ZONE)
NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)
NOBODY = NoSubject(Text(nl="niemand", en="nobody"))

# Depth 4: dossier, contact, bijlage, noot; a document lies in a dossier, in a map, or in both.
LINK = Dataset(id="cvs.betrokkene", key=("dossier_id", "client_id"), subjects={"client": "client_id"})
NOTE = Dataset(id="cvs.noot", key=("noot_id",), subjects=NOBODY)
DOCUMENT = Dataset(id="cvs.document", key=("document_id",), subjects={"map": "map_id"}, dates={"op": Day()})
FOLDER = Dataset(
    id="cvs.map", key=("map_id",), subjects=NOBODY, then=Delete(children=(Child(DOCUMENT, on="map_id"),)),
    dates={"op": Day()},
)  # fmt: skip
DOSSIER = Dataset(
    id="cvs.dossier",
    key=("dossier_id",),
    subjects={"client": ("client_id", via("dossier_id", LINK, "client_id"))},
    then=Delete(
        children=(
            Child("cvs.contact", on="dossier_id"),
            Child(DOCUMENT, on="dossier_id"),
            Child(LINK, on="dossier_id"),
        )
    ),
    dates={"op": Day()},
)
CONTACT = Dataset(
    id="cvs.contact",
    key=("contact_id",),
    subjects={"client": via("dossier_id", DOSSIER, "client_id"), "medewerker": "medewerker"},
    then=Delete(children=(Child("cvs.bijlage", on="contact_id"),)),
    dates={"op": Day()},
)
ATTACHMENT = Dataset(
    id="cvs.bijlage",
    key=("bijlage_id",),
    subjects={
        "client": via("contact_id", CONTACT, via("dossier_id", DOSSIER, via("dossier_id", LINK, "client_id"))),
        "medewerker": via(join("contact_id", where=Equals("soort", "tel")), CONTACT, "medewerker"),
    },
    then=Delete(children=(Child(NOTE, on="bijlage_id"),)),
)
INVOICE = Dataset(
    id="fin.factuur",
    key=("jaar", "nummer"),
    subjects={"client": "client_ref", "dossier": via({"dossier_id": "dossier"}, DOSSIER, "client_id")},
    dates={"op": Day()},
)
LIST = Dataset(id="fin.lijst", key=("naam",), subjects=NOBODY, dates={"op": Day()})


def _policy(purpose, *rules):
    return Policy(
        purpose=purpose, rules=rules, title=Text(nl=purpose, en=purpose), legal_basis=LegalBasis.LEGAL_OBLIGATION,
        sources=(Source(status=SourceStatus.LAW, title="Wet"),), owner="team", prepared_by="jan",
    )  # fmt: skip


REGISTER = Register(
    policies=(
        _policy(
            "hulp",
            Rule(DOSSIER, starts_on="op", keep_for=years(5)),
            Rule(CONTACT, starts_on="op", keep_for=years(2)),
            Rule(FOLDER, starts_on="op", keep_for=years(1)),
        ),
        _policy("stukken", Rule(DOCUMENT, where=Equals("soort", "tel"), starts_on="op", keep_for=years(2))),
        _policy(
            "geld", Rule(INVOICE, starts_on="op", keep_for=years(7)), Rule(LIST, starts_on="op", keep_for=years(1))
        ),
    ),
    datasets=(CONTACT, ATTACHMENT),
)
WORDS = ("tel", "post", "a,b", "a\\b", "17", "Åse")


def rows(random, many=12):
    """Rows by table of each store; the keys are integers, text, and composite."""

    def some(chance=0.8):
        return random.randint(1, many) if random.random() < chance else None

    def on_a_day():
        return DAY.today - timedelta(days=random.randint(0, 4000)) if random.random() < 0.9 else None

    numbers = range(1, many + 1)
    pairs = {(random.randint(1, many), random.randint(1, 5)) for _ in numbers}
    cvs = {
        "betrokkene": [{"dossier_id": d, "client_id": c} for d, c in sorted(pairs)],
        "dossier": [{"dossier_id": n, "client_id": random.randint(1, 5), "op": on_a_day()} for n in numbers],
        "map": [{"map_id": n, "op": on_a_day()} for n in range(1, 4)],
        "document": [
            {"document_id": f"d,{n}", "dossier_id": some(), "map_id": random.choice((1, 2, 3, None)), "op": on_a_day(),
             "soort": random.choice(("tel", "post", None))}
            for n in numbers
        ],
        "contact": [
            {"contact_id": n, "dossier_id": some(), "medewerker": random.choice(WORDS), "op": on_a_day(),
             "soort": random.choice(("tel", "post"))}
            for n in numbers
        ],
        "bijlage": [{"bijlage_id": n, "contact_id": some()} for n in numbers],
        "noot": [{"noot_id": n, "bijlage_id": some()} for n in numbers],
    }  # fmt: skip
    fin = {
        "factuur": [
            {"jaar": random.choice((2019, 2020)), "nummer": f"{n}", "client_ref": str(random.randint(1, 5)),
             "dossier": some(), "op": on_a_day()}
            for n in numbers
        ],
        "lijst": [{"naam": word, "op": on_a_day()} for word in WORDS],
    }  # fmt: skip
    return {"cvs": cvs, "fin": fin}


def in_memory(drawn):
    return {name: MemoryStore(name, tables) for name, tables in drawn.items()}


def in_files(drawn, folder):
    return {name: _file(folder / f"{name}.db", name, tables) for name, tables in drawn.items()}


def _file(path, name, tables):
    connection = sqlite3.connect(path)
    for table, drawn in tables.items():
        columns = list(drawn[0])
        connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        values = [[v.isoformat() if isinstance(v, date) else v for v in row.values()] for row in drawn]
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", values)
    connection.commit()
    connection.close()
    return open_source(name, f"sqlite:///{path}", zone=ZONE)


def a_scope(random, drawn):
    """A hold's scope of any form, most of which cover something."""
    every = [(dataset, row) for dataset in REGISTER.all_datasets for row in drawn[dataset.store][dataset.collection]]

    def picked(chance, draw, size=2):
        return frozenset(draw() for _ in range(size)) if random.random() < chance else frozenset()

    def a_record():
        dataset, row = random.choice(every)
        return dataset.id, key_text(tuple(row[part] for part in dataset.key))

    def a_subject():
        namespace = random.choice(("client", "client", "dossier", "map", "medewerker"))
        return namespace, random.choice(WORDS) if namespace == "medewerker" else str(random.randint(1, 6))

    by_name = random.random() < 0.7
    chosen = {
        "subjects": picked(0.7 if by_name else 0, a_subject),
        "records": picked(0.4 if by_name else 0, a_record, 3),
        "datasets": picked(0.1 if by_name else 0.5, lambda: random.choice(REGISTER.all_datasets).id),
        "purposes": picked(0.1 if by_name else 0.4, lambda: random.choice(REGISTER.policies).purpose, 1),
        "starts_from": DAY.today - timedelta(days=random.randint(0, 4000)) if random.random() < 0.15 else None,
    }
    return Scope(**chosen) if any(chosen.values()) else a_scope(random, drawn)


def a_hold(scope):
    return Hold(
        id="H-1",
        kind=HoldKind.LEGAL_HOLD,
        scope=scope,
        matter="zaak",
        placed_at=NOW,
        placed_by="jurist",
        salt=bytes(32),
    )


def stopped(sources, scope, register=REGISTER):
    """What a scan of everything says that a hold of this scope stops."""
    scanner = Scanner(register=register, day=DAY, holds=(a_hold(scope),), now=NOW, keys={})
    return {
        (dataset.id, one.record.key)
        for dataset in register.all_datasets
        for page in scanner.scan(dataset, sources)
        for one in page
        if one.gate is not None
    }


def drawn(label):
    return rows(Random(label))
