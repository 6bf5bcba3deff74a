"""A middle-sized organisation in two databases, whose due records are known by how they were made.

Here they are SQLite files; `postgresql_world` and `mariadb_world` copy these into databases of a server, and say what
there is different. Rows are read and changed without the code under test.

Dossiers with contacts (which have a period of their own), documents and pages; clients that dossiers in another file
protect; sign-ups that are anonymised; summaries that are erased while the dossier stays. Keys are numbers and texts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from msgspec.structs import force_setattr

from retention.audit import keys as key_files
from retention.audit.reference import record_id
from retention.condition import Equals, exists
from retention.dataset import Dataset, Day, Kept, NoSubject, via
from retention.disposition import Anonymise, Child, Delete
from retention.period import years
from retention.plan import Limits
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.technique import FixedText, IpPrefix, Nullify, Truncate
from retention.text import Text
from tests import estate as estates

LONG_AGO, LATELY = "2015-03-01", "2025-11-01"
GENEROUS = Limits(records=1_000_000, share=1.0)


def policy(purpose: str, *rules: Rule) -> Policy:
    return Policy(
        purpose=purpose,
        title=Text(nl=purpose, en=purpose),
        legal_basis=LegalBasis.LEGAL_OBLIGATION,
        sources=(
            Source(list="Selectielijst gemeenten", version="2020", entry="8.1.9", status=SourceStatus.SELECTION_LIST),
        ),
        owner="team",
        prepared_by="maker",
        rules=rules,
    )


@dataclass(frozen=True)
class Declared:
    """The datasets, by name, and the policies over them."""

    dossier: Dataset
    contact: Dataset
    document: Dataset
    page: Dataset
    client: Dataset
    signup: Dataset
    scheme: Dataset
    policies: tuple[Policy, ...]

    def without(self, purpose: str) -> Register:
        return Register(
            policies=tuple(one for one in self.policies if one.purpose != purpose),
            datasets=(self.dossier, self.client, self.signup, self.scheme),
        )

    @property
    def register(self) -> Register:
        return self.without("")


def declare(
    *,
    notice: int = 1,
    usual_daily: int | None = None,
    triggers: tuple[str, ...] = (),
    history: Kept | None = None,
) -> Declared:
    """A new data map and register: as another release would have them, equal in everything.

    `triggers` are those of the database that somebody has looked at, on pages and dossiers; `history` is of dossiers
    and what happened in them.
    """
    page = Dataset(id="cvs.pagina", key=("pagina_id",), subjects={}, fields={"tekst": Nullify()}, triggers=triggers)
    document = Dataset(
        id="cvs.document",
        key=("document_id",),
        subjects={},
        fields={"naam": Nullify()},
        then=Delete(children=(Child(page, on="document_id"),)),
    )
    contact = Dataset(
        id="cvs.contact",
        key=("contact_id",),
        subjects={},
        fields={"notitie": Nullify()},
        dates={"op": Day()},
        history=history,
        notice=notice,
        usual_daily=usual_daily,
    )
    dossier = Dataset(
        id="cvs.dossier",
        key=("dossier_id",),
        subjects={"client": "client_id"},
        fields={"samenvatting": Nullify(), "postcode": Truncate(4)},
        dates={"afgesloten_op": Day()},
        then=Delete(children=(Child(contact, on="dossier_id"), Child(document, on="dossier_id"))),
        triggers=triggers,
        history=history,
        notice=notice,
        usual_daily=usual_daily,
    )
    # A child and its parent name each other: the path to the subject is added to what is otherwise whole.
    for one, path in (
        (contact, via("dossier_id", dossier, "client_id")),
        (document, via("dossier_id", dossier, "client_id")),
        (page, via("document_id", document, via("dossier_id", dossier, "client_id"))),
    ):
        force_setattr(one, "subjects", MappingProxyType({"client": path}))
    scheme = Dataset(
        id="crm.regeling",
        key=("code",),
        subjects=NoSubject(Text(nl="regelingen, geen mensen", en="schemes, no people")),
    )
    client = Dataset(
        id="crm.client",
        key=("client_id",),
        subjects={"client": "client_id"},
        fields={"naam": Nullify(), "email": Nullify()},
        dates={"aangemaakt_op": Day()},
        notice=notice,
        usual_daily=usual_daily,
    )
    signup = Dataset(
        id="crm.aanmelding",
        key=("aanmelding_id",),
        subjects={"client": "client_id"},
        fields={"email": FixedText("weg"), "ip": IpPrefix(), "client_id": Nullify()},
        dates={"op": Day()},
        then=Anonymise(),
        notice=notice,
        usual_daily=usual_daily,
    )
    debt = exists(scheme, {"code": "regime"}, Equals("soort", "schuld"))
    policies = (
        policy("schuldhulp", Rule(dossier, where=debt, starts_on="afgesloten_op", keep_for=years(5))),
        policy("gesprekken", Rule(contact, starts_on="op", keep_for=years(3))),
        policy(
            "wmo-inhoud",
            Rule(
                dossier,
                where=Equals("regime", "wmo"),
                needs=("samenvatting",),
                starts_on="afgesloten_op",
                keep_for=years(3),
            ),
        ),
        policy(
            "wmo-kern",
            Rule(
                dossier,
                where=Equals("regime", "wmo"),
                needs=("postcode",),
                starts_on="afgesloten_op",
                keep_for=years(20),
            ),
        ),
        policy(
            "clienten",
            Rule(
                client,
                while_referenced_by=dossier,
                on="client_id",
                starts_on="aangemaakt_op",
                keep_for=years(1),
            ),
        ),
        policy("aanmeldingen", Rule(signup, starts_on="op", keep_for=years(2))),
    )
    return Declared(dossier, contact, document, page, client, signup, scheme, policies)


CVS = """
CREATE TABLE dossier (dossier_id INTEGER PRIMARY KEY, client_id TEXT, regime TEXT, afgesloten_op TEXT,
    samenvatting TEXT, postcode TEXT);
