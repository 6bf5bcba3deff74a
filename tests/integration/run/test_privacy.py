"""What a run keeps and says names nobody (P7): not in the clear, not encoded, not hashed without a key."""

import base64
import hashlib
import sqlite3
from contextlib import closing

import pytest

from retention.holds import Scope
from tests.integration.run.acts import planned
from tests.integration.run.processes import heard, running
from tests.integration.run.world import declare

NAMES = ["Wilhelmina-Zonnebloem", "wz.zonnebloem@onmiskenbaar.example", "8675309Zonnebloem", "203.0.113.77"]
KEYS = ["C777777", "SLEUTEL-ONMISKENBAAR-31337", "918273645"]


def forms(text: str) -> list[bytes]:
    """A text as it might be hidden: hex, base64 at each of its three offsets, unkeyed digests."""
    raw = text.encode()
    shifted = [base64.b64encode(b"\0" * pad + raw)[4 * bool(pad) : -4] for pad in (0, 1, 2)]
    digests = [hashlib.new(name, raw).digest() for name in ("md5", "sha1", "sha256")]
    return [
        raw,
        raw.hex().encode(),
        raw.hex().upper().encode(),
        *(one for one in shifted if len(one) > 7),
        *digests,
        *(digest.hex().encode() for digest in digests),
        *(base64.b64encode(digest).rstrip(b"=") for digest in digests),
    ]


def seed(world):
    """People nobody could overlook: some due, some kept, in every dataset."""
    with closing(sqlite3.connect(world.cvs)) as db, db:
        for number, closed in ((918273645, "2015-01-01"), (918273646, "2026-01-01")):
            db.execute(
                "INSERT INTO dossier VALUES (?, ?, 'schuldhulp', ?, ?, ?)",
                (number, KEYS[0], closed, NAMES[0], NAMES[2]),
            )
            db.execute("INSERT INTO contact VALUES (?, ?, '2015-01-01', ?)", (number, number, NAMES[0]))
            db.execute("INSERT INTO document VALUES (?, ?, ?)", (f"{KEYS[1]}-{number}", number, NAMES[1]))
            db.execute("INSERT INTO pagina VALUES (?, ?, ?)", (number, f"{KEYS[1]}-{number}", NAMES[1]))
    with closing(sqlite3.connect(world.crm)) as db, db:
        db.execute("INSERT INTO client VALUES (?, ?, ?, '2015-01-01')", (KEYS[0], NAMES[0], NAMES[1]))
        db.execute("INSERT INTO aanmelding VALUES (918273645, ?, '2015-01-01', ?, ?)", (KEYS[0], NAMES[1], NAMES[3]))


def kept(estate) -> dict[str, bytes]:
    """Every file that the installation keeps, the write-ahead log too."""
    return {str(path.relative_to(estate.root)): path.read_bytes() for path in estate.root.rglob("*") if path.is_file()}


def found(estate, texts) -> set[tuple[str, str]]:
    return {
        (name, text) for name, data in kept(estate).items() for text in texts for form in forms(text) if form in data
    }


@pytest.fixture
def seeded(world):
    seed(world)
    return world


def test_plan_sweep_and_report_name_nobody(seeded, capfd):
    estate = seeded.estate()
    digest = planned(estate)
    assert found(estate, [*NAMES, *KEYS]) == set()
    run = estate.sweep(digest)
    estate.control.close()  # as every command does: it empties the write-ahead log
    assert run.destroyed > 4
    assert found(estate, [*NAMES, *KEYS]) == set()
    said = "".join(capfd.readouterr()) + run.to_json()
    assert [text for text in [*NAMES, *KEYS] if text in said] == []


def test_a_failing_batch_names_nobody(seeded, capfd):
    estate = seeded.estate(declared=declare(triggers=("klapt",)))
    with closing(sqlite3.connect(seeded.cvs)) as db, db:
        db.executescript(
            "CREATE TRIGGER klapt BEFORE DELETE ON dossier BEGIN SELECT RAISE(ABORT, 'Wilhelmina-Zonnebloem'); END"
        )
    run = estate.sweep(planned(estate))
    estate.control.close()
    assert run.exit_status == 1
    said = "".join(capfd.readouterr()) + run.to_json()
    assert [text for text in [*NAMES, *KEYS] if text in said] == []
    assert found(estate, [*NAMES, *KEYS]) == set()


def test_a_hold_keeps_its_scope_where_holds_are_and_nowhere_else(seeded):
    estate = seeded.estate()
    estate.hold(Scope(subjects=frozenset({("client", KEYS[0])})))
    estate.sweep(planned(estate))
    where = {name for name, _ in found(estate, [*NAMES, *KEYS])}
    assert where <= {"state/holds.journal", "state/control.db", "state/control.db-wal"}
    assert {text for _, text in found(estate, [*NAMES, *KEYS])} == {KEYS[0]}


@pytest.mark.parametrize("point", ["cvs.dossier signed", "cvs.dossier committed"])
def test_a_batch_in_flight_keeps_its_keys_until_it_is_settled_and_no_names_ever(seeded, point):
    estate = seeded.estate()
    digest = planned(estate)
    with running(seeded, "sweep", point) as sweeper:
        assert [heard(sweeper), heard(sweeper)] == ["ready", point]
        sweeper.kill()
    assert found(estate, NAMES) == set()
    in_flight = {name for name, _ in found(estate, KEYS)}
    assert in_flight <= {"state/control.db", "state/control.db-wal"}
    estate.sweep(digest)
    estate.control.close()
    assert found(estate, [*NAMES, *KEYS]) == set()
