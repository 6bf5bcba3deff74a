"""A small world on a server that uses everything which asks a right, and whose administrator lets in nobody unasked.

Records that are deleted with children (in another schema, by a key of two columns), anonymised, stripped of a field,
unlinked from one of two parents; conditions and protection that other tables decide, subjects found through others,
a table that no policy governs.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec.structs import force_setattr, replace
from sqlalchemy import make_url

from retention.condition import Equals, exists
from retention.dataset import Dataset, Day, NoSubject, via
from retention.disposition import Anonymise, Child, Delete
from retention.grants import needs
from retention.period import years
from retention.policy import Register, Rule
from retention.stores.grants import Purpose, Script, Statement
from retention.stores.interface import Source
from retention.stores.registry import grant_script
from retention.technique import FixedText, Nullify, Truncate
from retention.text import Text
from tests import estate as estates
from tests import mariadb, postgresql
from tests.integration.run.world import GENEROUS, policy
from tests.integration.run.worlds import database

PASSWORD = "geheim-woord-8471"  # noqa: S105 - of accounts that live as long as a test
TABLES = ("regeling", "client", "dossier", "stuk", "traject", "afspraak", "aanmelding", "notitieboek")
COLUMNS = {
    "regeling": "code VARCHAR(20) PRIMARY KEY, soort VARCHAR(20) NOT NULL",
    "client": "client_id VARCHAR(20) PRIMARY KEY, naam VARCHAR(50), aangemaakt_op DATE, foto VARCHAR(50)",
    "dossier": "dossier_id INT PRIMARY KEY, client_id VARCHAR(20), regime VARCHAR(20), afgesloten_op DATE,"
    " samenvatting VARCHAR(50), postcode VARCHAR(10)",
    "stuk": "dossier_id INT NOT NULL, nr INT NOT NULL, tekst VARCHAR(50), PRIMARY KEY (dossier_id, nr),"
    " FOREIGN KEY (dossier_id) REFERENCES {dossier} (dossier_id)",
    "traject": "traject_id INT PRIMARY KEY, client_id VARCHAR(20), gestopt_op DATE",
    "afspraak": "afspraak_id INT PRIMARY KEY, client_id VARCHAR(20), dossier_id INT, traject_id INT, plek VARCHAR(50),"
    " FOREIGN KEY (dossier_id) REFERENCES {dossier} (dossier_id),"
    " FOREIGN KEY (traject_id) REFERENCES {traject} (traject_id)",
    "aanmelding": "aanmelding_id INT PRIMARY KEY, client_id VARCHAR(20), op DATE, gezien_op DATE, email VARCHAR(50)",
    "notitieboek": "nr INT PRIMARY KEY, client_id VARCHAR(20), notitie VARCHAR(50)",
}
ROWS = {
    "regeling": "('schuldhulp', 'schuld'), ('wmo', 'zorg')",
    "client": "('C1', 'Ans', '2010-01-01', 'f'), ('C2', 'Bo', '2010-01-01', 'f'), ('C9', 'Cas', '2010-01-01', 'f')",
    "dossier": "(1, 'C1', 'schuldhulp', '2015-03-01', 'verhaal', '2101AB'),"
    " (2, 'C2', 'schuldhulp', '2025-11-01', 'verhaal', '2101AB'), (3, 'C1', 'wmo', '2020-03-01', 'verhaal', '2101AB')",
    "stuk": "(1, 1, 'tekst'), (1, 2, 'tekst'), (2, 1, 'tekst'), (3, 1, 'tekst')",
    "traject": "(1, 'C1', '2015-03-01'), (2, 'C2', '2025-11-01')",
    "afspraak": "(1, 'C1', 1, 2, 'hier'), (2, 'C2', 2, 1, 'hier'), (3, 'C1', 1, NULL, 'hier'), (4, 'C2', 2, 2, 'hier')",
    "aanmelding": "(1, 'C1', '2015-03-01', NULL, 'a@b.example'), (2, 'C2', '2025-11-01', NULL, 'c@d.example')",
    "notitieboek": "(1, 'C1', 'gebeld')",
}
LOOK = {
    "client": "SELECT client_id, 0 FROM {client}",
    "dossier": "SELECT dossier_id, samenvatting IS NULL FROM {dossier}",
    "stuk": "SELECT dossier_id * 10 + nr, 0 FROM {stuk}",
    "traject": "SELECT traject_id, 0 FROM {traject}",
    "afspraak": "SELECT afspraak_id, (dossier_id IS NULL) OR (traject_id IS NULL) FROM {afspraak}",
    "aanmelding": "SELECT aanmelding_id, email = 'weg' FROM {aanmelding}",
}
SWEPT = {  # what is left after a whole night, and whether it was changed; appointment 3 has no second parent before it
    "client": {"C1": 0, "C2": 0},
    "dossier": {2: 0, 3: 1},
    "stuk": {21: 0, 31: 0},
    "traject": {2: 0},
    "afspraak": {1: 1, 2: 1, 4: 0},
    "aanmelding": {1: 1, 2: 0},
}
State = dict[str, dict[Any, int]]


def declare(archive: str) -> Register:
    """The data map and the policies; `archive` is the schema or database of the dossiers' papers."""
    scheme = Dataset(id="zorg.regeling", key=("code",), subjects=NoSubject(Text(nl="geen mensen", en="no people")))
    paper = Dataset(
        id="zorg.stuk", collection=f"{archive}.stuk", key=("dossier_id", "nr"), subjects={}, fields={"tekst": Nullify()}
    )
    appointment = Dataset(
        id="zorg.afspraak", key=("afspraak_id",), subjects={"client": "client_id"}, fields={"plek": Nullify()}
    )
    track = Dataset(
        id="zorg.traject",
        key=("traject_id",),
        subjects={"client": "client_id"},
        dates={"gestopt_op": Day()},
        then=Delete(children=(Child(appointment, on="traject_id"),)),
    )
    dossier = Dataset(
        id="zorg.dossier",
        key=("dossier_id",),
        subjects={"client": "client_id"},
        fields={"samenvatting": Nullify(), "postcode": Truncate(4)},
        dates={"afgesloten_op": Day()},
        then=Delete(children=(Child(paper, on="dossier_id"), Child(appointment, on="dossier_id"))),
    )
    force_setattr(paper, "subjects", {"client": via("dossier_id", dossier, "client_id")})
    client = Dataset(
        id="zorg.client",
        key=("client_id",),
        subjects={"client": "client_id"},
        fields={"naam": Nullify()},
        dates={"aangemaakt_op": Day()},
    )
    signup = Dataset(
        id="zorg.aanmelding",
        key=("aanmelding_id",),
        subjects={"client": "client_id"},
        fields={"email": FixedText("weg")},
        dates={"op": Day(), "gezien_op": Day()},  # the second is declared, and read by nothing
        then=Anonymise(),
    )
    notes = Dataset(id="zorg.notitieboek", key=("nr",), subjects={"client": "client_id"}, fields={"notitie": Nullify()})
    debt = exists(scheme, {"code": "regime"}, Equals("soort", "schuld"))
    care = {"where": Equals("regime", "wmo"), "starts_on": "afgesloten_op"}
    return Register(
        policies=(
            policy("schuldhulp", Rule(dossier, where=debt, starts_on="afgesloten_op", keep_for=years(5))),
            policy("wmo-inhoud", Rule(dossier, needs=("samenvatting",), keep_for=years(3), **care)),  # type: ignore[arg-type]
            policy("wmo-kern", Rule(dossier, needs=("postcode",), keep_for=years(20), **care)),  # type: ignore[arg-type]
            policy("trajecten", Rule(track, starts_on="gestopt_op", keep_for=years(5))),
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
        ),
        datasets=(scheme, notes),
    )