CREATE TABLE contact (contact_id INTEGER PRIMARY KEY, dossier_id INTEGER NOT NULL REFERENCES dossier(dossier_id),
    op TEXT, notitie TEXT);
CREATE TABLE document (document_id TEXT NOT NULL PRIMARY KEY, dossier_id INTEGER NOT NULL
    REFERENCES dossier(dossier_id), naam TEXT);
CREATE TABLE pagina (pagina_id INTEGER PRIMARY KEY, document_id TEXT NOT NULL REFERENCES document(document_id),
    tekst TEXT);
CREATE INDEX dossier_client ON dossier (client_id);
CREATE INDEX dossier_closed ON dossier (afgesloten_op);
CREATE INDEX contact_dossier ON contact (dossier_id);
CREATE INDEX contact_op ON contact (op);
CREATE INDEX document_dossier ON document (dossier_id);
CREATE INDEX pagina_document ON pagina (document_id);
"""
CRM = """
CREATE TABLE regeling (code TEXT NOT NULL PRIMARY KEY, soort TEXT NOT NULL);
CREATE TABLE client (client_id TEXT NOT NULL PRIMARY KEY, naam TEXT, email TEXT, aangemaakt_op TEXT);
CREATE TABLE aanmelding (aanmelding_id INTEGER PRIMARY KEY, client_id TEXT, op TEXT, email TEXT, ip TEXT);
CREATE INDEX client_created ON client (aangemaakt_op);
CREATE INDEX aanmelding_op ON aanmelding (op);
INSERT INTO regeling VALUES ('schuldhulp', 'schuld'), ('wmo', 'zorg');
"""


@dataclass(frozen=True)
class World:
    """The two files, and what was made due in them."""

    root: Path
    size: int  # dossiers
    ENGINE: ClassVar[str] = "sqlite"
    REFUSED: ClassVar[tuple[type[Exception], ...]] = (sqlite3.Error,)  # what another program hears

    @property
    def cvs(self) -> Path:
        return self.root / "cvs.db"

    @property
    def crm(self) -> Path:
        return self.root / "crm.db"

    @property
    def urls(self) -> dict[str, str]:
        return {"cvs": f"sqlite:///{self.cvs}", "crm": f"sqlite:///{self.crm}"}

    def create(self) -> World:
        """Make the files; of four dossiers, one is due, one is recent, one open, one has a summary to erase."""
        self.root.mkdir(parents=True, exist_ok=True)
        n = range(self.size)
        with closing(sqlite3.connect(self.cvs)) as db, db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(CVS)
            db.executemany(
                "INSERT INTO dossier VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (i, client_of(i), "wmo" if i % 4 == 3 else "schuldhulp", closed(i), f"verhaal {i}", "2101AB")
                    for i in n
                ),
            )
            # Contacts of what is due are due as well; of an open dossier one is old, and goes alone.
            db.executemany(
                "INSERT INTO contact VALUES (?, ?, ?, ?)",
                (
                    (2 * i + part, i, LONG_AGO if i % 4 == 0 or (i % 4 == 2 and part) else LATELY, "gebeld")
                    for i in n
                    for part in (0, 1)
                ),
            )
            db.executemany("INSERT INTO document VALUES (?, ?, ?)", ((f"doc-{i}", i, "brief.pdf") for i in n))
            db.executemany("INSERT INTO pagina VALUES (?, ?, ?)", ((i, f"doc-{i}", "tekst") for i in n))
        with closing(sqlite3.connect(self.crm)) as db, db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(CRM)
            clients = self.size // 4 + 10
            db.executemany(
                "INSERT INTO client VALUES (?, ?, ?, ?)",
                ((f"C{i}", f"Naam {i}", f"c{i}@voorbeeld.example", LONG_AGO) for i in range(clients)),
            )
            db.executemany(
                "INSERT INTO aanmelding VALUES (?, ?, ?, ?, ?)",
                ((i, client_of(i), LATELY if i % 4 else LONG_AGO, f"a{i}@voorbeeld.example", "10.11.12.13") for i in n),
            )
        return self

    def due(self) -> dict[str, set[object]]:
        """What is due by how it was made: of each dataset the keys that a plan lists."""
        n = range(self.size)
        return {
            "cvs.dossier": {i for i in n if i % 4 == 0},
            "cvs.dossier erased": {i for i in n if i % 4 == 3},
            "cvs.contact": {2 * i + 1 for i in n if i % 4 == 2},
            "crm.client": {f"C{i}" for i in range(self.size // 4, self.size // 4 + 10)},
            "crm.aanmelding": {i for i in n if i % 4 == 0},
        }

    def estate(self, *, fresh: bool = True, declared: Declared | None = None, **more: object) -> estates.Estate:
        """An installation over these files."""
        register = (declared or declare()).register
        more = {"limits": GENEROUS, **more}
        return estates.build(self.root / "home", register, self.urls, fresh=fresh, **more)  # type: ignore[arg-type]

    def refill(self) -> None:
        """Make the databases as they were at first; files come back with the directory that they are in."""

    def connect(self, store: str) -> Any:
        """A connection of another program, in whose transactions nothing is done that it did not ask for."""
        return sqlite3.connect({"cvs": self.cvs, "crm": self.crm}[store])

    def sql(self, store: str, *statements: str) -> None:
        """What another program does, and commits."""
        with closing(self.connect(store)) as connection, closing(connection.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()

    def rows(self, store: str, query: str) -> list[tuple[Any, ...]]:
        """What another program sees."""
        with closing(self.connect(store)) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def look(self) -> Seen:
        """What is in the databases now."""
        return Seen(
            dossier=dict(self.rows("cvs", "SELECT dossier_id, samenvatting IS NULL FROM dossier")),
            contact=dict(self.rows("cvs", "SELECT contact_id, dossier_id FROM contact")),
            document=dict(self.rows("cvs", "SELECT document_id, dossier_id FROM document")),
            page=dict(self.rows("cvs", "SELECT pagina_id, document_id FROM pagina")),
            client={key for (key,) in self.rows("crm", "SELECT client_id FROM client")},
            signup={
                key: (client, email, ip)
                for key, client, email, ip in self.rows(
                    "crm", "SELECT aanmelding_id, client_id, email, ip FROM aanmelding"
                )
            },
        )

    @property
    def spec(self) -> dict[str, str]:
        """What another process needs to open it."""
        return {"engine": self.ENGINE, "root": str(self.root), "size": str(self.size), **self.urls}


@dataclass(frozen=True)
class Seen:
    """The rows that there are, and as much of them as shows what became of them."""

    dossier: dict[int, int]  # whether its summary is gone
    contact: dict[int, int]
    document: dict[str, int]
    page: dict[int, str]
    client: set[str]
    signup: dict[int, tuple[str | None, str, str]]

    @property
    def rows(self) -> int:
        return sum(map(len, (self.dossier, self.contact, self.document, self.page, self.client, self.signup)))


def client_of(dossier: int) -> str:
    return f"C{dossier // 4}"


def closed(dossier: int) -> str | None:
    return (LONG_AGO, LATELY, None, "2020-03-01")[dossier % 4]


def done(before: Seen, after: Seen) -> dict[str, set[object]]:
    """What happened to the rows between two looks, in the words of `World.due`; children apart.

    Also refuses what must never be: half an aggregate, or a row that became something else.
    """
    gone = before.dossier.keys() - after.dossier.keys()
    alone = {one for one in before.contact.keys() - after.contact.keys() if before.contact[one] not in gone}
    assert not set(after.contact.values()) & gone, "a contact outlived its dossier"
    assert {before.document[one] for one in before.document.keys() - after.document.keys()} == gone
    assert not set(after.document.values()) & gone, "a document outlived its dossier"
    gone_documents = before.document.keys() - after.document.keys()
    assert {before.page[one] for one in before.page.keys() - after.page.keys()} == gone_documents
    anonymised = {one for one, row in before.signup.items() if after.signup[one] != row}
    assert all(after.signup[one] == (None, "weg", "10.11.12.0") for one in anonymised), "half anonymised"
    return {
        "cvs.dossier": set(gone),
        "cvs.dossier erased": {one for one, erased in after.dossier.items() if erased and not before.dossier[one]},
        "cvs.contact": set(alone),
        "crm.client": before.client - after.client,
        "crm.aanmelding": anonymised,
    }


def references(root: Path, dataset: str, keys: set[object]) -> dict[bytes, object]:
    """The references of keys, as anybody with the reference key can compute them."""
    found = key_files.read_reference_key(root / "keys", dataset, 2026)
    if found is None:
        return {}
    return {found.ref(record_id(dataset, (key,))): key for key in keys}  # type: ignore[arg-type]


def chunks(items: list[object], size: int) -> Iterator[list[object]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
