"""A whole night by hand names nobody: not a file it leaves, not a line it prints, but for the one list that says so.

Every column of the organisation's database has a value that nobody could overlook; each is looked for as it is, in
hex, in base64 and as a digest without a key.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
import time_machine

from tests.integration.run.test_privacy import forms

from .conftest import NEXT_NIGHT, Office

DUE, KEPT, HELD = "918273645", "827364519", "736451829"  # dossiers
CLIENTS = {DUE: "645182937", KEPT: "564738291", HELD: "451829376"}
CONTACTS = {DUE: "382915647", KEPT: "291564738", HELD: "156473829"}
NAMES = {DUE: "Wilhelmina-Zonnebloem", KEPT: "Bartholomeus-Kwikstaart", HELD: "Roosmarijn-Vuurvlinder"}
STORIES = {dossier: f"onmiskenbaar verhaal van {name}" for dossier, name in NAMES.items()}
NOTES = {dossier: f"gebeld met {name}, over 203.0.113.77" for dossier, name in NAMES.items()}
BORN = {DUE: "1931-03-17", KEPT: "1942-05-19", HELD: "1953-11-23"}
MATTER = "zaak-van-de-onmiskenbare-buurman"

TOLD = {*NAMES.values(), *STORIES.values(), *NOTES.values(), *BORN.values(), "203.0.113.77"}
KEYS = {*CLIENTS.values(), *CONTACTS.values(), *CLIENTS}
OF_THE_HELD = {HELD, CLIENTS[HELD], CONTACTS[HELD], MATTER}
HOLDS = {"state/holds.journal", "state/control.db", "state/control.db-wal"}
"""Where a hold's scope and matter have to be kept, since holds are asked by them."""


@pytest.fixture
def seeded(office: Office) -> Office:
    """The installation, with three people whom nobody could overlook and no others."""
    with closing(sqlite3.connect(office.folder / "cvs.db")) as db, db:
        for table in ("contactmoment", "dossier", "client"):
            db.execute(f"DELETE FROM {table}")
        for dossier, closed in ((DUE, "2012-01-01"), (KEPT, "2025-06-01"), (HELD, "2012-02-01")):
            db.execute("INSERT INTO client VALUES (?, ?, ?)", (CLIENTS[dossier], NAMES[dossier], BORN[dossier]))
            db.execute("INSERT INTO dossier VALUES (?, ?, ?, ?)", (dossier, CLIENTS[dossier], closed, STORIES[dossier]))
            at = (CONTACTS[dossier], dossier, "2011-01-01 10:00:00", NOTES[dossier])
            db.execute("INSERT INTO contactmoment VALUES (?, ?, ?, ?)", at)
    return office


def night(office: Office) -> Iterator[tuple[str, str]]:
    """Everything that people type around one night: the words, and what was printed."""

    def said(*typed: str) -> tuple[str, str]:
        done = office.run(*typed)
        assert done.exit_code in {0, 5}, (typed, done.output)
        return " ".join(typed[:3]), done.stdout + done.stderr

    out = str(office.folder / "out")
    yield said("policies", "check")
    yield said("policies", "show")
    place = (
        "hold",
        "place",
        "--kind",
        "legal-hold",
        "--matter",
        MATTER,
        "--subject",
        f"client={CLIENTS[HELD]}",
        "--yes",
    )
    yield said(*place)
    digest = office.plan()
    yield said("plan", "--out", out)
    yield said("plan", "--json")
    yield said("report", "plan", digest)
    yield said("report", "list", digest, "--full")
    approved = office.approve(digest)
    assert approved.exit_code == 0, approved.output
    yield "approve", approved.stdout + approved.stderr
    yield said("explain", "cvs.dossier", DUE)
    with time_machine.travel(NEXT_NIGHT):
        yield said("sweep", "--plan", digest, "--out", out)
        for form in ((), ("--json",), ("--out", out), ("--lang", "en")):
            yield said("report", "last", *form)
            yield said("report", "list", "last", *form)
            yield said("report", "declaration", "last", *form)
        yield said("explain", "cvs.dossier", KEPT)
        yield said("status")
        yield said("audit", "show")
        yield said("audit", "verify")
        yield said("hold", "list")


def found(texts: set[str], where: Mapping[str, bytes]) -> set[tuple[str, str]]:
    """Which text is where, in whatever form."""
    return {
        (name, text)
        for text in texts
        for form in {form for one in (text, text.lower(), text.upper()) for form in forms(one)}
        for name, data in where.items()
        if form in data
    }


def files_of(office: Office) -> dict[str, bytes]:
    """Every file of the installation but the organisation's own database."""
    own = {office.folder / name for name in ("cvs.db", "cvs.db-wal", "cvs.db-shm")}
    every = (path for path in office.folder.rglob("*") if path.is_file() and path not in own)
    return {path.relative_to(office.folder).as_posix(): path.read_bytes() for path in every}


def test_the_full_list_alone_names_anybody(seeded: Office):
    printed = {f"{number} {typed}": said.encode() for number, (typed, said) in enumerate(night(seeded))}
    assert seeded.rows("dossier") == sorted(map(int, (KEPT, HELD)))  # it did happen
    written = files_of(seeded)
    [full] = [name for name in written if Path(name).parent.name == "lists"]
    assert found({DUE}, {full: written.pop(full)})
    assert found(TOLD, written) == set()
    assert {where for where, _ in found(KEYS | OF_THE_HELD, written)} <= HOLDS
    assert {text for _, text in found(KEYS | OF_THE_HELD, written)} <= {CLIENTS[HELD], MATTER}
    assert found(TOLD, printed) == set()
    echoed = {"explain cvs.dossier", "hold place", "hold list"}  # they repeat what was typed
    assert {
        where for where, _ in found(KEYS | OF_THE_HELD, printed) if not any(one in where for one in echoed)
    } == set()
    assert len(written) > 40