@dataclass(frozen=True)
class Server:
    """The world on one server, as its administrator has it."""

    engine: str
    url: str
    archive: str  # the schema or database of the dossiers' papers
    names: dict[Purpose, str]
    home: Path

    @cached_property
    def register(self) -> Register:
        return declare(self.archive)

    def table(self, name: str) -> str:
        return f"{self.archive}.{name}" if name == "stuk" else f"{self.main}.{name}"

    @property
    def base(self) -> str:
        return str(make_url(self.url).database)

    @property
    def main(self) -> str:
        return "public" if self.engine == "postgresql" else self.base

    @cached_property
    def tables(self) -> dict[str, str]:
        return {name: self.table(name) for name in TABLES}

    def url_of(self, purpose: Purpose) -> str:
        """The URL of an account."""
        parsed = make_url(self.url).set(username=self.names[purpose], password=PASSWORD)
        return parsed.render_as_string(hide_password=False)

    def sql(self, *statements: str, url: str | None = None) -> None:
        if self.engine == "postgresql":
            postgresql.execute(url or self.url, *statements)
        else:
            mariadb.sql(url or self.url, *statements)

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        return postgresql.execute(self.url, query) if self.engine == "postgresql" else mariadb.rows(self.url, query)

    def fill(self) -> None:
        """The rows as they were at first."""
        self.sql(
            *(f"DELETE FROM {self.tables[name]}" for name in reversed(TABLES)),
            *(f"INSERT INTO {self.tables[name]} VALUES {ROWS[name]}" for name in TABLES),
        )

    def look(self) -> State:
        """The records that there are, and whether each was changed."""
        return {
            name: {key: int(changed or 0) for key, changed in self.rows(query.format(**self.tables))}
            for name, query in LOOK.items()
        }

    def script(self, purpose: Purpose, *, alone: bool = False) -> Script:
        """What is printed for one account."""
        wanted = needs(self.register, "zorg", alone=alone)
        return grant_script("zorg", self.url, wanted, purpose, self.names[purpose])

    @contextmanager
    def without(self, statement: Statement, lost: str) -> Iterator[None]:
        """While an account lacks one thing."""
        self.sql(lost)
        try:
            yield
        finally:
            self.sql(statement.sql)

    def estate(self, *, fresh: bool = True, home: Path | None = None, alone: bool = False) -> estates.Estate:
        """An installation whose dry runs read by one account, and whose sweeps dispose by the other."""
        made = estates.build(
            home or self.home, self.register, {"zorg": self.url_of(Purpose.SWEEP)}, limits=GENEROUS, fresh=fresh
        )
        if alone:
            return made
        reading = {"zorg": self.url_of(Purpose.DRY_RUN)}
        opener = Pair(made.installation.opener.urls, reading=reading)  # type: ignore[attr-defined]
        return dataclasses.replace(made, installation=replace(made.installation, opener=opener))


@dataclass
class Pair(estates.Opener):
    """Reads by accounts of its own."""

    reading: dict[str, str] = field(default_factory=dict)

    def source(self, name: str) -> Source:
        return estates.Opener(self.reading, wait=self.wait).source(name)


@contextmanager
def served(engine: str, home: Path) -> Iterator[Server]:
    """The world, with two accounts that may log in, and nothing else."""
    with database(engine) as url:
        unique = secrets.token_hex(4)
        names = {Purpose.DRY_RUN: f"kijker_{unique}", Purpose.SWEEP: f"veger_{unique}"}
        archive = "archief" if engine == "postgresql" else f"retention_archief_{unique}"
        server = Server(engine, url, archive, names, home)
        with _closed(server):
            for name in TABLES:
                server.sql(f"CREATE TABLE {server.tables[name]} ({COLUMNS[name].format(**server.tables)})")
            server.fill()
            yield server


@contextmanager
def _closed(server: Server) -> Iterator[None]:
    """A place that is shut to everybody, and the accounts; all as it was when left."""
    base, users = server.base, server.names.values()
    if server.engine == "postgresql":
        server.sql(
            f"CREATE SCHEMA {server.archive}",
            f"REVOKE ALL ON DATABASE {base} FROM PUBLIC",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            *(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'" for name in users),
        )
        try:
            yield
        finally:
            server.sql(
                *(statement for name in users for statement in (f"DROP OWNED BY {name}", f"DROP ROLE {name}")),
                f"GRANT CONNECT, TEMPORARY ON DATABASE {base} TO PUBLIC",
            )
        return
    server.sql(
        f"CREATE DATABASE {server.archive} CHARACTER SET utf8mb4",
        *(f"CREATE USER {name} IDENTIFIED BY '{PASSWORD}'" for name in users),
    )
    try:
        yield
    finally:
        server.sql(f"DROP DATABASE {server.archive}", *(f"DROP USER {name}" for name in users))
